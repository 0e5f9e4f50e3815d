// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection {@value #PATIENCE_SECONDS} seconds after a close frame. Micronaut closes it when the frame is sent, which
 * never happens if the client does not read the messages before it.
 */
final class CloseHandler extends ChannelOutboundHandlerAdapter {

    static final long PATIENCE_SECONDS = 5;

    @Override
    public void write(ChannelHandlerContext channel, Object message, ChannelPromise promise) {
        if (message instanceof CloseWebSocketFrame) {
            var end = channel.executor()
                    .schedule(
                            () -> {
                                var _ = channel.close();
                            },
                            PATIENCE_SECONDS,
                            TimeUnit.SECONDS);
            channel.channel().closeFuture().addListener(_ -> end.cancel(false));
        }
        var _ = channel.write(message, promise);
    }
}

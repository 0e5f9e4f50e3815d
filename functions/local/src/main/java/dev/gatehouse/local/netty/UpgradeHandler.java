// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.netty;

import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the first messages of a WebSocket until Micronaut has completed the upgrade of the connection. Micronaut would lose
 * them if another thread completes it, as after an authorization by Redis. Not needed from a version with <a
 * href="https://github.com/micronaut-projects/micronaut-core/pull/12528">a completion on the thread of the connection</a>.
 */
final class UpgradeHandler extends ChannelInboundHandlerAdapter {

    private static final long PAUSE_MILLIS = 1;

    private final List<Object> early = new ArrayList<>();
    private boolean isOpen;

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
        if (isOpen || !(message instanceof WebSocketFrame)) {
            channel.fireChannelRead(message);
            return;
        }
        early.add(message);
        if (early.size() == 1) {
            awaitUpgrade(channel);
        }
    }

    private void awaitUpgrade(ChannelHandlerContext channel) {
        var _ = channel.executor()
                .schedule(
                        () -> {
                            if (!channel.channel().isActive()) {
                                early.forEach(ReferenceCountUtil::release);
                                early.clear();
                            } else if (channel.pipeline().get(ChannelPipelineCustomizer.HANDLER_MICRONAUT_INBOUND)
                                    != null) {
                                awaitUpgrade(channel);
                            } else {
                                // Follows the task by which Netty completes the addition of Micronaut's handler.
                                channel.executor().execute(() -> pass(channel));
                            }
                        },
                        PAUSE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private void pass(ChannelHandlerContext channel) {
        isOpen = true;
        // From the beginning, because Micronaut's handler may precede this one.
        early.forEach(channel.pipeline()::fireChannelRead);
        early.clear();
        channel.pipeline().fireChannelReadComplete();
    }
}

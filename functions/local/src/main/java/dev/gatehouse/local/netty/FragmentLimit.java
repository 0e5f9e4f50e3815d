// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.netty;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;

/**
 * Joins the frames of a message. Micronaut would join them without a limit. A message over {@value #MAX_BYTES} bytes ends the
 * WebSocket with code 1009.
 */
final class FragmentLimit extends WebSocketFrameAggregator {

    /** The maximum of a message in one frame, too. */
    static final int MAX_BYTES = 128 * 1024;

    FragmentLimit() {
        super(MAX_BYTES);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext channel, WebSocketFrame oversized) {
        var _ = channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.MESSAGE_TOO_BIG))
                .addListener(ChannelFutureListener.CLOSE);
    }
}

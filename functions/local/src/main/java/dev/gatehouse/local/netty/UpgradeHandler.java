package dev.gatehouse.local.netty;

import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the first messages of a WebSocket until Micronaut has completed the upgrade of the connection. Micronaut would lose
 * them if another thread completes it, as after an authorization by Redis. Not needed from a version with <a
 * href="https://github.com/micronaut-projects/micronaut-core/pull/12528">a completion on the thread of the connection</a>.
 */
final class UpgradeHandler extends ChannelInboundHandlerAdapter {

    private static final long PAUSE_MILLIS = 1;

    private final Queue<Object> early = new ArrayDeque<>();

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
        if (message instanceof WebSocketFrame && (!early.isEmpty() || isUpgrading(channel))) {
            if (early.isEmpty()) {
                passLater(channel);
            }
            early.add(message);
        } else {
            channel.fireChannelRead(message);
        }
    }

    private static boolean isUpgrading(ChannelHandlerContext channel) {
        return channel.pipeline().get(ChannelPipelineCustomizer.HANDLER_MICRONAUT_INBOUND) != null;
    }

    private void passLater(ChannelHandlerContext channel) {
        var _ = channel.executor().schedule(() -> pass(channel), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void pass(ChannelHandlerContext channel) {
        if (!channel.channel().isActive()) {
            early.forEach(ReferenceCountUtil::release);
            early.clear();
        } else if (isUpgrading(channel)) {
            passLater(channel);
        } else {
            for (var message = early.poll(); message != null; message = early.poll()) {
                channel.fireChannelRead(message);
            }
            channel.fireChannelReadComplete();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.sockets;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import java.net.URI;
import java.util.concurrent.CompletableFuture;

/** A WebSocket of one member of one channel. Verifies that the numbers of publications are consecutive. */
final class MemberSocket extends SimpleChannelInboundHandler<TextWebSocketFrame> {

    private final SocketProtocol protocol;
    private final String channel;
    private volatile Deliveries deliveries;
    private final CompletableFuture<Channel> joined = new CompletableFuture<>();
    private long next;

    MemberSocket(SocketProtocol protocol, String channel, Deliveries deliveries) {
        this.protocol = protocol;
        this.channel = channel;
        this.deliveries = deliveries;
    }

    /** Counts the following deliveries. */
    void count(Deliveries following) {
        deliveries = following;
    }

    /** Connects, and completes when the member has joined. */
    CompletableFuture<Channel> join(Bootstrap bootstrap, int port, String token) {
        var uri = URI.create("ws://127.0.0.1:" + port + protocol.path(channel));
        var config = WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(uri)
                .customHeaders(new DefaultHttpHeaders().add("Authorization", "Bearer " + token))
                .build();
        var member = this;
        bootstrap
                .clone()
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        opened.pipeline()
                                .addLast(
                                        new HttpClientCodec(),
                                        new HttpObjectAggregator(8192),
                                        new WebSocketClientProtocolHandler(config),
                                        member);
                    }
                })
                .connect("127.0.0.1", port)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        joined.completeExceptionally(connected.cause());
                    }
                });
        return joined;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            var _ = context.writeAndFlush(new TextWebSocketFrame(protocol.join(channel)));
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
        var message = frame.text();
        long number = SocketProtocol.number(message);
        if (number >= 0) {
            receive(number, System.nanoTime() - SocketProtocol.nanos(message));
        } else if (!joined.isDone() && protocol.isJoined(message)) {
            joined.complete(context.channel());
        } else if (message.contains("\"on\":\"error\"")) {
            deliveries.addRefused();
            joined.completeExceptionally(new IllegalStateException(message));
        }
    }

    private void receive(long number, long nanos) {
        if (number < next) {
            deliveries.addDoubledOrDisordered();
            return;
        }
        // One that is missing is not delivered, which the number of deliveries shows.
        next = number + 1;
        deliveries.add(nanos);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        joined.completeExceptionally(cause);
        var _ = context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deliveries.addRefused();
        joined.completeExceptionally(new IllegalStateException("closed"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.netty;

import dev.gatehouse.web.ClientConnection;
import io.micronaut.core.propagation.PropagatedContext;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Reports to the requests of a connection that their client has disconnected. Micronaut stops reading from a connection
 * with pipelined requests until the first has its response, and would not notice.
 */
final class DisconnectHandler extends ChannelDuplexHandler {

    /** The requests whose responses are not yet written. */
    private final Queue<ClientConnection> requests = new ArrayDeque<>();

    private PropagatedContext context = PropagatedContext.empty();

    @Override
    public void channelRead(ChannelHandlerContext channel, Object message) {
        if (message instanceof HttpRequest) {
            var request = new ClientConnection();
            context = PropagatedContext.getOrEmpty().plus(request);
            requests.add(request);
            if (requests.size() > 1) {
                pending().forEach(ClientConnection::stopWatching);
            }
        }
        try (var _ = context.propagate()) {
            channel.fireChannelRead(message);
        }
    }

    /** Returns a copy, since a request that ends its wait may write its response at once. */
    private List<ClientConnection> pending() {
        return List.copyOf(requests);
    }

    /** Passes the context too, since Micronaut may start a request whose body is incomplete here. */
    @Override
    public void channelReadComplete(ChannelHandlerContext channel) {
        try (var _ = context.propagate()) {
            channel.fireChannelReadComplete();
        }
    }

    @Override
    public void write(ChannelHandlerContext channel, Object message, ChannelPromise promise) {
        var written = promise.unvoid();
        if (message instanceof LastHttpContent && !isInformational(message)) {
            // A response that the connection does not accept is lost.
            written.addListener(result -> {
                if (result.isSuccess()) {
                    requests.poll();
                }
            });
        }
        var _ = channel.write(message, written);
    }

    private static boolean isInformational(Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    @Override
    public void channelInactive(ChannelHandlerContext channel) {
        pending().forEach(ClientConnection::close);
        channel.fireChannelInactive();
    }
}

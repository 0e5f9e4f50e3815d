// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.web.ClientConnection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DisconnectHandlerTest {

    private final List<ClientConnection> clients = new ArrayList<>();

    private final EmbeddedChannel channel =
            new EmbeddedChannel(new DisconnectHandler(), new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    clients.add(ClientConnection.current());
                }
            });

    @Test
    void aClientThatHasItsResponseIsNotLost() {
        request();
        channel.writeOutbound(response());

        channel.close();

        assertThat(clients.getFirst().isClosed()).isFalse();
    }

    @Test
    void aClientWhoseResponseCouldNotBeWrittenIsLost() {
        request();
        channel.write(response());

        channel.close();

        assertThat(clients.getFirst().isClosed()).isTrue();
    }

    @Test
    void aClientWithHalfAResponseIsLost() {
        request();
        channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        channel.write(LastHttpContent.EMPTY_LAST_CONTENT);

        channel.close();

        assertThat(clients.getFirst().isClosed()).isTrue();
    }

    @Test
    void onlyTheRequestsWithoutResponsesAreLost() {
        request();
        request();
        assertThat(clients).allMatch(client -> client.cancellation().isDone());
        channel.writeOutbound(response());
        request();

        channel.close();

        assertThat(clients).extracting(ClientConnection::isClosed).containsExactly(false, true, true);
    }

    private void request() {
        channel.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));
    }

    private static DefaultFullHttpResponse response() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    }
}

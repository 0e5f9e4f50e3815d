// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A connection with messages that its client does not read. */
class CloseHandlerTest {

    private final EmbeddedChannel channel = new EmbeddedChannel(new CloseHandler());

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void aConnectionEndsSoonAfterACloseFrameThatIsNotRead() {
        channel.freezeTime();
        var unread = channel.write(new TextWebSocketFrame("1"));
        var close = channel.write(new CloseWebSocketFrame(WebSocketCloseStatus.TRY_AGAIN_LATER));
        pass(CloseHandler.PATIENCE_SECONDS - 1);
        assertThat(channel.isOpen()).isTrue();
        assertThat(close.isDone()).isFalse();

        pass(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(unread.cause()).isNotNull();
    }

    @Test
    void aConnectionWithoutACloseFrameStays() {
        channel.freezeTime();
        channel.write(new TextWebSocketFrame("1"));
        pass(10 * CloseHandler.PATIENCE_SECONDS);
        assertThat(channel.isOpen()).isTrue();
        channel.close();
    }
}

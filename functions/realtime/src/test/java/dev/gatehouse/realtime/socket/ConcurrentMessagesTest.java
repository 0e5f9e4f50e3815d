// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.LocalChannelLog;
import dev.gatehouse.realtime.presence.LocalPresence;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Two messages of one WebSocket, the second handled in the middle of the first. */
class ConcurrentMessagesTest {

    private static final SocketUser ADA = new SocketUser("tenant", new MemberConnection("ada", "1"));

    private final LocalPresence presence = new LocalPresence();
    private final LocalChannelLog events = new LocalChannelLog(presence::connections);
    private final RecordedDelivery delivery = new RecordedDelivery(events);
    private final SocketHandler handler = new SocketHandler(
            presence,
            events,
            new InterruptedChannels(),
            ChannelRights.of("room:*=join"),
            new LocalRateLimiter(),
            delivery,
            60);

    /** Handles the end of the WebSocket after a heartbeat has read its channels. */
    private final class InterruptedChannels implements ConnectionChannels {

        private final LocalConnectionChannels channels = new LocalConnectionChannels();

        @Override
        public CompletionStage<Decision<Boolean>> add(SocketUser user, ChannelName channel, Deadline deadline) {
            return channels.add(user, channel, deadline);
        }

        @Override
        public CompletionStage<Decision<Boolean>> remove(SocketUser user, ChannelName channel, Deadline deadline) {
            return channels.remove(user, channel, deadline);
        }

        @Override
        public CompletionStage<Decision<List<ChannelName>>> all(SocketUser user, Deadline deadline) {
            return channels.all(user, deadline);
        }

        @Override
        public CompletionStage<Decision<List<ChannelName>>> due(SocketUser user, Duration interval, Deadline deadline) {
            var due = channels.due(user, interval, deadline);
            now(handler.closed(user, deadline));
            return due;
        }
    }

    @Test
    void aHeartbeatLeavesTheChannelsThatWereLeftMeanwhile() {
        handle("{\"do\":\"join\",\"channel\":\"room:1\"}");
        handle("{\"do\":\"join\",\"channel\":\"room:2\"}");
        delivery.signals.clear();
        handle("{\"do\":\"ping\"}");

        assertThat(presence.connections("tenant", new ChannelName("room:1"))).isEmpty();
        assertThat(presence.connections("tenant", new ChannelName("room:2"))).isEmpty();
        assertThat(delivery.signals.stream().filter(signal -> signal.contains("room:1")))
                .extracting(signal -> signal.contains("\"left\""))
                .as("left, joined and left")
                .containsExactly(true, false, true);
    }

    private void handle(String message) {
        now(handler.handle(ADA, message, Deadline.in(Duration.ofSeconds(5))));
    }

    private static void now(CompletionStage<Void> stage) {
        stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.ChannelLog;
import dev.gatehouse.realtime.channel.LocalChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.channel.PublishOutcome;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.pubsub.Subscriptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests the delivery of logs to the WebSockets of a process. */
class FeedDeliveryTest {

    private static final SocketUser ADA = user("ada");
    private static final SocketUser GRACE = user("grace");
    private static final ChannelName ROOM = new ChannelName("room:1");

    private final InterruptedLog log = new InterruptedLog();
    private final Map<SocketUser, List<String>> received = new ConcurrentHashMap<>();
    private final FeedDelivery delivery = new FeedDelivery(
            log,
            new ChannelSignals(new LocalChannelLog((_, _) -> List.of())),
            Subscriptions.NONE,
            this::send,
            Duration.ofSeconds(5));

    /** A log whose reads from one position wait, or whose reads fail. */
    private static final class InterruptedLog implements ChannelLog {

        final ChannelLog log = new LocalChannelLog((_, _) -> List.of());
        final CompletableFuture<Void> resumed = new CompletableFuture<>();
        final AtomicInteger failures = new AtomicInteger();
        volatile Position waiting;
        volatile boolean fails;

        @Override
        public CompletionStage<Decision<PublishOutcome>> publish(
                String tenant, ChannelName channel, Publication publication, Deadline deadline) {
            return log.publish(tenant, channel, publication, deadline);
        }

        @Override
        public CompletionStage<Decision<CatchUp>> catchUp(
                String tenant, ChannelName channel, Optional<Position> since, int limit, Deadline deadline) {
            if (fails) {
                failures.incrementAndGet();
                return CompletableFuture.failedStage(new IllegalStateException("test"));
            }
            return since.isPresent() && since.get().equals(waiting)
                    ? resumed.thenCompose(_ -> log.catchUp(tenant, channel, since, limit, deadline))
                    : log.catchUp(tenant, channel, since, limit, deadline);
        }
    }

    private void send(SocketUser user, String message) {
        received.computeIfAbsent(user, _ -> new CopyOnWriteArrayList<>())
                .add(message.replaceAll(".*\"data\":([0-9]+).*", "$1"));
    }

    private List<String> received(SocketUser user) {
        return received.getOrDefault(user, List.of());
    }

    private Position end() {
        var stage = log.log.catchUp("tenant", ROOM, Optional.empty(), 1, budget());
        return ((Decided<CatchUp>) stage.toCompletableFuture().join()).value().at();
    }

    private void publish(int number) {
        delivery.publish(ADA, ROOM, Publication.of("e", "" + number), budget())
                .toCompletableFuture()
                .join();
    }

    @Test
    void whoIsBehindGetsWhatIsMissingAndThenFollows() {
        var start = end();
        delivery.follow(ADA, ROOM, start);
        publish(1);
        await().until(() -> received(ADA).equals(List.of("1")));
        delivery.follow(GRACE, ROOM, start);
        publish(2);
        for (var user : List.of(ADA, GRACE)) {
            await().until(() -> received(user).size() == 2);
            assertThat(received(user)).containsExactly("1", "2");
        }
        delivery.unsubscribe(ADA, ROOM);
        delivery.unsubscribe(GRACE, ROOM);
        assertThat(delivery.feeds()).isZero();
    }

    @Test
    void whoLeavesWhileBehindGetsNothingMore() {
        var start = end();
        delivery.follow(ADA, ROOM, start);
        publish(1);
        await().until(() -> received(ADA).size() == 1);
        log.waiting = start;
        delivery.follow(GRACE, ROOM, start);
        delivery.unsubscribe(GRACE, ROOM);
        log.resumed.complete(null);
        publish(2);
        await().until(() -> received(ADA).size() == 2);
        assertThat(received(GRACE)).isEmpty();
        delivery.unsubscribe(ADA, ROOM);
        assertThat(delivery.feeds()).isZero();
    }

    @Test
    void whoReturnsWhileBehindGetsEachEventOnce() {
        var start = end();
        delivery.follow(ADA, ROOM, start);
        publish(1);
        await().until(() -> received(ADA).size() == 1);
        log.waiting = start;
        delivery.follow(GRACE, ROOM, start);
        delivery.unsubscribe(GRACE, ROOM);
        delivery.follow(GRACE, ROOM, end());
        log.resumed.complete(null);
        publish(2);
        await().until(() -> received(ADA).size() == 2);
        await().until(() -> !received(GRACE).isEmpty());
        assertThat(received(GRACE)).containsExactly("2");
    }

    @Test
    void aFailureToSendDoesNotEndTheDelivery() {
        var others = new CopyOnWriteArrayList<String>();
        var unreliable = new FeedDelivery(
                log,
                new ChannelSignals(log),
                Subscriptions.NONE,
                (user, message) -> {
                    if (user.equals(GRACE)) {
                        throw new OutOfMemoryError("no memory for a message to a slow reader");
                    }
                    others.add(message);
                },
                Duration.ofSeconds(5));
        unreliable.follow(ADA, ROOM, end());
        unreliable.follow(GRACE, ROOM, end());
        for (int n = 1; n <= 3; n++) {
            int sent = n;
            publish(n);
            await().until(() -> others.size() == sent);
        }
    }

    @Test
    void aFailureToReadDoesNotEndTheDelivery() {
        delivery.follow(ADA, ROOM, end());
        log.fails = true;
        publish(1);
        await().until(() -> log.failures.get() > 0);
        log.fails = false;
        await().until(() -> received(ADA).equals(List.of("1")));
    }

    private static SocketUser user(String userId) {
        return new SocketUser("tenant", new MemberConnection(userId, userId + "-1"));
    }

    private static Deadline budget() {
        return Deadline.in(Duration.ofSeconds(5));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.PublishOutcome.Published;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WaitingChannelLogTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private static RedisProcess redis;
    private static RedisLink link;
    private static RedisLink otherLink;

    private final ChannelName room = new ChannelName(UUID.randomUUID().toString());
    private final WaitingChannelLog log = new WaitingChannelLog(new RedisChannelLog(link), 50, LONG);
    private final ChannelLog otherProcess = new RedisChannelLog(otherLink);

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        link = RedisLink.to(LinkProbe.patientSettings(redis.url()));
        otherLink = RedisLink.to(LinkProbe.patientSettings(redis.url()));
    }

    @AfterAll
    static void stop() {
        link.close();
        otherLink.close();
        redis.close();
    }

    /** Memory replies without a thread, so that the waiter ends within the call that publishes. */
    @Test
    void anEventOfThisProcessEndsTheWaitAtOnce() {
        var local = new WaitingChannelLog(new LocalChannelLog((_, _) -> List.of()), 50, Duration.ofSeconds(1));
        var end = outcome(read(local, Optional.empty())).at();
        var waiter = read(local, Optional.of(end));
        assertThat(waiter).isNotDone();

        var at = published(local.publish("tenant", room, Publication.of("e", "1"), patience()));

        assertThat(waiter).isDone();
        assertThat(outcome(waiter).events()).extracting(ChannelEvent::at).containsExactly(at);
    }

    @Test
    void anEventOfAnotherProcessEndsTheWaitWithinTheLongestPause() {
        var best = Duration.ofDays(1);
        for (int round = 0; round < 10 && best.toMillis() > WaitingChannelLog.LONGEST_PAUSE_MILLIS + 50; round++) {
            var waiter = longWait(end());
            pause();
            assertThat(waiter).isNotDone();
            long from = System.nanoTime();
            var at = published(otherProcess.publish("tenant", room, Publication.of("e", "1"), patience()));
            assertThat(outcome(waiter).events()).extracting(ChannelEvent::at).containsExactly(at);
            var took = Duration.ofNanos(System.nanoTime() - from);
            best = took.compareTo(best) < 0 ? took : best;
        }
        assertThat(best.toMillis()).isLessThanOrEqualTo(WaitingChannelLog.LONGEST_PAUSE_MILLIS + 50);
    }

    @Test
    void anEventOfAnotherChannelEndsNoWait() {
        var waiter = wait(end(), new CompletableFuture<>(), Duration.ofMillis(300));
        published(log.publish("tenant", new ChannelName("other"), Publication.of("e", "1"), patience()));
        published(log.publish("other", room, Publication.of("e", "1"), patience()));

        assertThat(outcome(waiter).events()).isEmpty();
    }

    @Test
    void aWaitEndsWithoutEventsWhenItsTimeIsUp() {
        var end = end();
        long from = System.nanoTime();

        assertThat(outcome(wait(end, new CompletableFuture<>(), Duration.ofMillis(200))))
                .isEqualTo(new CatchUp(true, List.of(), end, false));

        assertThat(Duration.ofNanos(System.nanoTime() - from)).isBetween(Duration.ofMillis(190), Duration.ofSeconds(5));
    }

    @Test
    void aWaitNeverExceedsTheDeadline() {
        var since = Optional.of(end());
        var waiter = log.catchUp(
                        "tenant", room, since, 9, new CompletableFuture<>(), LONG, Deadline.in(Duration.ofMillis(500)))
                .toCompletableFuture();
        assertThat(waiter.orTimeout(5, TimeUnit.SECONDS).join()).isInstanceOf(Decision.class);
        assertThat(log.waiting("tenant")).isZero();
    }

    @Test
    void whatIsThereOrLostIsReturnedAtOnce() {
        var start = end();
        published(otherProcess.publish("tenant", room, Publication.of("e", "1"), patience()));
        assertThat(outcome(longWait(start)).events()).hasSize(1);
        assertThat(outcome(longWait(new Position(1, "x".repeat(22)))).recovered())
                .isFalse();
    }

    @Test
    void withoutAPositionThereIsNoWait() {
        var waiter = log.catchUp("tenant", room, Optional.empty(), 9, new CompletableFuture<>(), LONG, patience())
                .toCompletableFuture();
        assertThat(outcome(waiter.orTimeout(10, TimeUnit.SECONDS)).events()).isEmpty();
    }

    @Test
    void aLostLogEndsTheWait() {
        var waiter = longWait(end());
        redis.cli("DEL", room.redisKey("tenant", "log"));
        assertThat(outcome(waiter).recovered()).isFalse();
    }

    @Test
    void readersThatLeaveStopReading() {
        var end = end();
        var cancellation = new CompletableFuture<Void>();
        var waiters = new ArrayList<CompletableFuture<Decision<CatchUp>>>();
        for (int n = 0; n < 50; n++) {
            waiters.add(wait(end, cancellation, LONG));
        }
        await().until(() -> log.waiting("tenant") == 50);
        assertThat(outcome(wait(end, new CompletableFuture<>(), LONG)).events())
                .as("beyond the bound")
                .isEmpty();

        cancellation.complete(null);

        assertThat(waiters)
                .allSatisfy(waiter -> assertThat(outcome(waiter).events()).isEmpty());
        assertThat(log.waiting("tenant")).isZero();
        redis.cli("CONFIG", "RESETSTAT");
        await().during(Duration.ofMillis(200)).until(() -> redis.calls("evalsha") == 0);
    }

    @Test
    void whenRedisIsLostTheWaitEndsUnavailable() {
        try (var gone = RedisProcess.start();
                var toGone = RedisLink.to(LinkProbe.patientSettings(gone.url()))) {
            var waiting = new WaitingChannelLog(new RedisChannelLog(toGone), 10, Duration.ofSeconds(1));
            await().until(() -> read(waiting, Optional.empty()).join() instanceof Decided);
            var end = outcome(read(waiting, Optional.empty())).at();
            var waiter = read(waiting, Optional.of(end));
            await().until(() -> waiting.waiting("tenant") == 1);

            gone.kill();

            assertThat(waiter.join()).isInstanceOf(Unavailable.class);
        }
    }

    private CompletableFuture<Decision<CatchUp>> read(WaitingChannelLog waiting, Optional<Position> since) {
        return waiting.catchUp("tenant", room, since, 9, new CompletableFuture<>(), LONG, patience())
                .toCompletableFuture();
    }

    private CompletableFuture<Decision<CatchUp>> wait(
            Position since, CompletableFuture<Void> cancellation, Duration wait) {
        return log.catchUp("tenant", room, Optional.of(since), 9, cancellation, wait, patience())
                .toCompletableFuture();
    }

    private CompletableFuture<Decision<CatchUp>> longWait(Position since) {
        return wait(since, new CompletableFuture<>(), LONG);
    }

    private Position end() {
        return outcome(read(log, Optional.empty())).at();
    }

    /** Lets the pause between polls grow to its bound. */
    private void pause() {
        long before = redis.calls("evalsha");
        await().until(() -> redis.calls("evalsha") > before + 6);
    }

    private static Position published(CompletionStage<Decision<PublishOutcome>> stage) {
        return ((Published)
                        ((Decided<PublishOutcome>) stage.toCompletableFuture().join()).value())
                .at();
    }

    private static CatchUp outcome(CompletableFuture<Decision<CatchUp>> waiter) {
        return ((Decided<CatchUp>) waiter.join()).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(30));
    }
}

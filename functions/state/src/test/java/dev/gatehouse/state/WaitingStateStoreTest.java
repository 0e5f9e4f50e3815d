// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WaitingStateStoreTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private static RedisProcess redis;
    private static RedisLink link;
    private static RedisLink otherLink;

    private final StateKey key = StateKey.of(UUID.randomUUID().toString());
    private final WaitingStateStore reader =
            new WaitingStateStore(new RedisStateStore(link), 50, Duration.ofSeconds(1));
    private final StateStore otherProcess = new RedisStateStore(otherLink);

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

    @Test
    void aSaveByAnotherProcessEndsTheWaitWithin50Millis() {
        // The best of a few rounds: the machine may be busy, the pause between polls must not be longer.
        long best = Long.MAX_VALUE;
        long version = save("{\"n\":0}");
        for (int round = 1; round <= 10 && best > 50; round++) {
            var waiter = wait(version, new CompletableFuture<>(), LONG);
            await().until(() -> reader.waiting("tenant") == 1);
            var _ = CompletableFuture.supplyAsync(
                            () -> null, CompletableFuture.delayedExecutor(700, TimeUnit.MILLISECONDS))
                    .join();
            assertThat(waiter).isNotDone();
            long from = System.nanoTime();
            version = save("{\"n\":" + round + "}");
            assertThat(outcome(waiter)).isInstanceOf(Found.class);
            best = Math.min(best, Duration.ofNanos(System.nanoTime() - from).toMillis());
        }
        assertThat(best).isLessThanOrEqualTo(50);
    }

    @Test
    void aWaitEndsUnchangedWhenItsTimeIsUp() {
        long version = save("{}");
        long from = System.nanoTime();

        assertThat(outcome(wait(version, new CompletableFuture<>(), Duration.ofMillis(200))))
                .isInstanceOf(Unchanged.class);

        assertThat(Duration.ofNanos(System.nanoTime() - from)).isBetween(Duration.ofMillis(190), Duration.ofSeconds(5));
    }

    @Test
    void aWaitNeverExceedsTheDeadline() {
        long version = save("{}");
        var waiter = reader.read(
                        "tenant",
                        key,
                        OptionalLong.of(version),
                        new CompletableFuture<>(),
                        LONG,
                        Deadline.in(Duration.ofMillis(500)))
                .toCompletableFuture();
        assertThat(waiter.orTimeout(5, TimeUnit.SECONDS).join()).isInstanceOf(Decision.class);
        assertThat(reader.waiting("tenant")).isZero();
    }

    @Test
    void anotherVersionAndAnUnknownStateAreReturnedAtOnce() {
        assertThat(outcome(wait(1, new CompletableFuture<>(), LONG))).isEqualTo(new Unknown());
        long version = save("{}");
        assertThat(outcome(wait(version - 1, new CompletableFuture<>(), LONG))).isInstanceOf(Found.class);
    }

    @Test
    void aDeletionEndsTheWait() {
        long version = save("{}");
        var waiter = wait(version, new CompletableFuture<>(), LONG);
        await().until(() -> reader.waiting("tenant") == 1);
        var _ = otherProcess
                .delete("tenant", key, Expectation.any(), OptionalLong.empty(), patience())
                .toCompletableFuture()
                .join();
        assertThat(outcome(waiter)).isEqualTo(new Unknown());
    }

    @Test
    void readersThatLeaveStopReading() {
        long version = save("{}");
        var cancellation = new CompletableFuture<Void>();
        var waiters = new ArrayList<CompletableFuture<Decision<ReadOutcome>>>();
        for (int n = 0; n < 50; n++) {
            waiters.add(wait(version, cancellation, LONG));
        }
        await().until(() -> reader.waiting("tenant") == 50);
        assertThat(outcome(wait(version, new CompletableFuture<>(), LONG)))
                .as("beyond the bound")
                .isInstanceOf(Unchanged.class);

        cancellation.complete(null);

        assertThat(waiters).allSatisfy(waiter -> assertThat(outcome(waiter)).isInstanceOf(Unchanged.class));
        assertThat(reader.waiting("tenant")).isZero();
        redis.cli("CONFIG", "RESETSTAT");
        await().during(Duration.ofMillis(200)).until(() -> redis.calls("evalsha") == 0);
    }

    @Test
    void whenRedisIsLostTheWaitEndsUnavailable() {
        try (var gone = RedisProcess.start();
                var toGone = RedisLink.to(LinkProbe.patientSettings(gone.url()))) {
            var store = new RedisStateStore(toGone);
            var waiting = new WaitingStateStore(store, 10, Duration.ofSeconds(1));
            var write = StateWrite.save(key, Expectation.absent(), StateValue.of("{}"));
            await().until(() -> store.save("tenant", write, patience())
                            .toCompletableFuture()
                            .join()
                    instanceof Decided);
            var saved = ((Decided<WriteOutcome>) store.save("tenant", write, patience())
                            .toCompletableFuture()
                            .join())
                    .value();
            var waiter = waiting.read(
                            "tenant",
                            key,
                            OptionalLong.of(((Saved) saved).version()),
                            new CompletableFuture<>(),
                            LONG,
                            patience())
                    .toCompletableFuture();
            await().until(() -> waiting.waiting("tenant") == 1);

            gone.kill();

            assertThat(waiter.join()).isInstanceOf(Unavailable.class);
        }
    }

    private long save(String json) {
        var write = StateWrite.save(key, Expectation.any(), StateValue.of(json));
        var decision = otherProcess
                .save("tenant", write, patience())
                .toCompletableFuture()
                .join();
        return ((Saved) ((Decided<WriteOutcome>) decision).value()).version();
    }

    private CompletableFuture<Decision<ReadOutcome>> wait(
            long version, CompletableFuture<Void> cancellation, Duration wait) {
        return reader.read("tenant", key, OptionalLong.of(version), cancellation, wait, patience())
                .toCompletableFuture();
    }

    private static ReadOutcome outcome(CompletableFuture<Decision<ReadOutcome>> waiter) {
        return ((Decided<ReadOutcome>) waiter.join()).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(30));
    }
}

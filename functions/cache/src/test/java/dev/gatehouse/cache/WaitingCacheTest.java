// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Held;
import dev.gatehouse.cache.LookupOutcome.LoadState.Idle;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.LoadState.Loading;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.WaitingCache.LookupCaller;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WaitingCacheTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration BUDGET = Duration.ofSeconds(5);
    private static final LoadOwner ADA = new LoadOwner("ada");

    private static RedisProcess redis;
    private static RedisLink link;

    private final CacheKey key = CacheKey.of(Optional.empty(), UUID.randomUUID().toString());
    private final CacheStore cache = new RedisCache(link);
    private final WaitingCache waiting = new WaitingCache(cache, 100, BUDGET);

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        link = RedisLink.to(LinkProbe.patientSettings(redis.url()));
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
    }

    /** Each thread loads if it gets the lease, and otherwise waits for the value. */
    @Test
    @DeepTest
    void ofManyWaitingCallersOneLoadsAndTheOthersGetItsBytes() throws Exception {
        int threads = 64;
        for (int round = 0; round < Rounds.of(20, 200); round++) {
            var shared = CacheKey.of(Optional.empty(), "round-" + round + "-" + key.digest());
            var loads = new AtomicInteger();
            var values = new ConcurrentLinkedQueue<CacheValue>();
            // Half of the callers are in another process.
            var elsewhere = new WaitingCache(cache, 100, BUDGET);
            Threads.together(threads, thread -> {
                var process = thread % 2 == 0 ? waiting : elsewhere;
                var lookup = new CacheLookup(shared, LoadOwner.random(), 10_000);
                switch (outcome(look(process, lookup, LookupCaller.present(), LONG))) {
                    case Fresh(var entry, Idle _) -> values.add(entry.value());
                    case Missing(Leased(var owner, var _)) -> {
                        var value = CacheValue.of("load " + loads.incrementAndGet());
                        fill(process, shared, owner, value);
                        values.add(value);
                    }
                    case LookupOutcome other -> throw new AssertionError(other);
                }
            });
            assertThat(loads).as("round %s", round).hasValue(1);
            assertThat(values).hasSize(threads).containsOnly(CacheValue.of("load 1"));
        }
    }

    @Test
    void oneWaiterLoadsWhenTheLeaseOfADeadLoaderEnds() {
        outcome(look(waiting, new CacheLookup(key, ADA, 500), LookupCaller.present(), Duration.ZERO));
        long from = System.nanoTime();

        var waiters = IntStream.range(0, 20)
                .mapToObj(_ -> waiter(Duration.ofSeconds(3)))
                .toList();
        var outcomes = waiters.stream().map(WaitingCacheTest::outcome).toList();

        assertThat(outcomes)
                .filteredOn(outcome -> outcome.load() instanceof Leased)
                .hasSize(1);
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.load() instanceof Loading)
                .hasSize(19);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(10));
        assertThat(waiting.waiting("tenant")).isZero();
    }

    @Test
    void aResponseWithALeaseDoesNotWaitForFurtherValues() {
        var other = CacheKey.of(Optional.empty(), UUID.randomUUID().toString());
        outcome(look(waiting, new CacheLookup(other, ADA, 30_000), LookupCaller.present(), Duration.ZERO));

        var outcomes = waiting
                .lookup(
                        "tenant",
                        List.of(
                                new CacheLookup(other, LoadOwner.random(), 10_000),
                                new CacheLookup(key, LoadOwner.random(), 10_000)),
                        LookupCaller.present(),
                        LONG,
                        patience())
                .stream()
                .map(stage -> stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS))
                .map(WaitingCacheTest::outcome)
                .toList();

        assertThat(outcomes.getFirst().load()).isInstanceOf(Loading.class);
        assertThat(outcomes.getLast().load()).isInstanceOf(Leased.class);
    }

    @Test
    void aReleasedLeaseGoesToAWaiter() {
        outcome(look(waiting, new CacheLookup(key, ADA, 30_000), LookupCaller.present(), Duration.ZERO));
        var waiter = waiter(LONG);
        await().until(() -> waiting.waiting("tenant") == 1);

        waiting.release("tenant", key, ADA, 0, patience()).toCompletableFuture().join();

        assertThat(outcome(waiter).load()).isInstanceOf(Leased.class);
    }

    @Test
    void theWaitEndsWhenItsTimeIsUpOrTheCallerLeaves() {
        outcome(look(waiting, new CacheLookup(key, ADA, 30_000), LookupCaller.present(), Duration.ZERO));
        var cancellation = new CompletableFuture<Void>();
        var leaving = look(
                waiting,
                new CacheLookup(key, LoadOwner.random(), 1_000),
                new LookupCaller(cancellation, new CompletableFuture<>(), _ -> false, Optional.empty()),
                LONG);
        await().until(() -> waiting.waiting("tenant") == 1);
        cancellation.complete(null);

        assertThat(outcome(leaving).load()).isInstanceOf(Loading.class);
        assertThat(outcome(waiter(Duration.ofMillis(200))).load()).isInstanceOf(Loading.class);
    }

    @Test
    void theLeaseOfALostCallerIsReleasedUnlessItChoseTheOwner() {
        for (boolean chosen : List.of(false, true)) {
            var lost = new CompletableFuture<Void>();
            var caller = new LookupCaller(new CompletableFuture<>(), lost, _ -> chosen, Optional.empty());
            var lookup = new CacheLookup(key, LoadOwner.random(), 30_000);
            assertThat(outcome(look(waiting, lookup, caller, Duration.ZERO)).load())
                    .isInstanceOf(Leased.class);
            lost.complete(null);

            if (chosen) {
                assertThat(outcome(waiter(Duration.ZERO)).load()).isInstanceOf(Loading.class);
            } else {
                await().until(() ->
                        outcome(look(waiting, new CacheLookup(key, ADA, 0), LookupCaller.present(), Duration.ZERO))
                                        .load()
                                instanceof Idle);
            }
        }
    }

    @Test
    void nobodyWaitsForTheEndOfAHold() {
        outcome(look(waiting, new CacheLookup(key, ADA, 30_000), LookupCaller.present(), Duration.ZERO));
        var waiter = waiter(LONG);
        await().until(() -> waiting.waiting("tenant") == 1);
        waiting.release("tenant", key, ADA, 60_000, patience())
                .toCompletableFuture()
                .join();

        assertThat(outcome(waiter).load()).isInstanceOf(Held.class);
        assertThat(outcome(waiter(LONG)).load()).isInstanceOf(Held.class);
    }

    @Test
    void aLeaseThatIsGrantedAfterAWaitEndsWithItsCaller() {
        outcome(look(waiting, new CacheLookup(key, ADA, 500), LookupCaller.present(), Duration.ZERO));
        var end = Deadline.in(Duration.ofSeconds(3));
        var lookup = new CacheLookup(key, LoadOwner.random(), 60_000);
        var from = Instant.now();

        var lease = (Leased)
                outcome(look(waiting, lookup, LookupCaller.until(end), LONG)).load();

        assertThat(Duration.between(from, lease.expiresAt())).isLessThan(Duration.ofMillis(3_100));
        assertThat(end.isSpent()).isFalse();
    }

    @Test
    void staleValuesAreNotWaitedFor() {
        var stale = new Invalidation(Optional.empty(), List.of(key), Set.of(), false, true);
        cache.put("tenant", new CacheWrite(key, CacheValue.of("v"), 60, 60, Set.of()), patience())
                .toCompletableFuture()
                .join();
        cache.invalidate("tenant", stale, patience()).toCompletableFuture().join();
        assertThat(outcome(waiter(LONG)).load()).isInstanceOf(Leased.class);
        long from = System.nanoTime();

        assertThat(outcome(waiter(LONG)).load()).isInstanceOf(Loading.class);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(10));
    }

    private CompletionStage<Decision<LookupOutcome>> waiter(Duration wait) {
        return look(waiting, new CacheLookup(key, LoadOwner.random(), 30_000), LookupCaller.present(), wait);
    }

    private static CompletionStage<Decision<LookupOutcome>> look(
            WaitingCache cache, CacheLookup lookup, LookupCaller caller, Duration wait) {
        return cache.lookup("tenant", List.of(lookup), caller, wait, patience()).getFirst();
    }

    private static void fill(WaitingCache process, CacheKey shared, LoadOwner owner, CacheValue value) {
        var write = new CacheWrite(shared, value, 60, 0, Set.of());
        assertThat(process.fill("tenant", write, owner, patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOfSatisfying(
                        Decided.class, decided -> assertThat(decided.value()).isInstanceOf(FillOutcome.Filled.class));
    }

    private static LookupOutcome outcome(CompletionStage<Decision<LookupOutcome>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<LookupOutcome>) decision).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(40));
    }
}

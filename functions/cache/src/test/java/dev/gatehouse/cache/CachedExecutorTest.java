// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.cache.CachedResult.Found;
import dev.gatehouse.cache.CachedResult.Held;
import dev.gatehouse.cache.CachedResult.Loaded;
import dev.gatehouse.cache.CachedResult.Loading;
import dev.gatehouse.cache.CachedResult.Undecided;
import dev.gatehouse.cache.LookupOutcome.LoadState;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CachedExecutorTest {

    private static final Duration BUDGET = Duration.ofSeconds(5);

    private static RedisProcess redis;
    private static RedisLink link;

    private final CacheStore store = new RedisCache(link);
    private final CachedExecutor cached = new CachedExecutor(store, BUDGET);
    private final CacheKey key =
            CacheKey.of(Optional.of("products"), UUID.randomUUID().toString());
    private final AtomicInteger loads = new AtomicInteger();

    /** Numbers, as JSON. */
    private record Numbers() implements CacheCodec<Integer> {

        @Override
        public byte[] encode(Integer value) throws IOException {
            if (value < 0) {
                throw new IOException("negative");
            }
            return value.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Integer decode(byte[] json) throws IOException {
            try {
                return Integer.valueOf(new String(json, StandardCharsets.UTF_8));
            } catch (NumberFormatException e) {
                throw new IOException(e);
            }
        }
    }

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

    @Test
    void aMissingValueIsLoadedOnceAndFoundAfterwards() throws Exception {
        assertThat(get(request(), () -> 7)).isEqualTo(new Loaded<>(Optional.of(7), true));
        assertThat(get(request(), () -> 8)).isEqualTo(new Found<>(7, false, false));
        assertThat(run(request(), CompletableFuture.completedFuture(9)).join()).isEqualTo(new Found<>(7, false, false));
        assertThat(found()).contains(7);
        assertThat(loads).hasValue(1);
    }

    @Test
    void oneCallerLoadsWhileTheOthersWait() {
        var work = new CompletableFuture<Integer>();
        var first = run(request(), work);
        await().until(() -> loads.get() == 1);
        var second = run(request(), CompletableFuture.completedFuture(8));
        var elsewhere = new CachedExecutor(store, BUDGET)
                .run("tenant", request(), patience(), () -> CompletableFuture.completedFuture(9))
                .toCompletableFuture();
        assertThat(first).isNotDone();

        work.complete(7);

        assertThat(first.join()).isEqualTo(new Loaded<>(Optional.of(7), true));
        assertThat(second.join()).isEqualTo(new Found<>(7, false, false));
        assertThat(elsewhere.join()).isEqualTo(new Found<>(7, false, false));
        assertThat(loads).hasValue(1);
    }

    @Test
    void afterTheWaitOthersLoadUnsharedOrGetNothing() throws Exception {
        var work = new CompletableFuture<Integer>();
        var first = run(request(), work);
        await().until(() -> loads.get() == 1);

        assertThat(get(request().withWait(0, true), () -> 8)).isEqualTo(new Loaded<>(Optional.of(8), false));
        assertThat(get(request().withWait(0, false), () -> 8)).isInstanceOf(Loading.class);
        assertThat(loads).hasValue(2);

        work.complete(7);
        assertThat(first.join()).isEqualTo(new Loaded<>(Optional.of(7), true));
        assertThat(found()).contains(7);
    }

    @Test
    void aFailureReachesItsOwnCallerOnlyAndTheNextLoads() {
        var work = new CompletableFuture<Integer>();
        var first = run(request(), work);
        await().until(() -> loads.get() == 1);
        var second = run(request(), CompletableFuture.completedFuture(8));

        work.completeExceptionally(new IOException("broken"));

        assertThatThrownBy(first::join).isInstanceOf(CompletionException.class).hasRootCauseMessage("broken");
        assertThat(second.join()).isEqualTo(new Loaded<>(Optional.of(8), true));
    }

    @Test
    void aCallThrowsTheVeryExceptionOfItsLoad() {
        var broken = new IOException("broken");
        assertThatThrownBy(() -> get(request(), () -> {
                    throw broken;
                }))
                .isSameAs(broken);
        var error = new AssertionError("an error");
        assertThatThrownBy(() -> get(request(), () -> {
                    throw error;
                }))
                .isSameAs(error);
        assertThatThrownBy(() -> run(request(), null).join()).hasRootCauseInstanceOf(NullPointerException.class);
        assertThat(run(request(), CompletableFuture.completedFuture(8)).join())
                .isEqualTo(new Loaded<>(Optional.of(8), true));
    }

    @Test
    void afterAFailedLoadNobodyLoadsUnderLeaseDuringTheHold() throws Exception {
        var held = request().withHold(60_000).withWait(0, false);
        assertThatThrownBy(() -> get(held, () -> {
                    throw new IOException("broken");
                }))
                .isInstanceOf(IOException.class);

        assertThat(get(held, () -> 8)).isInstanceOf(Held.class);
        assertThat(get(held.withWait(20_000, true), () -> 8))
                .as("no load unshared either, and no wait")
                .isInstanceOf(Held.class);
        assertThat(loads).hasValue(1);
    }

    @Test
    void theLeaseIsExtendedWhileTheLoadRuns() throws Exception {
        var work = new CompletableFuture<Integer>();
        var from = Instant.now();
        var first = run(request().withLease(300), work);

        await().until(() -> endOfLease().isAfter(from.plusSeconds(2)));
        assertThat(get(request().withWait(0, false), () -> 8)).isInstanceOf(Loading.class);
        work.complete(7);

        assertThat(first.join()).isEqualTo(new Loaded<>(Optional.of(7), true));
        assertThat(loads).hasValue(1);
    }

    @Test
    void aLoadThatBlocksItsCallerKeepsItsLeaseToo() throws Exception {
        var from = Instant.now();
        var loaded = get(request().withLease(300), () -> {
            await().until(() -> endOfLease().isAfter(from.plusSeconds(2)));
            return 7;
        });

        assertThat(loaded).isEqualTo(new Loaded<>(Optional.of(7), true));
    }

    /** Returns the end of the lease of another. */
    private Instant endOfLease() {
        var lookup = new CacheLookup(key, LoadOwner.random(), 0);
        var decision =
                store.lookup("tenant", lookup, patience()).toCompletableFuture().join();
        var outcome = ((Decided<LookupOutcome>) decision).value();
        return outcome.load() instanceof LoadState.Loading(var expiresAt, var _) ? expiresAt : Instant.EPOCH;
    }

    @Test
    void anExtendedLeaseEndsWithTheInvocationOfItsLoader() throws Exception {
        var dead = cached.run("tenant", request().withLease(300), Deadline.in(Duration.ofSeconds(1)), () -> {
            loads.incrementAndGet();
            return new CompletableFuture<>();
        });
        await().until(() -> loads.get() == 1);

        assertThat(get(request().withWait(20_000, false), () -> 8)).isEqualTo(new Loaded<>(Optional.of(8), true));
        assertThat(dead.toCompletableFuture()).isNotDone();
    }

    @Test
    void theCallerWithTheLeaseOfAStaleValueRefreshesIt() throws Exception {
        putStale(7);

        assertThat(get(request(), () -> 8)).isEqualTo(new Loaded<>(Optional.of(8), true));
        assertThat(get(request(), () -> 9)).isEqualTo(new Found<>(8, false, false));
    }

    @Test
    void whileOneRefreshesTheOthersGetTheStaleValueAtOnce() {
        putStale(7);
        var work = new CompletableFuture<Integer>();
        var first = run(request(), work);
        await().until(() -> loads.get() == 1);

        assertThat(run(request(), work).join()).isEqualTo(new Found<>(7, true, false));

        work.complete(8);
        assertThat(first.join()).isEqualTo(new Loaded<>(Optional.of(8), true));
    }

    @Test
    void ifTheRefreshFailsTheStaleValueIsReturned() throws Exception {
        putStale(7);

        assertThat(get(request(), () -> {
                    throw new IOException("broken");
                }))
                .isEqualTo(new Found<>(7, true, false));
        assertThat(run(request(), CompletableFuture.failedFuture(new IOException("broken")))
                        .join())
                .isEqualTo(new Found<>(7, true, false));
        assertThat(get(request(), () -> -1)).isEqualTo(new Found<>(7, true, false));
        assertThat(loads).hasValue(3);
    }

    @Test
    void aRefresherLoadsAfterTheStaleValueWasReturned() throws Exception {
        putStale(7);
        var tasks = new ArrayDeque<Runnable>();
        var refreshing = cached.refreshingOn(tasks::add);

        assertThat(refreshing.call("tenant", request(), patience(), () -> 8)).isEqualTo(new Found<>(7, true, false));
        assertThat(tasks).hasSize(1);
        tasks.remove().run();

        await().until(() -> found().equals(Optional.of(8)));
        assertThat(refreshing.call("tenant", request(), patience(), () -> 9)).isEqualTo(new Found<>(8, false, false));
        assertThat(tasks).isEmpty();
    }

    @Test
    void aNullIsReturnedButNotStoredAndEndsAStaleValue() throws Exception {
        assertThat(get(request(), () -> null)).isEqualTo(new Loaded<>(Optional.empty(), false));
        assertThat(found()).isEmpty();

        putStale(7);
        assertThat(get(request(), () -> null)).isEqualTo(new Loaded<>(Optional.empty(), false));
        assertThat(found()).isEmpty();
    }

    @Test
    void anAbsentValueIsCachedIfItsCodecIsOptional() throws Exception {
        var optional = CachedRequest.of(key, new Numbers().optional(), 60);

        assertThat(cached.call("tenant", optional, patience(), Optional::empty))
                .isEqualTo(new Loaded<>(Optional.of(Optional.empty()), true));
        assertThat(cached.call("tenant", optional, patience(), () -> Optional.of(7)))
                .isEqualTo(new Found<>(Optional.empty(), false, false));
        cached.put("tenant", optional, Optional.of(8), patience())
                .toCompletableFuture()
                .join();
        assertThat(found()).contains(8);
    }

    @Test
    void anInvalidationVoidsTheLoadInProgress() {
        var work = new CompletableFuture<Integer>();
        var first = run(request(), work);
        await().until(() -> loads.get() == 1);
        cached.invalidate("tenant", Invalidation.of(key), patience())
                .toCompletableFuture()
                .join();

        work.complete(7);

        assertThat(first.join()).isEqualTo(new Loaded<>(Optional.of(7), false));
        assertThat(found()).isEmpty();
    }

    @Test
    void aPutReplacesTheValueAndTagsInvalidateIt() throws Exception {
        get(request(), () -> 7);
        cached.put("tenant", request().withTags(Set.of("shop")), 8, patience())
                .toCompletableFuture()
                .join();
        assertThat(get(request(), () -> 9)).isEqualTo(new Found<>(8, false, false));

        var tag = new Invalidation(key.scope(), List.of(), Set.of("shop"), false, false);
        cached.invalidate("tenant", tag, patience()).toCompletableFuture().join();
        assertThat(get(request(), () -> 9)).isEqualTo(new Loaded<>(Optional.of(9), true));
    }

    @Test
    void aValueInAnotherFormIsLoadedAnew() throws Exception {
        var other = new CacheWrite(key, CacheValue.of("\"another form\""), 60, 0, Set.of());
        store.put("tenant", other, patience()).toCompletableFuture().join();

        assertThat(get(request(), () -> 7)).isEqualTo(new Loaded<>(Optional.of(7), true));
        assertThat(get(request(), () -> 8)).isEqualTo(new Found<>(7, false, false));
    }

    @Test
    void aValueThatIsTooLargeIsReturnedButNotStored() throws Exception {
        var large = new CacheCodec<Integer>() {
            @Override
            public byte[] encode(Integer value) {
                return new byte[CacheValue.MAX_BYTES + 1];
            }

            @Override
            public Integer decode(byte[] json) {
                return 0;
            }
        };
        var request = CachedRequest.of(key, large, 60);

        assertThat(cached.call("tenant", request, patience(), () -> 7)).isEqualTo(new Loaded<>(Optional.of(7), false));
        assertThat(get(request(), () -> 8)).isEqualTo(new Loaded<>(Optional.of(8), true));
    }

    @Test
    void theLeaseOfADeadLoaderEndsWithItsInvocation() throws Exception {
        var dead = cached.run("tenant", request().withLease(60_000), Deadline.in(Duration.ofSeconds(1)), () -> {
            loads.incrementAndGet();
            return new CompletableFuture<>();
        });
        await().until(() -> loads.get() == 1);

        assertThat(get(request(), () -> 8)).isEqualTo(new Loaded<>(Optional.of(8), true));
        assertThat(dead.toCompletableFuture()).isNotDone();
    }

    @Test
    void withoutRedisThisProcessCachesOrUnderThePolicyClosedLoadsUnshared() throws Exception {
        var server = RedisProcess.start();
        server.close();
        try (var down = RedisLink.to(LinkProbe.patientSettings(server.url()))) {
            var local = CachedExecutor.over(down, new Outage(down), FallbackPolicy.LOCAL);
            assertThat(local.call("tenant", request(), patience(), () -> 7))
                    .isEqualTo(new Loaded<>(Optional.of(7), true));
            assertThat(local.call("tenant", request(), patience(), () -> 8)).isEqualTo(new Found<>(7, false, true));

            var closed = new CachedExecutor(new RedisCache(down), BUDGET);
            assertThat(closed.call("tenant", request(), patience(), () -> 8))
                    .isEqualTo(new Loaded<>(Optional.of(8), false));
            assertThat(closed.call("tenant", request().withWait(0, false), patience(), () -> 9))
                    .isInstanceOf(Undecided.class);
        }
    }

    @Test
    void theEnvironmentSetsThePolicyWithoutRedis() throws Exception {
        var server = RedisProcess.start();
        server.close();
        for (var policy : List.of("local", " ", "open", "closed")) {
            try (var alone =
                    CachedExecutor.from(Map.of("REDIS_URL", server.url(), "GATEHOUSE_CACHE_WHEN_DOWN", policy))) {
                assertThat(alone.call("tenant", request(), patience(), () -> 7))
                        .isEqualTo(new Loaded<>(
                                Optional.of(7), Set.of("local", " ").contains(policy)));
            }
        }
        var unknown = Map.of("GATEHOUSE_CACHE_WHEN_DOWN", "never");
        assertThatThrownBy(() -> CachedExecutor.from(unknown).close())
                .hasMessage("GATEHOUSE_CACHE_WHEN_DOWN must be local, closed or open");
    }

    @Test
    @DeepTest
    void of64ThreadsInTwoProcessesOneLoadsInEachRound() throws Exception {
        try (var secondLink = RedisLink.to(LinkProbe.patientSettings(redis.url()))) {
            var processes = List.of(cached, new CachedExecutor(new RedisCache(secondLink), BUDGET));
            for (int round = 1; round <= Rounds.of(20, 200); round++) {
                int value = round;
                Threads.together(64, thread -> assertThat(processes
                                .get(thread % 2)
                                .call("tenant", request().withWait(20_000, false), patience(), () -> {
                                    loads.incrementAndGet();
                                    return value;
                                })
                                .value())
                        .contains(value));

                assertThat(loads).as("loads").hasValue(round);
                cached.invalidate("tenant", Invalidation.of(key), patience())
                        .toCompletableFuture()
                        .join();
            }
        }
    }

    private CachedResult<Integer> get(CachedRequest<Integer> request, Callable<Integer> load) throws Exception {
        return cached.call("tenant", request, patience(), () -> {
            loads.incrementAndGet();
            return load.call();
        });
    }

    private CompletableFuture<CachedResult<Integer>> run(
            CachedRequest<Integer> request, CompletableFuture<Integer> work) {
        return cached.run("tenant", request, patience(), () -> {
                    loads.incrementAndGet();
                    return work;
                })
                .toCompletableFuture();
    }

    private Optional<Integer> found() {
        return cached.find("tenant", request(), patience())
                .toCompletableFuture()
                .join();
    }

    private void putStale(int value) {
        cached.put("tenant", request(), value, patience()).toCompletableFuture().join();
        var soft = new Invalidation(key.scope(), List.of(key), Set.of(), false, true);
        cached.invalidate("tenant", soft, patience()).toCompletableFuture().join();
    }

    private CachedRequest<Integer> request() {
        return CachedRequest.of(key, new Numbers(), 60).withStale(60);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(60));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.LeaseLost;
import dev.gatehouse.cache.FillOutcome.Reason;
import dev.gatehouse.cache.FillOutcome.Unstored;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Idle;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.LoadState.Loading;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedCacheTest {

    private static final LoadOwner ADA = new LoadOwner("ada");
    private static final LoadOwner GRACE = new LoadOwner("grace");
    private static final CacheKey A = CacheKey.of(Optional.empty(), "a");
    private static final CacheKey B = CacheKey.of(Optional.empty(), "b");
    private static final CacheKey SCOPED = CacheKey.of(Optional.of("s"), "a");
    private static final long SECOND = 1_000_000;

    /** The owners of loads without Redis. */
    private static final LoadOwner ADA_ALONE = ADA.withoutRedis();

    private static final LoadOwner GRACE_ALONE = GRACE.withoutRedis();

    private final AtomicLong now = new AtomicLong(1_790_000_000_000_000L);
    private final RedisProcess redis = RedisProcess.start();
    private final RedisLink link = LinkOnClock.toServer(redis.port(), now::get);
    private final LocalCache memory = new LocalCache(1_000_000, 100, now::get);
    private final CacheStore elsewhere = new RedisCache(link);
    private final CacheStore local = guarded(FallbackPolicy.LOCAL);
    private final CacheStore closed = guarded(FallbackPolicy.CLOSED);
    private final CacheStore open = guarded(FallbackPolicy.OPEN);

    private GuardedCache guarded(FallbackPolicy whenDown) {
        return new GuardedCache(new RedisCache(link), memory, whenDown, now::get);
    }

    @AfterEach
    void close() {
        link.close();
        redis.close();
    }

    @Test
    void whileRedisRepliesItDecides() {
        put(local, A, "mine");
        put(elsewhere, A, "theirs");

        for (var cache : List.of(local, closed, open)) {
            assertThat(look(cache, A, ADA))
                    .isEqualTo(new Decided<>(new Fresh(entry("theirs", 60, 90), new Idle()), Source.REDIS));
        }
        invalidate(elsewhere, A);
        assertThat(look(local, A, ADA)).isEqualTo(new Decided<>(new Missing(new Leased(ADA, in(10))), Source.REDIS));
    }

    @Test
    void withoutRedisSeenValuesAreReturnedWithinTheirBound() {
        put(local, A, "put here", 60, 600);
        put(elsewhere, B, "seen here", 60, 30);
        look(local, B, ADA);
        put(elsewhere, SCOPED, "never seen", 60, 30);
        redis.kill();

        assertThat(look(local, A, ADA)).isEqualTo(locally(new Fresh(entry("put here", 60, 120), new Idle())));
        assertThat(look(local, B, ADA)).isEqualTo(locally(new Fresh(entry("seen here", 60, 90), new Idle())));
        assertThat(look(local, SCOPED, ADA)).isEqualTo(locally(new Missing(new Leased(ADA_ALONE, in(10)))));
        now.addAndGet(90 * SECOND);
        assertThat(look(local, A, ADA))
                .isEqualTo(locally(new Stale(entry("put here", -30, 30), new Leased(ADA_ALONE, in(10)))));
        assertThat(look(local, B, ADA)).isEqualTo(locally(new Missing(new Leased(ADA_ALONE, in(10)))));
        now.addAndGet(30 * SECOND);
        assertThat(look(local, A, GRACE))
                .as("60 s past its fresh time")
                .isInstanceOfSatisfying(
                        Decided.class, decided -> assertThat(decided.value()).isInstanceOf(Missing.class));
    }

    @Test
    void withoutRedisAFilledValueHasTheSameBound() {
        redis.kill();
        look(local, A, ADA);
        var write = new CacheWrite(A, CacheValue.of("loaded here"), 60, 86_400, Set.of());

        assertThat(now(local.fill("t", write, ADA_ALONE, patience()))).isEqualTo(locally(new Filled(in(60), in(120))));
        now.addAndGet(120 * SECOND);
        assertThat(decided(local.lookup("t", new CacheLookup(A, GRACE, 0), patience())))
                .isInstanceOf(Missing.class);
    }

    @Test
    void withoutRedisAMissIsLoadedOncePerProcess() {
        redis.kill();

        assertThat(look(local, A, ADA)).isEqualTo(locally(new Missing(new Leased(ADA_ALONE, in(10)))));
        assertThat(look(local, A, GRACE)).isEqualTo(locally(new Missing(new Loading(in(10), Duration.ofSeconds(10)))));
        assertThat(fill(local, A, ADA_ALONE, "loaded")).isEqualTo(locally(new Filled(in(60), in(90))));
        assertThat(look(local, A, GRACE)).isEqualTo(locally(new Fresh(entry("loaded", 60, 90), new Idle())));
        look(local, B, ADA);
        assertThat(now(local.release("t", B, ADA_ALONE, 0, patience()))).isEqualTo(locally(true));
        assertThat(look(local, B, GRACE)).isEqualTo(locally(new Missing(new Leased(GRACE_ALONE, in(10)))));
    }

    @Test
    void withoutRedisEachPolicyExtendsTheLeasesThatItGrants() {
        assertThat(look(local, B, ADA)).isInstanceOf(Decided.class);
        redis.kill();
        look(local, A, ADA);
        now.addAndGet(4 * SECOND);

        assertThat(extend(local, A, ADA_ALONE)).isEqualTo(locally(Optional.of(in(10))));
        assertThat(extend(local, B, ADA)).as("a lease of Redis").isInstanceOf(Unavailable.class);
        assertThat(extend(open, A, ADA_ALONE)).isEqualTo(locally(Optional.of(in(10))));
        assertThat(extend(closed, A, ADA_ALONE)).isInstanceOf(Unavailable.class);
    }

    private Decision<Optional<Instant>> extend(CacheStore cache, CacheKey key, LoadOwner owner) {
        return now(cache.extend("t", key, owner, 10_000, patience()));
    }

    @Test
    void withoutRedisMemoryDecidesOnItsOwnLeasesOnly() {
        look(local, A, ADA);
        redis.kill();

        assertThat(fill(local, A, ADA, "loaded")).isInstanceOf(Unavailable.class);
        assertThat(now(local.release("t", A, ADA, 0, patience()))).isInstanceOf(Unavailable.class);
    }

    @Test
    void withoutRedisAClosedGuardIsUnavailable() {
        put(closed, A, "seen");
        redis.kill();

        assertThat(look(closed, A, ADA)).isInstanceOf(Unavailable.class);
        assertThat(fill(closed, A, ADA, "v")).isInstanceOf(Unavailable.class);
        assertThat(now(closed.release("t", A, ADA, 0, patience()))).isInstanceOf(Unavailable.class);
        assertThat(look(local, A, ADA))
                .as("nothing was stored in memory")
                .isInstanceOfSatisfying(
                        Decided.class, decided -> assertThat(decided.value()).isInstanceOf(Missing.class));
    }

    @Test
    void withoutRedisAnOpenGuardLetsEveryCallerLoadAndStoresNothing() {
        put(open, A, "seen");
        redis.kill();

        assertThat(look(open, A, ADA)).isEqualTo(locally(new Missing(new Leased(ADA_ALONE, in(10)))));
        assertThat(look(open, A, GRACE)).isEqualTo(locally(new Missing(new Leased(GRACE_ALONE, in(10)))));
        assertThat(now(open.lookup("t", new CacheLookup(A, ADA, 0), patience())))
                .isEqualTo(locally(new Missing(new Idle())));
        assertThat(fill(open, A, ADA, "v")).isEqualTo(locally(new Unstored(new Filled(in(60), in(90)))));
        assertThat(look(open, A, GRACE)).isEqualTo(locally(new Missing(new Leased(GRACE_ALONE, in(10)))));
    }

    @Test
    void withoutRedisPutAndInvalidateAreUnavailableAndForgetTheCopy() {
        for (var key : List.of(A, B, SCOPED)) {
            put(local, key, "seen");
        }
        redis.kill();

        assertThat(put(local, A, "new")).isInstanceOf(Unavailable.class);
        assertThat(invalidate(local, B)).isInstanceOf(Unavailable.class);
        assertThat(now(local.invalidate(
                        "t", new Invalidation(Optional.of("s"), List.of(), Set.of("tag"), false, true), patience())))
                .isInstanceOf(Unavailable.class);
        for (var key : List.of(A, B, SCOPED)) {
            assertThat(look(local, key, ADA)).isEqualTo(locally(new Missing(new Leased(ADA_ALONE, in(10)))));
        }
        assertThat(put(open, A, "new")).isInstanceOf(Unavailable.class);
        assertThat(invalidate(open, A)).isInstanceOf(Unavailable.class);
    }

    @Test
    void anInvalidationForgetsTheCopyAlsoWhileRedisReplies() {
        put(local, A, "seen");
        put(local, SCOPED, "seen");
        invalidate(local, A);
        now(local.invalidate("t", new Invalidation(Optional.of("s"), List.of(), Set.of(), true, false), patience()));
        redis.kill();

        assertThat(look(local, A, ADA)).isEqualTo(locally(new Missing(new Leased(ADA_ALONE, in(10)))));
        assertThat(look(local, SCOPED, ADA)).isEqualTo(locally(new Missing(new Leased(ADA_ALONE, in(10)))));
    }

    @Test
    void aValueThatWasReadDuringAnInvalidationIsNotRemembered() {
        put(elsewhere, A, "old");
        // The reply to the lookup is processed after the invalidation has returned.
        var delayed = new CacheStoreWithDelayedLookups(new RedisCache(link));
        var cache = new GuardedCache(delayed, memory, FallbackPolicy.LOCAL, now::get);
        var lookup = cache.lookup("t", new CacheLookup(A, ADA, 0), patience());
        delayed.awaitReply();
        invalidate(cache, A);
        delayed.deliver();
        assertThat(now(lookup)).isInstanceOf(Decided.class);
        redis.kill();

        assertThat(look(cache, A, GRACE)).isInstanceOf(Decided.class);
        assertThat(now(memory.lookup("t", new CacheLookup(A, ADA, 0), patience()))
                        .map(LookupOutcome::getClass))
                .isEqualTo(locally(Missing.class));
    }

    @Test
    void aLookupThatRedisExecutesLateGivesNoLeaseToTheLoadWithoutRedis() {
        look(local, B, ADA);
        redis.freeze();
        var briefly = Deadline.in(Duration.ofMillis(100));
        var lease = (Leased) decided(local.lookup("t", new CacheLookup(A, ADA, 10_000), briefly))
                .load();
        redis.thaw();
        // Redis has granted the lease to the owner of the lookup, at a time after this load began.
        untilRedisDecides(() -> now(local.lookup("t", new CacheLookup(A, GRACE, 0), patience())));
        assertThat(look(elsewhere, A, GRACE).map(LookupOutcome::load))
                .isEqualTo(new Decided<>(new Loading(in(10), Duration.ofSeconds(10)), Source.REDIS));

        assertThat(fill(local, A, lease.owner(), "old"))
                .isEqualTo(new Decided<>(new LeaseLost(Reason.TAKEN), Source.REDIS));
    }

    @Test
    void whatWasFilledInWithoutRedisIsDroppedWhenItIsBack() {
        try (var own = RedisProcess.start();
                var ownLink = LinkOnClock.toServer(own.port(), now::get)) {
            var outage = new Outage(ownLink);
            var cache = GuardedCache.over(ownLink, outage, FallbackPolicy.LOCAL);
            look(cache, B, ADA);
            own.kill();
            var lease = (Leased) decided(cache.lookup("t", new CacheLookup(A, ADA, 10_000), patience()))
                    .load();
            assertThat(fill(cache, A, lease.owner(), "local")).isInstanceOf(Decided.class);
            own.restart();

            untilRedisDecides(() -> look(cache, A, GRACE));
            assertThat(fill(cache, A, ADA, "local"))
                    .isEqualTo(new Decided<>(new LeaseLost(Reason.TAKEN), Source.REDIS));
            own.kill();
            assertThat(look(cache, A, ADA)).isInstanceOfSatisfying(Decided.class, made -> assertThat(made.value())
                    .isInstanceOf(Missing.class));
        }
    }

    private static void untilRedisDecides(Supplier<Decision<LookupOutcome>> look) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(look::get, made -> made instanceof Decided<LookupOutcome> decided && !decided.degraded());
    }

    private Decision<LookupOutcome> look(CacheStore cache, CacheKey key, LoadOwner owner) {
        return now(cache.lookup("t", new CacheLookup(key, owner, 10_000), patience()));
    }

    private Decision<FillOutcome> fill(CacheStore cache, CacheKey key, LoadOwner owner, String value) {
        return now(cache.fill("t", new CacheWrite(key, CacheValue.of(value), 60, 30, Set.of()), owner, patience()));
    }

    private Decision<Filled> put(CacheStore cache, CacheKey key, String value) {
        return put(cache, key, value, 60, 30);
    }

    private Decision<Filled> put(CacheStore cache, CacheKey key, String value, long fresh, long stale) {
        return now(cache.put("t", new CacheWrite(key, CacheValue.of(value), fresh, stale, Set.of()), patience()));
    }

    private Decision<Boolean> invalidate(CacheStore cache, CacheKey key) {
        return now(cache.invalidate("t", Invalidation.of(key), patience()));
    }

    private CacheEntry entry(String value, long freshUntil, long expires) {
        return new CacheEntry(CacheValue.of(value), in(freshUntil), in(expires));
    }

    private static <T> Decided<T> locally(T value) {
        return new Decided<>(value, Source.LOCAL);
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        return ((Decided<T>) now(stage)).value();
    }

    private static <T> Decision<T> now(CompletionStage<Decision<T>> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private Instant in(long seconds) {
        return Instant.EPOCH.plus(now.get(), ChronoUnit.MICROS).plusSeconds(seconds);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;

/** The calls of {@link CacheContract} on a store with a clock of the test. */
abstract class CacheCalls {

    static final long SECOND = 1_000_000;
    static final LoadOwner ADA = new LoadOwner("ada");
    static final LoadOwner GRACE = new LoadOwner("grace");
    static final LoadOwner JOAN = new LoadOwner("joan");

    private static final long START = 1_790_000_000_000_000L;
    static final Optional<String> SCOPE = Optional.of("products");

    private final String tenant = "tenant-" + UUID.randomUUID();

    abstract CacheStore cache();

    abstract Source source();

    /** Returns the clock of the store, in microseconds. */
    abstract AtomicLong clock();

    @BeforeEach
    void startTheClock() {
        clock().set(START);
    }

    LookupOutcome look(String key, LoadOwner owner) {
        return look(key(key), owner, 10_000);
    }

    LookupOutcome look(CacheKey key, LoadOwner owner, long leaseMillis) {
        var decision = cache().lookup(tenant, new CacheLookup(key, owner, leaseMillis), patience())
                .toCompletableFuture()
                .join();
        assertThat(decision).isInstanceOfSatisfying(Decided.class, made -> assertThat(made.source())
                .isEqualTo(source()));
        return ((Decided<LookupOutcome>) decision).value();
    }

    FillOutcome fill(String key, LoadOwner owner, String value, long freshSeconds, long staleSeconds) {
        var write = new CacheWrite(key(key), CacheValue.of(value), freshSeconds, staleSeconds, Set.of());
        return decided(cache().fill(tenant, write, owner, patience()));
    }

    FillOutcome fill(CacheKey key, LoadOwner owner, String value, Set<String> tags) {
        return decided(
                cache().fill(tenant, new CacheWrite(key, CacheValue.of(value), 60, 30, tags), owner, patience()));
    }

    Optional<Instant> extend(CacheKey key, LoadOwner owner, long leaseMillis) {
        return decided(cache().extend(tenant, key, owner, leaseMillis, patience()));
    }

    boolean release(String key, LoadOwner owner, long holdMillis) {
        return decided(cache().release(tenant, key(key), owner, holdMillis, patience()));
    }

    Filled put(CacheKey key, String value, Set<String> tags) {
        return decided(cache().put(tenant, new CacheWrite(key, CacheValue.of(value), 60, 30, tags), patience()));
    }

    void invalidate(Invalidation invalidation) {
        assertThat(decided(cache().invalidate(tenant, invalidation, patience())))
                .isTrue();
    }

    String tenant() {
        return tenant;
    }

    static CacheKey key(String key) {
        return CacheKey.of(Optional.empty(), key);
    }

    static CacheKey scoped(String key) {
        return CacheKey.of(SCOPE, key);
    }

    void pass(long micros) {
        clock().addAndGet(micros);
    }

    Instant in(long seconds) {
        return Instant.EPOCH.plus(clock().get(), ChronoUnit.MICROS).plusSeconds(seconds);
    }

    static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.EvictingCache;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Completed results that this process has seen on Redis, until they expire. They are replayed while Redis does not answer:
 * a completed result changes no more. The cache does not notice an invalidation by another process. To make room it evicts
 * results that are rarely used.
 *
 * <p>Thread-safe.
 */
public final class ResultCache {

    /** The default size: 16 MiB. */
    public static final long DEFAULT_MAX_BYTES = 16L << 20;

    /** The size of a result without its response, in bytes. */
    private static final long OVERHEAD = 400;

    private final LongSupplier clock;
    private final EvictingCache<StoredKey, Completed> results;

    /** Creates a cache on the system's clock. */
    public ResultCache(long maxBytes) {
        this(maxBytes, MicroClock::now);
    }

    /**
     * Creates a cache.
     *
     * @param maxBytes the bound on its size; 0 to store nothing
     * @param clock the time in microseconds since 1970
     */
    public ResultCache(long maxBytes, LongSupplier clock) {
        this.clock = clock;
        this.results = new EvictingCache<>(
                maxBytes, result -> OVERHEAD + result.response().bytes(), () -> clock.getAsLong() * 1000);
    }

    void put(StoredKey key, Completed result) {
        var now = Instant.EPOCH.plus(clock.getAsLong(), ChronoUnit.MICROS);
        results.put(key, result, Duration.between(now, result.expiresAt()));
    }

    @Nullable
    Completed get(StoredKey key) {
        return results.get(key);
    }

    void remove(StoredKey key) {
        results.remove(key);
    }
}

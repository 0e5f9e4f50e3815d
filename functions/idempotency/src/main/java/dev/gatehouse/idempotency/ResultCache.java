package dev.gatehouse.idempotency;

import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.redis.MicroClock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Results that this process has seen on Redis, until they expire, for the time when Redis does not answer: what is
 * completed changes no more. It holds so many bytes; to make room it forgets those that were longest not asked for,
 * which then have no answer. What was invalidated elsewhere meanwhile it does not know.
 *
 * <p>Safe for threads.
 */
public final class ResultCache {

    /** 16 MiB. */
    public static final long DEFAULT_MAX_BYTES = 16L << 20;

    /** What a result takes beside its response. */
    private static final long OVERHEAD = 400;

    private final long maxBytes;
    private final LongSupplier clock;
    private final LinkedHashMap<StoredKey, Completed> results = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** On the system's clock. */
    public ResultCache(long maxBytes) {
        this(maxBytes, MicroClock::now);
    }

    /**
     * @param maxBytes 0: nothing is remembered
     * @param clock in microseconds since 1970
     */
    public ResultCache(long maxBytes, LongSupplier clock) {
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    synchronized void remember(StoredKey key, Completed result) {
        forget(key);
        if (size(result) > maxBytes) {
            return;
        }
        results.put(key, result);
        bytes += size(result);
        for (var eldest = results.entrySet().iterator(); bytes > maxBytes; ) {
            bytes -= size(eldest.next().getValue());
            eldest.remove();
        }
    }

    @Nullable
    synchronized Completed recall(StoredKey key) {
        var result = results.get(key);
        if (result == null || now().isBefore(result.expiresAt())) {
            return result;
        }
        forget(key);
        return null;
    }

    synchronized void forget(StoredKey key) {
        var forgotten = results.remove(key);
        if (forgotten != null) {
            bytes -= size(forgotten);
        }
    }

    private Instant now() {
        return Instant.EPOCH.plus(clock.getAsLong(), ChronoUnit.MICROS);
    }

    private static long size(Completed result) {
        return OVERHEAD + result.response().bytes();
    }
}

package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.idempotency.ClaimExtension.Extended;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.idempotency.Completion.Recorded;
import dev.gatehouse.idempotency.Inspection.Absent;
import dev.gatehouse.idempotency.Release.Released;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps claims in memory as {@link RedisClaims} keeps them on Redis, but within this process only. Each process runs
 * the work once.
 *
 * <p>Stores a bounded number of keys and bytes, each key until it expires. While it is full, new claims and completions
 * are unavailable. Evicting a key to make room would let its work run twice.
 */
public final class LocalClaims implements Claims {

    /** The default bound on keys, which occupy about 500 bytes each without their responses. */
    public static final int DEFAULT_MAX_KEYS = 20_000;

    /** The default bound on the bytes of responses: 32 MiB. */
    public static final long DEFAULT_MAX_BYTES = 32L << 20;

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    private final LongSupplier clock;
    private final BoundedCache<StoredKey, LocalRecord> records;

    /** Creates claims on the system's clock, with the default bounds. */
    public LocalClaims() {
        this(DEFAULT_MAX_KEYS, DEFAULT_MAX_BYTES, MicroClock::now);
    }

    /**
     * Creates claims.
     *
     * @param maxKeys at least 1
     * @param maxBytes the bound on the bytes of all responses
     * @param clock the time in microseconds since 1970
     */
    public LocalClaims(int maxKeys, long maxBytes, LongSupplier clock) {
        this.clock = clock;
        this.records = new BoundedCache<>(maxKeys, maxBytes, LocalRecord::bytes, () -> clock.getAsLong() * 1000);
    }

    @Override
    public CompletionStage<Decision<ClaimOutcome>> claim(String tenant, ClaimRequest request, Deadline deadline) {
        return answered(claim(StoredKey.of(tenant, request.claim().key()), request));
    }

    @Override
    public CompletionStage<Decision<Completion>> complete(
            String tenant, Claim claim, Response response, Optional<Lifetime> lifetime, Deadline deadline) {
        return answered(complete(StoredKey.of(tenant, claim.key()), claim.owner(), response, lifetime));
    }

    @Override
    public CompletionStage<Decision<Release>> release(String tenant, Claim claim, Deadline deadline) {
        return answered(release(StoredKey.of(tenant, claim.key()), claim.owner()));
    }

    @Override
    public CompletionStage<Decision<ClaimExtension>> extend(
            String tenant, Claim claim, ClaimLease length, Deadline deadline) {
        return answered(extend(StoredKey.of(tenant, claim.key()), claim.owner(), length));
    }

    @Override
    public CompletionStage<Decision<Inspection>> inspect(String tenant, IdempotencyKey key, Deadline deadline) {
        return answered(inspect(StoredKey.of(tenant, key)));
    }

    @Override
    public CompletionStage<Decision<Invalidated>> invalidate(String tenant, IdempotencyKey key, Deadline deadline) {
        return answered(invalidate(StoredKey.of(tenant, key)));
    }

    /** Removes all keys, for when Redis decides again. */
    public synchronized void clear() {
        records.clear();
    }

    private synchronized @Nullable ClaimOutcome claim(StoredKey key, ClaimRequest request) {
        long now = clock.getAsLong();
        var known = records.get(key);
        if (known != null && known.fingerprint().contradicts(request.fingerprint())) {
            return new KeyReused();
        }
        if (known != null && known.response() != null) {
            return new Completed(
                    known.response(), known.fingerprint(), instant(known.completedAt()), instant(known.expires()));
        }
        if (known != null && known.lease() > now) {
            return known.owner().equals(request.claim().owner())
                    ? claimed(known)
                    : new InFlight(
                            instant(known.claimedAt()),
                            known.claimedBy(),
                            instant(known.lease()),
                            Duration.of(known.lease() - now, ChronoUnit.MICROS));
        }
        var claimed = LocalRecord.claimed(request, now, known);
        return put(key, claimed, now) ? claimed(claimed) : null;
    }

    private synchronized @Nullable Completion complete(
            StoredKey key, Owner owner, Response response, Optional<Lifetime> lifetime) {
        long now = clock.getAsLong();
        var known = records.get(key);
        if (known == null || !known.owner().equals(owner)) {
            return new Completion.Lost();
        }
        boolean again = known.response() != null;
        var completed = again ? known : known.completed(response, lifetime, now);
        if (!again && !put(key, completed, now)) {
            return null;
        }
        return new Recorded(
                instant(completed.completedAt()),
                instant(completed.expires()),
                completed.fingerprint(),
                response.equals(completed.response()));
    }

    private synchronized Release release(StoredKey key, Owner owner) {
        var known = records.get(key);
        if (known != null && (known.response() != null || !known.owner().equals(owner))) {
            return new Release.Lost();
        }
        records.remove(key);
        return new Released(known != null);
    }

    private synchronized ClaimExtension extend(StoredKey key, Owner owner, ClaimLease length) {
        long now = clock.getAsLong();
        var known = records.get(key);
        if (known == null || known.response() != null || !known.owner().equals(owner)) {
            return new ClaimExtension.Lost();
        }
        var extended = known.extended(now + length.micros());
        put(key, extended, now);
        return new Extended(instant(extended.lease()));
    }

    private synchronized Inspection inspect(StoredKey key) {
        var known = records.get(key);
        if (known == null) {
            return new Absent();
        }
        return known.response() == null
                ? new Inspection.InFlight(
                        instant(known.claimedAt()),
                        known.claimedBy(),
                        instant(known.lease()),
                        instant(known.expires()),
                        known.attempt())
                : new Inspection.Completed(known.response(), instant(known.completedAt()), instant(known.expires()));
    }

    private synchronized Invalidated invalidate(StoredKey key) {
        boolean wasKnown = records.get(key) != null;
        records.remove(key);
        return new Invalidated(wasKnown);
    }

    private boolean put(StoredKey key, LocalRecord known, long now) {
        return records.put(key, known, Duration.of(known.expires() - now, ChronoUnit.MICROS));
    }

    private static Claimed claimed(LocalRecord known) {
        return new Claimed(instant(known.lease()), instant(known.expires()), known.attempt());
    }

    /** Returns a decision on {@code outcome}; unavailable if it is null, since there is no room. */
    private static <T> CompletionStage<Decision<T>> answered(@Nullable T outcome) {
        return CompletableFuture.completedStage(
                outcome == null ? new Unavailable<>(RETRY_WHEN_FULL) : new Decided<>(outcome, Source.LOCAL));
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}

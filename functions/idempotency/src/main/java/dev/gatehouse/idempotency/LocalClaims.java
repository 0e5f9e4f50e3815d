// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
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
public final class LocalClaims implements ClaimStore {

    /** The default bound on keys, which occupy about 500 bytes each without their responses. */
    public static final int DEFAULT_MAX_KEYS = 20_000;

    /** The default bound on the bytes of responses: 32 MiB. */
    public static final long DEFAULT_MAX_BYTES = 32L << 20;

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    /**
     * The state of one key.
     *
     * @param begun the time of the claim or its last extension, in microseconds
     * @param lease the end of the lease in microseconds
     * @param expires the end of the lifetime in microseconds
     * @param completed the result; null while the work is in flight
     */
    private record Entry(
            ClaimRequest request,
            Instant claimedAt,
            long begun,
            long attempt,
            long lease,
            long expires,
            @Nullable Completed completed) {

        boolean isOwnedBy(Claim claim) {
            return request.claim().owner().equals(claim.owner());
        }

        /** Returns whether the clock has stepped back by more than the length of the lease or result. */
        boolean isAheadOf(long now) {
            return completed == null
                    ? begun - now > lease - begun
                    : 2 * MicroClock.micros(completed.completedAt()) - now > expires;
        }

        /** Returns this entry with the same lease or result, begun at {@code now}. */
        Entry begunAt(long now) {
            long step = (completed == null ? begun : MicroClock.micros(completed.completedAt())) - now;
            return new Entry(
                    request,
                    claimedAt.minus(step, ChronoUnit.MICROS),
                    now,
                    attempt,
                    lease - step,
                    expires - step,
                    completed == null
                            ? null
                            : new Completed(
                                    completed.response(),
                                    completed.fingerprint(),
                                    MicroClock.instant(now),
                                    MicroClock.instant(expires - step)));
        }

        Claimed claimed() {
            return new Claimed(MicroClock.instant(lease), MicroClock.instant(expires), attempt);
        }

        long bytes() {
            return completed == null ? 0 : completed.response().bytes();
        }
    }

    private final LongSupplier clock;
    private final BoundedCache<String, Entry> entries;

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
        this.entries = new BoundedCache<>(maxKeys, maxBytes, Entry::bytes, () -> clock.getAsLong() * 1000);
    }

    /** Removes all keys. Called when Redis decides again. */
    public synchronized void clear() {
        entries.clear();
    }

    @Override
    public synchronized CompletionStage<Decision<ClaimOutcome>> claim(
            String tenant, ClaimRequest request, Deadline deadline) {
        long now = clock.getAsLong();
        var key = request.claim().key().redisKey(tenant);
        var entry = entries.get(key);
        if (entry != null && entry.request.fingerprint().contradicts(request.fingerprint())) {
            return Decision.local(new KeyReused());
        }
        if (entry != null && entry.isAheadOf(now)) {
            entry = entry.begunAt(now);
            put(key, entry, now);
        }
        if (entry != null && entry.completed != null) {
            return Decision.local(entry.completed);
        }
        if (entry != null && entry.lease > now) {
            return Decision.local(
                    entry.isOwnedBy(request.claim())
                            ? entry.claimed()
                            : new InFlight(
                                    entry.claimedAt,
                                    entry.request.claimedBy(),
                                    MicroClock.instant(entry.lease),
                                    Duration.of(entry.lease - now, ChronoUnit.MICROS)));
        }
        var claimed = nextAttempt(request, now, entry);
        return put(key, claimed, now) ? Decision.local(claimed.claimed()) : full();
    }

    /** Returns a claim at {@code now}: the first, or the next attempt after {@code earlier}. */
    private static Entry nextAttempt(ClaimRequest request, long now, @Nullable Entry earlier) {
        long lease = now + request.lease().micros();
        long expires = Math.max(lease, now + request.lifetime().micros());
        if (earlier == null) {
            return new Entry(request, MicroClock.instant(now), now, 1, lease, expires, null);
        }
        var next = request.fingerprint().equals(Fingerprint.NONE)
                ? request.withFingerprint(earlier.request.fingerprint())
                : request;
        return new Entry(
                next,
                MicroClock.instant(now),
                now,
                earlier.attempt + 1,
                lease,
                Math.max(earlier.expires, expires),
                null);
    }

    @Override
    public synchronized CompletionStage<Decision<OwnerOutcome<Completion>>> complete(
            String tenant, Claim claim, Response response, Optional<Lifetime> lifetime, Deadline deadline) {
        var key = claim.key().redisKey(tenant);
        var entry = entries.get(key);
        if (entry == null || !entry.isOwnedBy(claim)) {
            return Decision.local(new Lost<>());
        }
        var completed = entry.completed;
        if (completed == null) {
            long now = clock.getAsLong();
            long expires = now + lifetime.orElse(entry.request.lifetime()).micros();
            completed = new Completed(
                    response, entry.request.fingerprint(), MicroClock.instant(now), MicroClock.instant(expires));
            if (!put(
                    key,
                    new Entry(
                            entry.request,
                            entry.claimedAt,
                            entry.begun,
                            entry.attempt,
                            entry.lease,
                            expires,
                            completed),
                    now)) {
                return full();
            }
        }
        return Decision.local(new Held<>(new Completion(
                completed.completedAt(),
                completed.expiresAt(),
                completed.fingerprint(),
                response.equals(completed.response()))));
    }

    @Override
    public synchronized CompletionStage<Decision<OwnerOutcome<Boolean>>> release(
            String tenant, Claim claim, Deadline deadline) {
        var key = claim.key().redisKey(tenant);
        var entry = entries.get(key);
        if (entry != null && (entry.completed != null || !entry.isOwnedBy(claim))) {
            return Decision.local(new Lost<>());
        }
        entries.remove(key);
        return Decision.local(new Held<>(entry != null));
    }

    @Override
    public synchronized CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, Claim claim, ClaimLease length, Deadline deadline) {
        long now = clock.getAsLong();
        var key = claim.key().redisKey(tenant);
        var entry = entries.get(key);
        if (entry == null || entry.completed != null || !entry.isOwnedBy(claim)) {
            return Decision.local(new Lost<>());
        }
        if (entry.isAheadOf(now)) {
            entry = entry.begunAt(now);
        }
        // Otherwise the steps back between extensions would add up.
        long step = Math.max(0, entry.begun - now);
        long lease = Math.max(entry.lease - step, now + length.micros());
        long expires = Math.max(entry.expires, lease);
        put(key, new Entry(entry.request, entry.claimedAt, now, entry.attempt, lease, expires, null), now);
        return Decision.local(new Held<>(MicroClock.instant(lease)));
    }

    @Override
    public synchronized CompletionStage<Decision<Inspection>> inspect(
            String tenant, IdempotencyKey key, Deadline deadline) {
        long now = clock.getAsLong();
        var entry = entries.get(key.redisKey(tenant));
        if (entry == null) {
            return Decision.local(new Inspection.Absent());
        }
        if (entry.isAheadOf(now)) {
            entry = entry.begunAt(now);
        }
        return Decision.local(
                entry.completed != null
                        ? entry.completed
                        : new Inspection.InFlight(
                                entry.claimedAt,
                                entry.request.claimedBy(),
                                MicroClock.instant(entry.lease),
                                MicroClock.instant(entry.expires),
                                entry.attempt));
    }

    @Override
    public synchronized CompletionStage<Decision<Boolean>> invalidate(
            String tenant, IdempotencyKey key, Deadline deadline) {
        var name = key.redisKey(tenant);
        boolean existed = entries.get(name) != null;
        entries.remove(name);
        return Decision.local(existed);
    }

    private boolean put(String key, Entry entry, long now) {
        return entries.put(key, entry, Duration.of(entry.expires - now, ChronoUnit.MICROS));
    }

    private static <T> CompletionStage<Decision<T>> full() {
        return CompletableFuture.completedStage(new Unavailable<>(RETRY_WHEN_FULL));
    }
}

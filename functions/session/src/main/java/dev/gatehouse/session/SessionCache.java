// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.fallback.RecentReads;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches sessions that this process read from Redis, for lookups while Redis does not reply. An entry lives for
 * {@link #LONGEST}, never beyond the session's deadlines, and only for the token that opened it. Its level ends at its time.
 * A revocation through this process removes the session at once. The cache does not reflect a revocation, rotation or patch
 * by another process. It evicts sessions to make room.
 *
 * <p>Thread-safe.
 */
public final class SessionCache {

    /** 16 MiB, about ten thousand sessions. */
    public static final long DEFAULT_MAX_BYTES = 16L << 20;

    /** The time to live of an entry, counted from the request to Redis. */
    public static final Duration LONGEST = Duration.ofSeconds(60);

    /** The estimated bytes of a session without attributes and device. */
    private static final long OVERHEAD = 1000;

    private record Key(String tenant, SessionId id) {

        /** All sessions of a user are in one group. */
        int group() {
            return Objects.hash(tenant, id.tag());
        }
    }

    private record Copy(SecretBytes digest, Session session) {

        long bytes() {
            return OVERHEAD
                    + session.attributes().footprint()
                    + (session.actor() == null
                            ? 0
                            : 64 + 2L * session.actor().value().length())
                    + session.device().footprint();
        }
    }

    private final LongSupplier clock;
    private final RecentReads<Key, Copy> copies;

    /** Creates a cache that uses the system clock. */
    public SessionCache(long maxBytes) {
        this(maxBytes, MicroClock::now);
    }

    /**
     * @param maxBytes 0 to store nothing
     * @param clock the time in microseconds since 1970
     */
    public SessionCache(long maxBytes, LongSupplier clock) {
        this.clock = clock;
        this.copies = new RecentReads<>(maxBytes, Copy::bytes, Key::group, LONGEST, clock);
    }

    /** Returns the current time. Call it before sending a lookup, and pass it to {@link #update} with the reply. */
    public RecentReads.Stamp stamp() {
        return copies.stamp();
    }

    /**
     * Stores a session that Redis found for {@code token}, unless a session of its user was removed since {@code stamp}.
     * The reply may be older than such a removal. Removes the session if Redis rejected the token that opened it, or
     * reported the reuse of a replaced token.
     */
    public void update(String tenant, SessionToken token, Lookup lookup, RecentReads.Stamp stamp) {
        var key = new Key(tenant, token.id());
        switch (lookup) {
            case Lookup.Found(var session) -> {
                long end = Math.min(MicroClock.micros(session.idleExpiresAt()), MicroClock.micros(session.expiresAt()));
                copies.put(key, new Copy(token.digest(), session), end, stamp);
            }
            // The session may have ended.
            case Lookup.Reused _ -> forget(tenant, token.id());
            // A token with a guessed secret must not remove a session.
            case Lookup.Invalid _ -> copies.removeIf(key, copy -> copy.digest.equals(token.digest()));
        }
    }

    /** Returns the cached session that {@code token} opened, or null. */
    public @Nullable Session find(String tenant, SessionToken token) {
        var copy = copies.get(new Key(tenant, token.id()));
        return copy != null && copy.digest.equals(token.digest())
                ? copy.session.asOf(MicroClock.instant(clock.getAsLong()))
                : null;
    }

    /** Removes one session, regardless of its token. */
    void forget(String tenant, SessionId id) {
        copies.remove(new Key(tenant, id));
    }

    /** Removes all sessions of a user but {@code except}. */
    void forgetAll(String tenant, UserId user, Optional<SessionId> except) {
        var tag = user.tag();
        copies.removeGroup(
                Objects.hash(tenant, tag),
                key -> key.tenant.equals(tenant) && key.id.tag().equals(tag) && !except.equals(Optional.of(key.id)));
    }

    /** Removes everything. Call it when Redis replies again. */
    public void clear() {
        copies.clear();
    }
}

package dev.gatehouse.session;

import dev.gatehouse.fallback.EvictingCache;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
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

    /** Removals are counted for groups of users, not for each user. */
    private static final int GROUPS = 1024;

    private record Key(String tenant, SessionId id) {

        int group() {
            return SessionCache.group(tenant, id.tag());
        }
    }

    /** @param readAt the time of the request to Redis in microseconds */
    private record Copy(SecretBytes digest, Session session, long readAt) {

        long bytes() {
            return OVERHEAD
                    + session.attributes().footprint()
                    + (session.actor() == null
                            ? 0
                            : 64 + 2L * session.actor().value().length())
                    + session.device().footprint();
        }
    }

    /** The time of a request to Redis in microseconds, and the removals until then. The reply is not older. */
    public record Stamp(long micros, long removals) {}

    private final LongSupplier clock;
    private final EvictingCache<Key, Copy> copies;
    private final long[] lastRemoval = new long[GROUPS];
    private long removals;

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
        this.copies = new EvictingCache<>(maxBytes, Copy::bytes, () -> clock.getAsLong() * 1000);
    }

    /** Returns the current time. Call it before sending a lookup, and pass it to {@link #update} with the reply. */
    public synchronized Stamp stamp() {
        return new Stamp(clock.getAsLong(), removals);
    }

    /**
     * Stores a session that Redis found for {@code token}, unless a session of its user was removed since {@code stamp}.
     * The reply may be older than such a removal. Removes the session if Redis rejected the token that opened it, or
     * reported the reuse of a replaced token.
     */
    public synchronized void update(String tenant, SessionToken token, Lookup lookup, Stamp stamp) {
        var key = new Key(tenant, token.id());
        switch (lookup) {
            case Lookup.Found(var session) -> {
                if (lastRemoval[key.group()] <= stamp.removals) {
                    put(key, new Copy(token.digest(), session, stamp.micros));
                }
            }
            // The session may have ended.
            case Lookup.Reused _ -> forget(tenant, token.id());
            case Lookup.Invalid _ -> {
                var copy = copies.get(key);
                // A token with a guessed secret must not remove a session.
                if (copy != null && copy.digest.equals(token.digest())) {
                    forget(tenant, token.id());
                }
            }
        }
    }

    private void put(Key key, Copy copy) {
        var now = Instant.EPOCH.plus(clock.getAsLong(), ChronoUnit.MICROS);
        var end = Instant.EPOCH.plus(copy.readAt, ChronoUnit.MICROS).plus(LONGEST);
        for (var deadline : new Instant[] {copy.session.idleExpiresAt(), copy.session.expiresAt()}) {
            end = deadline.isBefore(end) ? deadline : end;
        }
        if (now.isBefore(end)) {
            copies.put(key, copy, Duration.between(now, end));
        } else {
            copies.remove(key);
        }
    }

    /** Returns the cached session that {@code token} opened, or null. */
    public @Nullable Session find(String tenant, SessionToken token) {
        var copy = copies.get(new Key(tenant, token.id()));
        // If the clock stepped back, the age of the copy is unknown.
        if (copy == null || clock.getAsLong() < copy.readAt) {
            return null;
        }
        return copy.digest.equals(token.digest())
                ? copy.session.asOf(Instant.EPOCH.plus(clock.getAsLong(), ChronoUnit.MICROS))
                : null;
    }

    /** Removes one session, regardless of its token. */
    synchronized void forget(String tenant, SessionId id) {
        var key = new Key(tenant, id);
        lastRemoval[key.group()] = ++removals;
        copies.remove(key);
    }

    /** Removes all sessions of a user but {@code except}. */
    synchronized void forgetAll(String tenant, UserId user, Optional<SessionId> except) {
        var tag = user.tag();
        lastRemoval[group(tenant, tag)] = ++removals;
        copies.removeIf(
                key -> key.tenant.equals(tenant) && key.id.tag().equals(tag) && !except.equals(Optional.of(key.id)));
    }

    /** Removes everything. Call it when Redis replies again. */
    public synchronized void clear() {
        Arrays.fill(lastRemoval, ++removals);
        copies.clear();
    }

    private static int group(String tenant, String tag) {
        return Math.floorMod(Objects.hash(tenant, tag), GROUPS);
    }
}

package dev.gatehouse.session;

import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that this process has seen on Redis, for the time when Redis does not answer: each for {@link #LONGEST}, but
 * never beyond its deadlines, and for the token that opened it. What this process has heard of a revocation is not told.
 * What was revoked, exchanged or changed elsewhere meanwhile it does not know. It holds so many bytes; to make room it
 * forgets what was seen first.
 *
 * <p>Safe for threads.
 */
public final class SessionCache {

    /** 16 MiB: some ten thousand sessions. */
    public static final long DEFAULT_MAX_BYTES = 16L << 20;

    /** For so long a session is told that was seen once. */
    public static final Duration LONGEST = Duration.ofSeconds(60);

    /** What a session takes beside attributes and device. */
    private static final long OVERHEAD = 1000;

    /** Users of one place are not told apart in what was forgotten while Redis was asked. */
    private static final int PLACES = 1024;

    private record Key(String tenant, SessionId id) {
        int place() {
            return SessionCache.place(tenant, id.tag());
        }
    }

    /** @param seenAt when Redis was asked, in microseconds */
    private record Copy(SecretDigest digest, Session session, long seenAt, long bytes) {}

    /** When Redis was asked: its answer is not older. */
    public static final class Asked {

        private final long micros;
        private final long forgotten;

        private Asked(long micros, long forgotten) {
            this.micros = micros;
            this.forgotten = forgotten;
        }
    }

    private final long maxBytes;
    private final LongSupplier clock;
    private final LinkedHashMap<Key, Copy> copies = new LinkedHashMap<>();
    private final long[] lastForgotten = new long[PLACES];
    private long bytes;
    private long forgotten;

    /** On the system's clock. */
    public SessionCache(long maxBytes) {
        this(maxBytes, MicroClock::now);
    }

    /**
     * @param maxBytes 0: nothing is remembered
     * @param clock in microseconds since 1970
     */
    public SessionCache(long maxBytes, LongSupplier clock) {
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /** To give to {@link #note} with the answer to what is sent now. */
    public synchronized Asked asked() {
        return new Asked(clock.getAsLong(), forgotten);
    }

    /**
     * Takes note of Redis's word on {@code token}. Where something of its user was forgotten since it was asked, it may be
     * older than that, and is not remembered.
     */
    public synchronized void note(String tenant, SessionToken token, Lookup lookup, Asked asked) {
        switch (lookup) {
            case Lookup.Found(var session) -> {
                var key = new Key(tenant, token.id());
                if (lastForgotten[key.place()] <= asked.forgotten) {
                    remember(key, SecretDigest.of(token), session, asked.micros);
                }
            }
            case Lookup.Invalid _ -> {
                var copy = copies.get(new Key(tenant, token.id()));
                // Whoever guesses secrets does not have a session forgotten.
                if (copy != null && copy.digest.equals(SecretDigest.of(token))) {
                    forget(tenant, token.id());
                }
            }
        }
    }

    /** The session that {@code token} opened a moment ago, or null. */
    public synchronized @Nullable Session recall(String tenant, SessionToken token) {
        var copy = copies.get(new Key(tenant, token.id()));
        return copy != null && isFresh(copy) && copy.digest.equals(SecretDigest.of(token)) ? copy.session : null;
    }

    /** Forgets one session, whatever opens it. */
    synchronized void forget(String tenant, SessionId id) {
        var key = new Key(tenant, id);
        lastForgotten[key.place()] = ++forgotten;
        drop(key);
    }

    /** Forgets all of a user's but {@code except}. */
    synchronized void forgetAll(String tenant, UserId user, Optional<SessionId> except) {
        var tag = user.tag();
        lastForgotten[place(tenant, tag)] = ++forgotten;
        copies.keySet().stream()
                .filter(key -> key.tenant.equals(tenant) && key.id.tag().equals(tag))
                .filter(key -> !except.equals(Optional.of(key.id)))
                .toList()
                .forEach(this::drop);
    }

    /** Forgets everything, as is due when Redis answers again. */
    public synchronized void clear() {
        Arrays.fill(lastForgotten, ++forgotten);
        copies.clear();
        bytes = 0;
    }

    private static int place(String tenant, String tag) {
        return Math.floorMod(Objects.hash(tenant, tag), PLACES);
    }

    private void remember(Key key, SecretDigest digest, Session session, long seenAt) {
        long size =
                OVERHEAD + session.attributes().footprint() + session.device().footprint();
        drop(key);
        if (size > maxBytes) {
            return;
        }
        copies.put(key, new Copy(digest, session, seenAt, size));
        bytes += size;
        for (var first = copies.firstEntry();
                first != null && (bytes > maxBytes || !isFresh(first.getValue()));
                first = copies.firstEntry()) {
            drop(first.getKey());
        }
    }

    private boolean isFresh(Copy copy) {
        long now = clock.getAsLong();
        long age = now - copy.seenAt;
        var instant = Instant.EPOCH.plus(now, ChronoUnit.MICROS);
        return age >= 0
                && age < LONGEST.toNanos() / 1000
                && instant.isBefore(copy.session.idleExpiresAt())
                && instant.isBefore(copy.session.expiresAt());
    }

    private void drop(Key key) {
        var dropped = copies.remove(key);
        if (dropped != null) {
            bytes -= dropped.bytes;
        }
    }
}

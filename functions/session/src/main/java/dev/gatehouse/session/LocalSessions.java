// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.session.ReplacedTokens.ReplacedToken;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores sessions in this process's memory, for a run without Redis. The sessions end with the process.
 *
 * <p>It is bounded in sessions and bytes, and removes no live session to make room. While it is full, creations and
 * patches that need more room are unavailable.
 */
public final class LocalSessions implements SessionStore {

    /** About 1 KiB each, without attributes, device and replaced tokens. */
    public static final int DEFAULT_MAX_SESSIONS = 20_000;

    /** 32 MiB. */
    public static final long DEFAULT_MAX_BYTES = 32L << 20;

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    private record Key(String tenant, SessionId id) {}

    private static final Comparator<Map.Entry<Key, StoredSession>> OLDEST_FIRST =
            Comparator.<Map.Entry<Key, StoredSession>>comparingLong(
                            session -> session.getValue().life().created())
                    .thenComparing(session -> session.getKey().id.random());

    private final TokenReuse onReuse;
    private final LongSupplier clock;
    private final BoundedCache<Key, StoredSession> sessions;

    /** Uses the system clock and the default bounds. */
    public LocalSessions(TokenReuse onReuse) {
        this(onReuse, DEFAULT_MAX_SESSIONS, DEFAULT_MAX_BYTES, MicroClock::now);
    }

    /**
     * @param maxSessions at least 1
     * @param maxBytes the maximum size of attributes and devices in stored form
     * @param clock the time in microseconds since 1970
     */
    public LocalSessions(TokenReuse onReuse, int maxSessions, long maxBytes, LongSupplier clock) {
        this.onReuse = onReuse;
        this.clock = clock;
        this.sessions = new BoundedCache<>(maxSessions, maxBytes, StoredSession::bytes, () -> clock.getAsLong() * 1000);
    }

    @Override
    public synchronized CompletionStage<Decision<Creation>> create(
            String tenant, SessionRequest request, Deadline deadline) {
        var id = request.token().id();
        var key = new Key(tenant, id);
        long now = clock.getAsLong();
        var session = StoredSession.created(request, now);
        if (session.bytes() > Attributes.MAX_BYTES) {
            return Decision.local(new Creation.TooLarge());
        }
        var known = find(key);
        if (known != null) {
            return known.digest().equals(session.digest())
                    ? Decision.local(new Creation.Created(known.session(id, now), 0))
                    : unavailable();
        }
        var own = of(tenant, request.userId());
        int tooMany = Math.max(0, own.size() + 1 - request.maxSessions());
        if (tooMany > 0 && request.onLimit() == SessionRequest.OnLimit.REJECT) {
            return Decision.local(new Creation.LimitReached());
        }
        var evicted = own.subList(0, tooMany);
        evicted.forEach(older -> sessions.remove(older.getKey()));
        if (!put(key, session)) {
            evicted.forEach(older -> put(older.getKey(), older.getValue()));
            return unavailable();
        }
        return Decision.local(new Creation.Created(session.session(id, now), tooMany));
    }

    @Override
    public synchronized CompletionStage<Decision<Lookup>> lookup(
            String tenant, SessionToken token, Touch touch, Deadline deadline) {
        long now = clock.getAsLong();
        var key = new Key(tenant, token.id());
        var known = find(key);
        if (known != null && isReused(key, known, token.digest(), now)) {
            return Decision.local(new Lookup.Reused());
        }
        if (known == null || !known.isOpenedBy(token.digest(), now)) {
            return Decision.local(new Lookup.Invalid());
        }
        if (touch == Touch.TOUCH && known.life().isTouchDue(now)) {
            known = known.touched(now);
            put(key, known);
        }
        return Decision.local(new Lookup.Found(known.session(token, now)));
    }

    @Override
    public synchronized CompletionStage<Decision<Patching>> patch(
            String tenant, SessionId id, Attributes patch, OptionalLong version, Deadline deadline) {
        var key = new Key(tenant, id);
        var known = find(key);
        if (known == null) {
            return Decision.local(new Patching.Absent());
        }
        if (version.isPresent() && version.getAsLong() != known.version()) {
            return Decision.local(new Patching.VersionDiffers(known.version()));
        }
        var patched = known.patched(patch);
        if (patched.bytes() > Attributes.MAX_BYTES) {
            return Decision.local(new Patching.TooLarge());
        }
        return put(key, patched)
                ? Decision.local(new Patching.Patched(patched.session(id, clock.getAsLong())))
                : unavailable();
    }

    @Override
    public CompletionStage<Decision<Rotation>> rotate(
            String tenant, SessionToken token, Grace grace, Deadline deadline) {
        return replace(tenant, token, SessionToken.nonce(grace, ""), grace, 0);
    }

    @Override
    public CompletionStage<Decision<Rotation>> elevate(
            String tenant, SessionToken token, Rotation.Grant grant, Grace grace, Deadline deadline) {
        return replace(tenant, token, SessionToken.nonce(grace, grant.level()), grace, grant.seconds());
    }

    private synchronized CompletionStage<Decision<Rotation>> replace(
            String tenant, SessionToken token, SecretBytes nonce, Grace grace, long levelSeconds) {
        long now = clock.getAsLong();
        var id = token.id();
        var key = new Key(tenant, id);
        var known = find(key);
        if (known != null && isReused(key, known, token.digest(), now)) {
            return Decision.local(new Rotation.Reused());
        }
        if (known == null || !known.isOpenedBy(token.digest(), now)) {
            return Decision.local(new Rotation.Invalid());
        }
        if (!known.digest().equals(token.digest())) {
            var last = known.replaced().nonce();
            // The successor may have another holder, or another level.
            return SessionToken.levelOf(last).equals(SessionToken.levelOf(nonce))
                    ? Decision.local(new Rotation.Rotated(known.session(id, now), token.successor(last)))
                    : Decision.local(new Rotation.Invalid());
        }
        var successor = token.successor(nonce);
        var rotated = known.rotated(successor.digest(), now, grace, nonce, levelSeconds);
        put(key, rotated);
        return Decision.local(new Rotation.Rotated(rotated.session(id, now), successor));
    }

    /** Returns whether a token was replaced and is used after its grace period; then reacts to that. */
    private boolean isReused(Key key, StoredSession session, SecretBytes token, long now) {
        var reused = session.reused(token, now);
        reused.ifPresent(replaced -> react(key, session, replaced));
        return reused.isPresent();
    }

    private void react(Key key, StoredSession session, ReplacedToken reused) {
        var reaction =
                session.origin().onReuse() == null ? onReuse : session.origin().onReuse();
        if (reaction == TokenReuse.REVOKE) {
            sessions.remove(key);
        } else if (reused.isReported()) {
            return;
        } else {
            put(key, session.withReported(reused));
        }
        reaction.log(key.id);
    }

    @Override
    public synchronized CompletionStage<Decision<Integer>> revoke(String tenant, SessionId id, Deadline deadline) {
        var key = new Key(tenant, id);
        boolean live = sessions.get(key) != null;
        sessions.remove(key);
        return Decision.local(live ? 1 : 0);
    }

    @Override
    public synchronized CompletionStage<Decision<Integer>> revokeAll(
            String tenant, UserId user, Optional<SessionId> except, Deadline deadline) {
        var ending = of(tenant, user).stream()
                .map(Map.Entry::getKey)
                .filter(key -> !except.equals(Optional.of(key.id)))
                .toList();
        ending.forEach(sessions::remove);
        return Decision.local(ending.size());
    }

    @Override
    public synchronized CompletionStage<Decision<List<Session>>> list(String tenant, UserId user, Deadline deadline) {
        long now = clock.getAsLong();
        return Decision.local(of(tenant, user).reversed().stream()
                .map(session -> session.getValue().session(session.getKey().id, now))
                .toList());
    }

    private @Nullable StoredSession find(Key key) {
        var session = sessions.get(key);
        return session == null ? null : inTime(key, session);
    }

    /** Returns the session with its times after a step back of the clock, which it stores. */
    private StoredSession inTime(Key key, StoredSession session) {
        long step = session.clockStep(clock.getAsLong());
        if (step == 0) {
            return session;
        }
        var moved = session.movedBack(step);
        put(key, moved);
        return moved;
    }

    /** Returns the live sessions of {@code user}, oldest first. */
    private List<Map.Entry<Key, StoredSession>> of(String tenant, UserId user) {
        var tag = user.tag();
        return sessions.entries(key -> key.tenant.equals(tenant) && key.id.tag().equals(tag)).entrySet().stream()
                .filter(session -> session.getValue().origin().user().equals(user))
                .map(session -> Map.entry(session.getKey(), inTime(session.getKey(), session.getValue())))
                .sorted(OLDEST_FIRST)
                .toList();
    }

    /** Returns false if there is no room; then nothing has changed. */
    private boolean put(Key key, StoredSession session) {
        long ends = Math.min(session.life().idleEnds(), session.life().expires());
        return sessions.put(key, session, Duration.of(ends - clock.getAsLong(), ChronoUnit.MICROS));
    }

    private static <T> CompletionStage<Decision<T>> unavailable() {
        return CompletableFuture.completedStage(new Unavailable<>(RETRY_WHEN_FULL));
    }
}

package dev.gatehouse.session;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.session.StoredSession.Predecessor;
import java.time.Duration;
import java.util.List;
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
public final class LocalSessions implements Sessions {

    /** About 1 KiB each, without attributes and device. */
    public static final int DEFAULT_MAX_SESSIONS = 20_000;

    /** 32 MiB. */
    public static final long DEFAULT_MAX_BYTES = 32L << 20;

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    private final LongSupplier clock;
    private final LocalRecords records;

    /** Uses the system clock. */
    public LocalSessions() {
        this(DEFAULT_MAX_SESSIONS, DEFAULT_MAX_BYTES, MicroClock::now);
    }

    /**
     * @param maxSessions at least 1
     * @param maxBytes the maximum size of attributes and devices in stored form
     * @param clock the time in microseconds since 1970
     */
    public LocalSessions(int maxSessions, long maxBytes, LongSupplier clock) {
        this.clock = clock;
        this.records = new LocalRecords(maxSessions, maxBytes, clock);
    }

    @Override
    public CompletionStage<Decision<Creation>> create(String tenant, SessionRequest request, Deadline deadline) {
        return answered(create(tenant, request));
    }

    @Override
    public CompletionStage<Decision<Lookup>> lookup(String tenant, SessionToken token, Touch touch, Deadline deadline) {
        return answered(lookup(tenant, token, touch));
    }

    @Override
    public CompletionStage<Decision<Patching>> patch(
            String tenant, SessionId id, Attributes patch, OptionalLong version, Deadline deadline) {
        return answered(patch(tenant, id, patch, version));
    }

    @Override
    public CompletionStage<Decision<Rotation>> rotate(
            String tenant, SessionToken token, Grace grace, Deadline deadline) {
        return answered(rotate(tenant, token, grace));
    }

    @Override
    public CompletionStage<Decision<Revoked>> revoke(String tenant, SessionId id, Deadline deadline) {
        return answered(revoke(tenant, id));
    }

    @Override
    public CompletionStage<Decision<Revoked>> revokeAll(
            String tenant, UserId user, Optional<SessionId> except, Deadline deadline) {
        return answered(revokeAll(tenant, user, except));
    }

    @Override
    public CompletionStage<Decision<List<Session>>> list(String tenant, UserId user, Deadline deadline) {
        return answered(list(tenant, user));
    }

    private synchronized @Nullable Creation create(String tenant, SessionRequest request) {
        long now = clock.getAsLong();
        var id = request.token().id();
        var session = StoredSession.created(request, now);
        if (session.bytes() > Attributes.MAX_BYTES) {
            return new Creation.TooLarge();
        }
        var known = records.get(tenant, id);
        if (known != null) {
            return known.digest().equals(session.digest()) ? new Creation.Created(known.session(id), 0) : null;
        }
        var own = records.of(tenant, request.userId());
        int tooMany = Math.max(0, own.size() + 1 - request.maxSessions());
        if (tooMany > 0 && request.onLimit() == SessionRequest.OnLimit.REJECT) {
            return new Creation.LimitReached();
        }
        var evicted = own.subList(0, tooMany);
        evicted.forEach(older -> records.remove(tenant, older.getKey()));
        if (!records.put(tenant, id, session)) {
            evicted.forEach(older -> records.put(tenant, older.getKey(), older.getValue()));
            return null;
        }
        return new Creation.Created(session.session(id), tooMany);
    }

    private synchronized Lookup lookup(String tenant, SessionToken token, Touch touch) {
        long now = clock.getAsLong();
        var known = records.get(tenant, token.id());
        if (known == null || !known.isOpenedBy(SecretDigest.of(token), now)) {
            return new Lookup.Invalid();
        }
        if (touch == Touch.TOUCH && known.life().isTouchDue(now)) {
            known = known.touched(now);
            records.put(tenant, token.id(), known);
        }
        return new Lookup.Found(known.session(token.id()));
    }

    private synchronized @Nullable Patching patch(String tenant, SessionId id, Attributes patch, OptionalLong version) {
        var known = records.get(tenant, id);
        if (known == null) {
            return new Patching.Absent();
        }
        if (version.isPresent() && version.getAsLong() != known.version()) {
            return new Patching.VersionDiffers(known.version());
        }
        var patched = known.patched(patch);
        if (patched.bytes() > Attributes.MAX_BYTES) {
            return new Patching.TooLarge();
        }
        return records.put(tenant, id, patched) ? new Patching.Patched(patched.session(id)) : null;
    }

    private synchronized Rotation rotate(String tenant, SessionToken token, Grace grace) {
        long now = clock.getAsLong();
        var id = token.id();
        var known = records.get(tenant, id);
        var digest = SecretDigest.of(token);
        if (known == null || !known.isOpenedBy(digest, now)) {
            return new Rotation.Invalid();
        }
        if (!known.digest().equals(digest)) {
            var again = token.successor(known.before().nonce().bytes());
            return new Rotation.Rotated(known.session(id), again);
        }
        var nonce = Nonce.random();
        var successor = token.successor(nonce.bytes());
        var from = new Predecessor(digest, now + grace.seconds() * 1_000_000, nonce);
        var rotated = known.rotated(from, SecretDigest.of(successor));
        records.put(tenant, id, rotated);
        return new Rotation.Rotated(rotated.session(id), successor);
    }

    private synchronized Revoked revoke(String tenant, SessionId id) {
        boolean live = records.get(tenant, id) != null;
        records.remove(tenant, id);
        return new Revoked(live ? 1 : 0);
    }

    private synchronized Revoked revokeAll(String tenant, UserId user, Optional<SessionId> except) {
        var ending = records.of(tenant, user).stream()
                .filter(session -> !except.equals(Optional.of(session.getKey())))
                .toList();
        ending.forEach(session -> records.remove(tenant, session.getKey()));
        return new Revoked(ending.size());
    }

    private synchronized List<Session> list(String tenant, UserId user) {
        return records.of(tenant, user).reversed().stream()
                .map(session -> session.getValue().session(session.getKey()))
                .toList();
    }

    /** Returns the decision for {@code outcome}; unavailable if it is null, for want of room. */
    private static <T> CompletionStage<Decision<T>> answered(@Nullable T outcome) {
        return CompletableFuture.completedStage(
                outcome == null ? new Unavailable<>(RETRY_WHEN_FULL) : new Decided<>(outcome, Source.LOCAL));
    }
}

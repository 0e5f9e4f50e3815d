package dev.gatehouse.session;

import dev.gatehouse.fallback.BoundedCache;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Stores sessions in memory, bounded in number and bytes. Never removes a live session to make room. */
final class LocalRecords {

    private record Key(String tenant, SessionId id) {}

    private static final Comparator<Map.Entry<SessionId, StoredSession>> OLDEST_FIRST =
            Comparator.<Map.Entry<SessionId, StoredSession>>comparingLong(
                            session -> session.getValue().life().created())
                    .thenComparing(session -> session.getKey().random());

    private final LongSupplier clock;
    private final BoundedCache<Key, StoredSession> sessions;

    /** @param clock the time in microseconds since 1970 */
    LocalRecords(int maxSessions, long maxBytes, LongSupplier clock) {
        this.clock = clock;
        this.sessions = new BoundedCache<>(maxSessions, maxBytes, StoredSession::bytes, () -> clock.getAsLong() * 1000);
    }

    @Nullable
    StoredSession get(String tenant, SessionId id) {
        return sessions.get(new Key(tenant, id));
    }

    /** Returns the sessions of {@code user}, oldest first. */
    List<Map.Entry<SessionId, StoredSession>> of(String tenant, UserId user) {
        var tag = user.tag();
        return sessions.entries(key -> key.tenant.equals(tenant) && key.id.tag().equals(tag)).entrySet().stream()
                .filter(session -> session.getValue().user().equals(user))
                .map(session -> Map.entry(session.getKey().id, session.getValue()))
                .sorted(OLDEST_FIRST)
                .toList();
    }

    /** Returns false if there is no room; then nothing has changed. */
    boolean put(String tenant, SessionId id, StoredSession session) {
        long ends = Math.min(session.life().idleEnds(), session.life().expires());
        return sessions.put(new Key(tenant, id), session, Duration.of(ends - clock.getAsLong(), ChronoUnit.MICROS));
    }

    void remove(String tenant, SessionId id) {
        sessions.remove(new Key(tenant, id));
    }
}

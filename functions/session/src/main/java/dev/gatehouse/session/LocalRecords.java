package dev.gatehouse.session;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The sessions that memory knows, bounded in number and bytes. None is dropped before it ends. Not safe for threads. */
final class LocalRecords {

    /** Where those lie together whose ids have the same tag. */
    private record Place(String tenant, String tag) {}

    private record End(long at, String tenant, SessionId id) {}

    /** A session and what it takes. */
    private record Kept(SessionId id, StoredSession session, long bytes) {
        long ends() {
            return Math.min(session.life().idleEnds(), session.life().expires());
        }
    }

    private final int maxSessions;
    private final long maxBytes;
    private final Map<Place, Map<SessionId, Kept>> places = new HashMap<>();
    private final TreeSet<End> ends = new TreeSet<>(Comparator.comparingLong(End::at)
            .thenComparing(End::tenant)
            .thenComparing(end -> end.id.tag())
            .thenComparing(end -> end.id.random()));
    private long bytes;

    LocalRecords(int maxSessions, long maxBytes) {
        if (maxSessions < 1) {
            throw new IllegalArgumentException("maxSessions must be at least 1, not " + maxSessions);
        }
        this.maxSessions = maxSessions;
        this.maxBytes = maxBytes;
    }

    void dropEnded(long now) {
        while (!ends.isEmpty() && ends.first().at <= now) {
            remove(ends.first().tenant, ends.first().id);
        }
    }

    @Nullable
    StoredSession get(String tenant, SessionId id) {
        var kept = at(tenant, id.tag()).get(id);
        return kept == null ? null : kept.session;
    }

    /** Those of {@code user}, the one that was created first at the front. */
    List<Map.Entry<SessionId, StoredSession>> of(String tenant, UserId user) {
        return at(tenant, user.tag()).values().stream()
                .filter(kept -> kept.session.user().equals(user))
                .sorted(Comparator.comparingLong(
                                (Kept kept) -> kept.session.life().created())
                        .thenComparing(kept -> kept.id.random()))
                .map(kept -> Map.entry(kept.id, kept.session))
                .toList();
    }

    /** False if there is no room; then nothing has changed. */
    boolean put(String tenant, SessionId id, StoredSession session) {
        var before = at(tenant, id.tag()).get(id);
        var kept = new Kept(id, session, session.bytes());
        long bytesAfter = bytes + kept.bytes - (before == null ? 0 : before.bytes);
        if ((before == null && ends.size() >= maxSessions) || (bytesAfter > maxBytes && bytesAfter > bytes)) {
            return false;
        }
        remove(tenant, id);
        places.computeIfAbsent(new Place(tenant, id.tag()), _ -> new HashMap<>())
                .put(id, kept);
        ends.add(new End(kept.ends(), tenant, id));
        bytes = bytesAfter;
        return true;
    }

    void remove(String tenant, SessionId id) {
        var place = at(tenant, id.tag());
        var kept = place.remove(id);
        if (kept != null) {
            ends.remove(new End(kept.ends(), tenant, id));
            bytes -= kept.bytes;
            if (place.isEmpty()) {
                places.remove(new Place(tenant, id.tag()));
            }
        }
    }

    private Map<SessionId, Kept> at(String tenant, String tag) {
        var place = places.get(new Place(tenant, tag));
        return place == null ? new HashMap<>() : place;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.presence;

import dev.gatehouse.redis.MicroClock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The members of one channel in memory. All times are in microseconds since 1970. Not thread-safe. */
final class LocalChannel {

    /** The time for which an empty channel remains, in microseconds, so that departures can be reported. */
    private static final long FORGOTTEN_AFTER = 3_600_000_000L;

    /** A user by the end of something. */
    private record Ending(long end, String userId) implements Comparable<Ending> {

        @Override
        public int compareTo(Ending other) {
            return Comparator.comparingLong(Ending::end)
                    .thenComparing(Ending::userId)
                    .compare(this, other);
        }
    }

    /** A user with connections, of which some may have ended. */
    private static final class LocalMember {

        final long since;
        final Map<String, Long> ends = new HashMap<>();

        @Nullable
        String info;

        long typingUntil;

        LocalMember(long since) {
            this.since = since;
        }

        int live(long now) {
            return Math.toIntExact(
                    ends.values().stream().filter(end -> end > now).count());
        }

        boolean isLive(String connection, long now) {
            return ends.getOrDefault(connection, 0L) > now;
        }

        /** Returns the end of the last connection. */
        long end() {
            return ends.values().stream().mapToLong(end -> end).max().orElse(0);
        }
    }

    private final TreeMap<String, LocalMember> members = new TreeMap<>();
    private final TreeSet<Ending> byEnd = new TreeSet<>();

    boolean isEmpty() {
        return members.isEmpty();
    }

    /** Returns the number of connections, including those that have ended and were not dropped yet. */
    int size() {
        return members.values().stream().mapToInt(member -> member.ends.size()).sum();
    }

    boolean isForgotten(long now) {
        return byEnd.isEmpty() || byEnd.last().end + FORGOTTEN_AFTER <= now;
    }

    /** Returns whether the connection is counted in {@link #size}. */
    boolean contains(MemberConnection connection) {
        var member = members.get(connection.userId());
        return member != null && member.ends.containsKey(connection.connectionId());
    }

    Entered enter(EnterRequest request, long now) {
        var departed = departed(now);
        var userId = request.connection().userId();
        reportEnded(userId, now, departed);
        var found = members.get(userId);
        var member = found == null ? new LocalMember(now) : found;
        var connectionId = request.connection().connectionId();
        long end = now + request.ttlSeconds() * 1_000_000;
        change(userId, member, () -> {
            member.ends.values().removeIf(each -> each <= now);
            member.ends.put(connectionId, end);
            if (member.ends.size() > PresenceStore.MAX_CONNECTIONS) {
                member.ends.keySet().remove(first(member, connectionId));
            }
            request.info().ifPresent(info -> member.info = info);
        });
        return new Entered(found == null, member.ends.size(), MicroClock.instant(end), departed);
    }

    /** Returns the connection that ends first, other than {@code except}. */
    private static String first(LocalMember member, String except) {
        return member.ends.entrySet().stream()
                .filter(connection -> !connection.getKey().equals(except))
                .min(Entry.<String, Long>comparingByValue().thenComparing(Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
    }

    Departures leave(List<MemberConnection> connections, long now) {
        var departed = departed(now);
        var left = new ArrayList<String>();
        for (var connection : connections) {
            var userId = connection.userId();
            reportEnded(userId, now, departed);
            var member = members.get(userId);
            if (member == null || !member.isLive(connection.connectionId(), now)) {
                continue;
            }
            if (member.live(now) > 1) {
                change(userId, member, () -> member.ends.remove(connection.connectionId()));
            } else {
                remove(userId);
                left.add(userId);
            }
        }
        return new Departures(left, departed);
    }

    MemberPage list(int limit, Optional<String> after, long now) {
        var departed = departed(now);
        var live = new ArrayList<Member>();
        var from = after.isPresent() ? members.tailMap(after.get(), false) : members;
        for (var entry : from.entrySet()) {
            var member = entry.getValue();
            int connections = member.live(now);
            if (connections > 0) {
                live.add(new Member(
                        entry.getKey(),
                        connections,
                        MicroClock.instant(member.since),
                        Optional.ofNullable(member.info)));
            }
            if (live.size() > limit) {
                break;
            }
        }
        var page = live.subList(0, Math.min(limit, live.size()));
        var next = live.size() > limit ? Optional.of(page.getLast().userId()) : Optional.<String>empty();
        long count = byEnd.stream().filter(member -> member.end > now).count();
        return new MemberPage(page, count, departed, next);
    }

    TypingUsers type(MemberConnection connection, boolean typing, long ttlMicros, long now) {
        var member = members.get(connection.userId());
        boolean changed = false;
        if (member != null && member.isLive(connection.connectionId(), now)) {
            changed = typing != member.typingUntil > now;
            member.typingUntil = typing ? Math.min(now + ttlMicros, member.end()) : 0;
        }
        var users = new TreeSet<Ending>();
        members.forEach((userId, each) -> {
            if (each.typingUntil > now) {
                users.add(new Ending(each.typingUntil, userId));
            }
        });
        return new TypingUsers(
                changed,
                users.stream().limit(TypingUsers.MAX_USERS).map(Ending::userId).toList());
    }

    List<MemberConnection> connections(long now) {
        return members.entrySet().stream()
                .flatMap(member -> member.getValue().ends.entrySet().stream()
                        .filter(connection -> connection.getValue() > now)
                        .map(connection -> new MemberConnection(member.getKey(), connection.getKey())))
                .toList();
    }

    private void change(String userId, LocalMember member, Runnable change) {
        byEnd.remove(new Ending(member.end(), userId));
        change.run();
        members.put(userId, member);
        byEnd.add(new Ending(member.end(), userId));
    }

    private void remove(String userId) {
        var member = members.remove(userId);
        if (member != null) {
            byEnd.remove(new Ending(member.end(), userId));
        }
    }

    /** Removes users whose last connection has ended, the earliest first, and returns them. */
    private List<String> departed(long now) {
        var departed = byEnd.stream()
                .limit(PresenceStore.MAX_DEPARTED)
                .takeWhile(ending -> ending.end <= now)
                .map(Ending::userId)
                .toList();
        departed.forEach(this::remove);
        return new ArrayList<>(departed);
    }

    /** Removes the user, if the last connection has ended, and adds the id to {@code departed}. */
    private void reportEnded(String userId, long now, List<String> departed) {
        var member = members.get(userId);
        if (member != null && member.live(now) == 0) {
            remove(userId);
            departed.add(userId);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Attributes.Attribute.Members;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.SessionRequest.OnLimit;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** A simple reference implementation of one tenant's sessions. Times are in microseconds. */
final class ExactSessions {

    private static final long SECOND = 1_000_000;

    /** More text than can be stored. Other texts in a trace are far shorter, since the stored form is not promised. */
    private static final int LARGE = Attributes.MAX_BYTES;

    /** @param granted the level of the token's successor; empty after a plain rotation */
    private record Replaced(SessionToken token, long at, long graceEnds, Level level, String granted) {}

    /** @param name empty for none */
    private record Level(String name, long ends, long authenticated) {

        Level endedBy(long now) {
            return now < ends ? this : new Level("", 0, authenticated);
        }

        Level earlier(long step) {
            return new Level(name, ends - step, authenticated - step);
        }
    }

    private static final class Known {
        private final SessionRequest request;
        private long createdAt;
        private long expires;
        private long lastSeen;
        private long idle;
        private Map<String, Attribute> attributes;
        private long version = 1;
        private SessionToken current;
        private Level level;

        /** Newest first. */
        private final Deque<Replaced> replaced = new ArrayDeque<>();

        Known(SessionRequest request, long now) {
            this.request = request;
            createdAt = now;
            expires = now + request.absoluteSeconds() * SECOND;
            lastSeen = now;
            idle = Math.min(now + request.idleSeconds() * SECOND, expires);
            attributes = request.attributes().members();
            current = request.token();
            level = new Level("", 0, now);
        }

        private long end() {
            return Math.min(idle, expires);
        }

        private boolean isOpenedBy(SessionToken token, long now) {
            var last = replaced.peekFirst();
            return token.equals(current) || last != null && token.equals(last.token) && now < last.graceEnds;
        }

        private Known at(long now) {
            var last = replaced.peekFirst();
            long step = Math.max(lastSeen, last == null ? 0 : last.at) - now;
            if (step > 60 * SECOND) {
                createdAt -= step;
                lastSeen -= step;
                idle -= step;
                expires -= step;
                level = level.earlier(step);
                if (last != null) {
                    replaced.removeFirst();
                    replaced.addFirst(new Replaced(
                            last.token, last.at - step, last.graceEnds - step, last.level.earlier(step), last.granted));
                }
            }
            return this;
        }

        private boolean isReuse(SessionToken token, long now) {
            return replaced.stream()
                    .limit(ReplacedTokens.MAX)
                    .anyMatch(one -> token.equals(one.token) && now >= one.graceEnds);
        }

        private TokenReuse reaction(TokenReuse ofTheStore) {
            return request.onReuse() == null ? ofTheStore : request.onReuse();
        }

        private long touchedAgainFrom() {
            return lastSeen + Math.min(60 * SECOND, Math.ceilDiv(request.idleSeconds() * SECOND, 30));
        }

        /** Returns the session as the current token opens it. */
        private Session session(long now) {
            return session(now, level);
        }

        private Session session(long now, SessionToken token) {
            return session(now, token.equals(current) ? level : replaced.getFirst().level);
        }

        private Session session(long now, Level level) {
            boolean isElevated = !level.name.isEmpty() && now < level.ends;
            return new Session(
                    request.token().id(),
                    request.userId(),
                    request.actor(),
                    instant(createdAt),
                    instant(lastSeen),
                    instant(idle),
                    instant(expires),
                    instant(level.authenticated),
                    isElevated ? new Session.Elevation(level.name, instant(level.ends)) : null,
                    new Attributes(attributes),
                    request.device(),
                    version);
        }
    }

    private static final Comparator<Known> OLDEST_FIRST = Comparator.<Known>comparingLong(known -> known.createdAt)
            .thenComparing(known -> known.request.token().id().random());

    private final TokenReuse onReuse;
    private final List<Known> live = new ArrayList<>();

    /** The latest end of a session or grace period in the past. */
    private long passed;

    ExactSessions(TokenReuse onReuse) {
        this.onReuse = onReuse;
    }

    Creation create(long now, SessionRequest request) {
        var again = find(now, request.token().id());
        if (again.isPresent()) {
            return new Creation.Created(again.get().session(now), 0);
        }
        if (text(request.attributes().members()) > LARGE) {
            return new Creation.TooLarge();
        }
        var theirs = of(request.userId(), now);
        int surplus = Math.max(0, theirs.size() + 1 - request.maxSessions());
        if (surplus > 0 && request.onLimit() == OnLimit.REJECT) {
            return new Creation.LimitReached();
        }
        live.removeAll(theirs.subList(0, surplus));
        var created = new Known(request, now);
        live.add(created);
        return new Creation.Created(created.session(now), surplus);
    }

    Lookup lookup(long now, SessionToken token, Touch touch) {
        if (isReused(now, token)) {
            return new Lookup.Reused();
        }
        return open(now, token)
                .<Lookup>map(known -> {
                    if (touch == Touch.TOUCH && now >= known.touchedAgainFrom()) {
                        known.lastSeen = now;
                        known.idle = Math.min(now + known.request.idleSeconds() * SECOND, known.expires);
                    }
                    return new Lookup.Found(known.session(now, token));
                })
                .orElseGet(Lookup.Invalid::new);
    }

    Patching patch(long now, SessionId id, Attributes patch, OptionalLong version) {
        var found = find(now, id);
        if (found.isEmpty()) {
            return new Patching.Absent();
        }
        var known = found.get();
        if (version.isPresent() && version.getAsLong() != known.version) {
            return new Patching.VersionDiffers(known.version);
        }
        var patched = merged(new Members(known.attributes), patch.members());
        if (text(patched) > LARGE) {
            return new Patching.TooLarge();
        }
        known.attributes = patched;
        known.version++;
        return new Patching.Patched(known.session(now));
    }

    /**
     * @param grant null for a plain rotation
     * @param returned the token that the store returned, which becomes the successor if there was none
     */
    Rotation rotate(long now, SessionToken token, Grace grace, Rotation.Grant grant, SessionToken returned) {
        var granted = grant == null ? "" : grant.level();
        if (isReused(now, token)) {
            return new Rotation.Reused();
        }
        return open(now, token)
                .filter(known -> token.equals(known.current)
                        || known.replaced.getFirst().granted.equals(granted))
                .<Rotation>map(known -> {
                    if (token.equals(known.current)) {
                        known.level = known.level.endedBy(now);
                        known.replaced.addFirst(
                                new Replaced(token, now, now + grace.seconds() * SECOND, known.level, granted));
                        known.current = returned;
                        if (grant != null) {
                            long ends = Math.min(now + grant.seconds() * SECOND, known.expires);
                            known.level = new Level(granted, ends, now);
                        }
                    }
                    return new Rotation.Rotated(known.session(now), known.current);
                })
                .orElseGet(Rotation.Invalid::new);
    }

    int revoke(long now, SessionId id) {
        return end(now, known -> known.request.token().id().equals(id));
    }

    int revokeAll(long now, UserId user, Optional<SessionId> except) {
        of(user, now); // Sees the clock.
        return end(
                now,
                known -> known.request.userId().equals(user)
                        && !except.equals(Optional.of(known.request.token().id())));
    }

    List<Session> list(long now, UserId user) {
        return of(user, now).reversed().stream()
                .map(known -> known.session(now))
                .toList();
    }

    /** A store may have removed ended sessions before this time. */
    long latestEnd(long now) {
        forget(now);
        return passed;
    }

    /** Returns the end of the untouched session; empty if it has ended. */
    OptionalLong endOf(SessionId id) {
        return time(id, Known::end);
    }

    OptionalLong graceEndOf(SessionId id) {
        return time(id, known -> known.replaced.isEmpty() ? 0 : known.replaced.getFirst().graceEnds);
    }

    OptionalLong levelEndOf(SessionId id) {
        return time(id, known -> known.level.ends);
    }

    OptionalLong touchedAgainFrom(SessionId id) {
        return time(id, Known::touchedAgainFrom);
    }

    /** Returns the version of a session without moving its times back with the clock. */
    OptionalLong versionOf(SessionId id) {
        return time(id, known -> known.version);
    }

    /** Returns the end of the user's last session; 0 if there is none. */
    long lastEndOf(UserId user) {
        return live.stream()
                .filter(known -> known.request.userId().equals(user))
                .mapToLong(Known::end)
                .max()
                .orElse(0);
    }

    private interface Time {
        long of(Known known);
    }

    private OptionalLong time(SessionId id, Time time) {
        return live.stream()
                .filter(known -> known.request.token().id().equals(id))
                .mapToLong(time::of)
                .findFirst();
    }

    private List<Known> of(UserId user, long now) {
        forget(now);
        return live.stream()
                .filter(known -> known.request.userId().equals(user))
                .map(known -> known.at(now))
                .sorted(OLDEST_FIRST)
                .toList();
    }

    private Optional<Known> find(long now, SessionId id) {
        forget(now);
        return live.stream()
                .filter(known -> known.request.token().id().equals(id))
                .findFirst()
                .map(known -> known.at(now));
    }

    private Optional<Known> open(long now, SessionToken token) {
        return find(now, token.id()).filter(known -> known.isOpenedBy(token, now));
    }

    private boolean isReused(long now, SessionToken token) {
        var reused = find(now, token.id()).filter(known -> known.isReuse(token, now));
        reused.filter(known -> known.reaction(onReuse) == TokenReuse.REVOKE).ifPresent(live::remove);
        return reused.isPresent();
    }

    private int end(long now, Predicate<Known> which) {
        forget(now);
        int before = live.size();
        live.removeIf(which);
        return before - live.size();
    }

    private void forget(long now) {
        for (var known : live) {
            for (var replaced : known.replaced) {
                passed = replaced.graceEnds <= now ? Math.max(passed, replaced.graceEnds) : passed;
            }
            if (known.end() <= now) {
                passed = Math.max(passed, known.end());
            }
        }
        live.removeIf(known -> known.end() <= now);
    }

    /** {@code MergePatch} of RFC 7396. */
    private static Map<String, Attribute> merged(Attribute target, Map<String, Attribute> patch) {
        var merged = new HashMap<String, Attribute>();
        if (target instanceof Members(var there)) {
            merged.putAll(there);
        }
        patch.forEach((name, value) -> {
            if (value.equals(Value.NULL)) {
                merged.remove(name);
            } else if (value instanceof Members(var inner)) {
                merged.put(name, new Members(merged(merged.get(name), inner)));
            } else {
                merged.put(name, value);
            }
        });
        return merged;
    }

    private static int text(Map<String, Attribute> members) {
        int characters = 0;
        for (var member : members.entrySet()) {
            characters += member.getKey().length();
            characters += switch (member.getValue()) {
                case Value(var json) -> json.length();
                case Members(var inner) -> text(inner);
            };
        }
        return characters;
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}

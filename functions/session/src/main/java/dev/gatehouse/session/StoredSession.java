// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.codec.MessagePackReader;
import dev.gatehouse.codec.MessagePackReader.Malformed;
import dev.gatehouse.session.ReplacedTokens.ReplacedToken;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session and its token digests, as stored.
 *
 * @param digest the digest of the token
 * @param replaced the tokens before; of a session from Redis the nonce only, because the scripts compare the tokens
 * @param certainty the certainty of the token; for a session from Redis, without a level that has ended
 */
record StoredSession(
        SecretBytes digest,
        ReplacedTokens replaced,
        Lifespan life,
        Certainty certainty,
        long version,
        Attributes attributes,
        Origin origin) {

    private static final long SECOND = 1_000_000;

    /** The step back of the clock, in microseconds, up to which a session just lasts longer. */
    private static final long LONGEST_STEP = 60_000_000;

    /**
     * The times of a session, in microseconds.
     *
     * @param lastSeen the last touch that was written
     * @param idle the idle timeout
     * @param idleEnds the end of an untouched session; never after {@code expires}
     */
    record Lifespan(long created, long lastSeen, long idle, long idleEnds, long expires) {

        private static final long LONGEST_THROTTLE = 60_000_000;
        private static final long THROTTLES_IN_IDLE = 30;

        static Lifespan beginning(long now, long idle, long absolute) {
            return new Lifespan(now, now, idle, now + Math.min(idle, absolute), now + absolute);
        }

        /** Returns whether a touch must be written. */
        boolean isTouchDue(long now) {
            long sinceLastSeen = now - lastSeen;
            return sinceLastSeen >= LONGEST_THROTTLE || sinceLastSeen * THROTTLES_IN_IDLE >= idle;
        }

        Lifespan movedBack(long step) {
            return new Lifespan(
                    Math.max(0, created - step), Math.max(0, lastSeen - step), idle, idleEnds - step, expires - step);
        }

        /** Returns the times after a touch. None moves backward, even if the clock did. */
        Lifespan touched(long now) {
            return new Lifespan(
                    created, Math.max(lastSeen, now), idle, Math.max(idleEnds, Math.min(now + idle, expires)), expires);
        }
    }

    /**
     * The certainty about the user that a token has. Times are in microseconds.
     *
     * @param authenticated the last authentication of the user
     * @param level empty for none
     * @param levelEnds 0 for none
     */
    record Certainty(long authenticated, String level, long levelEnds) {

        static Certainty beginning(long now) {
            return new Certainty(now, "", 0);
        }

        /** Returns the certainty without a level that has ended by {@code now}. */
        Certainty asOf(long now) {
            return now < levelEnds ? this : beginning(authenticated);
        }

        Certainty movedBack(long step) {
            return new Certainty(Math.max(0, authenticated - step), level, Math.max(0, levelEnds - step));
        }

        Session.@Nullable Elevation elevation() {
            return level.isEmpty() ? null : new Session.Elevation(level, instant(levelEnds));
        }
    }

    /**
     * The part of a session that is fixed at its creation.
     *
     * @param onReuse null for the reaction of the store
     */
    record Origin(
            UserId user,
            Device device,
            @Nullable UserId actor,
            @Nullable TokenReuse onReuse) {}

    static StoredSession created(SessionRequest request, long now) {
        return new StoredSession(
                request.token().digest(),
                ReplacedTokens.NONE,
                Lifespan.beginning(now, request.idleSeconds() * SECOND, request.absoluteSeconds() * SECOND),
                Certainty.beginning(now),
                1,
                request.attributes(),
                new Origin(request.userId(), request.device(), request.actor(), request.onReuse()));
    }

    /**
     * Reads a record, whose format {@code sessions.lua} describes.
     *
     * @throws Malformed if the bytes are not a record
     */
    static StoredSession unpacked(byte[] packed) {
        var in = new MessagePackReader(packed);
        var digest = new SecretBytes(in.bytes());
        var _ = in.bytes();
        var _ = in.number();
        long lastSeen = in.number();
        long idleEnds = in.number();
        long expires = in.number();
        long idle = in.number();
        long created = in.number();
        long version = in.number();
        var nonce = new SecretBytes(in.bytes());
        try {
            var user = new UserId(in.text());
            var attributes = Attributes.unpacked(in.bytes());
            var device = Device.unpacked(in.bytes());
            var certainty = Certainty.beginning(created);
            var origin = new Origin(user, device, null, null);
            if (in.isText()) {
                var level = in.text();
                long levelEnds = in.number();
                certainty = new Certainty(in.number(), level, levelEnds);
                var _ = in.text();
                var _ = in.number();
                var _ = in.number();
                origin = new Origin(user, device, actor(in.text()), onReuse(in.text()));
            }
            in.end();
            return new StoredSession(
                    digest,
                    new ReplacedTokens(List.of(), nonce),
                    new Lifespan(created, lastSeen, idle, idleEnds, expires),
                    certainty,
                    version,
                    attributes,
                    origin);
        } catch (InvalidSession e) {
            throw new Malformed("out of its bounds: " + e.field());
        }
    }

    private static @Nullable UserId actor(String stored) {
        return stored.isEmpty() ? null : new UserId(stored);
    }

    private static @Nullable TokenReuse onReuse(String stored) {
        return switch (stored) {
            case "" -> null;
            case "log" -> TokenReuse.LOG;
            case "revoke" -> TokenReuse.REVOKE;
            default -> throw new Malformed("no reaction");
        };
    }

    /**
     * Returns by how many microseconds the clock is behind the last touch or rotation, if by more than a minute; else 0. The
     * times of the session must then go back with the clock, so that it lasts no longer for the step.
     */
    long clockStep(long now) {
        long step = Math.max(life.lastSeen(), replaced.lastRotation()) - now;
        return step > LONGEST_STEP ? step : 0;
    }

    /** Returns the session with all its times so much earlier. */
    StoredSession movedBack(long step) {
        return new StoredSession(
                digest,
                replaced.movedBack(step),
                life.movedBack(step),
                certainty.movedBack(step),
                version,
                attributes,
                origin);
    }

    /** Returns whether {@code token} is valid for this session. */
    boolean isOpenedBy(SecretBytes token, long now) {
        return token.equals(digest) || replaced.isInGrace(token, now);
    }

    /** Returns {@code token} if it was replaced, and its grace period is over. */
    Optional<ReplacedToken> reused(SecretBytes token, long now) {
        return replaced.find(token).filter(found -> found.isReusedAt(now));
    }

    StoredSession withReported(ReplacedToken reused) {
        return withTokens(digest, replaced.withReported(reused), certainty);
    }

    StoredSession touched(long now) {
        return new StoredSession(digest, replaced, life.touched(now), certainty, version, attributes, origin);
    }

    /**
     * Returns the session after a rotation to {@code successor}.
     *
     * @param levelSeconds the duration of the level, if the nonce grants one
     */
    StoredSession rotated(SecretBytes successor, long now, Grace grace, SecretBytes nonce, long levelSeconds) {
        var current = certainty.asOf(now);
        var last = new ReplacedToken(digest, current, now, now + grace.seconds() * SECOND);
        var level = SessionToken.levelOf(nonce);
        var next = level.isEmpty()
                ? current
                : new Certainty(now, level, Math.min(now + levelSeconds * SECOND, life.expires()));
        return withTokens(successor, replaced.with(last, nonce), next);
    }

    private StoredSession withTokens(SecretBytes current, ReplacedTokens older, Certainty ofCurrent) {
        return new StoredSession(current, older, life, ofCurrent, version, attributes, origin);
    }

    StoredSession patched(Attributes patch) {
        return new StoredSession(digest, replaced, life, certainty, version + 1, attributes.patched(patch), origin);
    }

    /** Returns the size of attributes and device in stored form. */
    int bytes() {
        return attributes.packed().length + origin.device().packed().length;
    }

    /** Returns the session without its secrets, as {@code token} opens it. */
    Session session(SessionToken token, long now) {
        boolean isCurrent = token.digest().equals(digest);
        return session(
                token.id(),
                (isCurrent ? certainty : replaced.tokens().getFirst().certainty()).asOf(now));
    }

    /** Returns the session without its secrets, as the current token opens it. */
    Session session(SessionId id, long now) {
        return session(id, certainty.asOf(now));
    }

    /** Returns the session from Redis without its secrets. */
    Session session(SessionId id) {
        return session(id, certainty);
    }

    private Session session(SessionId id, Certainty shown) {
        return new Session(
                id,
                origin.user(),
                origin.actor(),
                instant(life.created()),
                instant(life.lastSeen()),
                instant(life.idleEnds()),
                instant(life.expires()),
                instant(shown.authenticated()),
                shown.elevation(),
                attributes,
                origin.device(),
                version);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}

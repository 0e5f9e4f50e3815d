package dev.gatehouse.session;

import dev.gatehouse.codec.MessagePackReader;
import dev.gatehouse.codec.MessagePackReader.Malformed;
import dev.gatehouse.session.ReplacedTokens.ReplacedToken;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A session and its token digests, as stored.
 *
 * @param digest the digest of the token
 * @param replaced the tokens before; of a session from Redis the nonce only, because the scripts compare the tokens
 */
record StoredSession(
        SecretBytes digest,
        ReplacedTokens replaced,
        Lifespan life,
        long version,
        UserId user,
        Attributes attributes,
        Device device) {

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

    static StoredSession created(SessionRequest request, long now) {
        return new StoredSession(
                request.token().digest(),
                ReplacedTokens.NONE,
                Lifespan.beginning(now, request.idleSeconds() * SECOND, request.absoluteSeconds() * SECOND),
                1,
                request.userId(),
                request.attributes(),
                request.device());
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
            in.end();
            return new StoredSession(
                    digest,
                    new ReplacedTokens(List.of(), nonce),
                    new Lifespan(created, lastSeen, idle, idleEnds, expires),
                    version,
                    user,
                    attributes,
                    device);
        } catch (InvalidSession e) {
            throw new Malformed("out of its bounds: " + e.field());
        }
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
                digest, replaced.movedBack(step), life.movedBack(step), version, user, attributes, device);
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
        return withTokens(digest, replaced.withReported(reused));
    }

    StoredSession touched(long now) {
        return new StoredSession(digest, replaced, life.touched(now), version, user, attributes, device);
    }

    /** Returns the session after a rotation to {@code successor}. */
    StoredSession rotated(SecretBytes successor, long now, Grace grace, SecretBytes nonce) {
        var last = new ReplacedToken(digest, now, now + grace.seconds() * SECOND);
        return withTokens(successor, replaced.with(last, nonce));
    }

    private StoredSession withTokens(SecretBytes current, ReplacedTokens older) {
        return new StoredSession(current, older, life, version, user, attributes, device);
    }

    StoredSession patched(Attributes patch) {
        return new StoredSession(digest, replaced, life, version + 1, user, attributes.patched(patch), device);
    }

    /** Returns the size of attributes and device in stored form. */
    int bytes() {
        return attributes.packed().length + device.packed().length;
    }

    /** Returns the session without its secrets. */
    Session session(SessionId id) {
        return new Session(
                id,
                user,
                instant(life.created()),
                instant(life.lastSeen()),
                instant(life.idleEnds()),
                instant(life.expires()),
                attributes,
                device,
                version);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}

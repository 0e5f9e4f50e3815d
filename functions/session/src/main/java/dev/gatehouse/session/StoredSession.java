package dev.gatehouse.session;

import dev.gatehouse.codec.MessagePackReader;
import dev.gatehouse.codec.MessagePackReader.Malformed;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A session and its token digests, as stored.
 *
 * @param digest the digest of the token
 * @param before the previous token, if the token was rotated
 */
record StoredSession(
        SecretBytes digest,
        Predecessor before,
        Lifespan life,
        long version,
        UserId user,
        Attributes attributes,
        Device device) {

    private static final long SECOND = 1_000_000;

    /**
     * A token that was replaced.
     *
     * @param graceEnds the end of the grace period in microseconds; 0 once its reuse was reported
     * @param nonce derives the successor from it
     */
    record Predecessor(SecretBytes digest, long graceEnds, SecretBytes nonce) {

        static final Predecessor NONE = new Predecessor(SecretBytes.NONE, 0, SecretBytes.NONE);
    }

    /**
     * The times of a session, in microseconds.
     *
     * @param seen the last touch that was written
     * @param idle the idle timeout
     * @param idleEnds the end of an untouched session; never after {@code expires}
     */
    record Lifespan(long created, long seen, long idle, long idleEnds, long expires) {

        private static final long LONGEST_THROTTLE = 60_000_000;
        private static final long THROTTLES_IN_IDLE = 30;

        static Lifespan beginning(long now, long idle, long absolute) {
            return new Lifespan(now, now, idle, now + Math.min(idle, absolute), now + absolute);
        }

        /** Returns whether a touch must be written. */
        boolean isTouchDue(long now) {
            long sinceSeen = now - seen;
            return sinceSeen >= LONGEST_THROTTLE || sinceSeen * THROTTLES_IN_IDLE >= idle;
        }

        /** Returns the times after a touch. None moves backward, even if the clock did. */
        Lifespan touched(long now) {
            return new Lifespan(
                    created, Math.max(seen, now), idle, Math.max(idleEnds, Math.min(now + idle, expires)), expires);
        }
    }

    static StoredSession created(SessionRequest request, long now) {
        return new StoredSession(
                request.token().digest(),
                Predecessor.NONE,
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
        var previous = new SecretBytes(in.bytes());
        long graceEnds = in.number();
        long seen = in.number();
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
                    new Predecessor(previous, graceEnds, nonce),
                    new Lifespan(created, seen, idle, idleEnds, expires),
                    version,
                    user,
                    attributes,
                    device);
        } catch (InvalidSession e) {
            throw new Malformed("out of its bounds: " + e.field());
        }
    }

    /** Returns whether {@code token} is valid for this session. */
    boolean isOpenedBy(SecretBytes token, long now) {
        return token.equals(digest) || (token.equals(before.digest) && now < before.graceEnds);
    }

    /** Returns whether {@code token} was replaced, and its grace period is over. */
    boolean isReused(SecretBytes token, long now) {
        return token.equals(before.digest) && now >= before.graceEnds;
    }

    boolean isReuseReported() {
        return before.graceEnds == 0;
    }

    StoredSession withReuseReported() {
        return rotated(new Predecessor(before.digest, 0, before.nonce), digest);
    }

    StoredSession touched(long now) {
        return new StoredSession(digest, before, life.touched(now), version, user, attributes, device);
    }

    StoredSession rotated(Predecessor from, SecretBytes to) {
        return new StoredSession(to, from, life, version, user, attributes, device);
    }

    StoredSession patched(Attributes patch) {
        return new StoredSession(digest, before, life, version + 1, user, attributes.patched(patch), device);
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
                instant(life.seen()),
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

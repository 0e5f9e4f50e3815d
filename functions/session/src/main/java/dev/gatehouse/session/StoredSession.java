package dev.gatehouse.session;

import dev.gatehouse.codec.MessagePackReader;
import dev.gatehouse.codec.MessagePackReader.Malformed;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A session with what opens it, as a store keeps it.
 *
 * @param digest of the token
 * @param before the token that this one came of
 */
record StoredSession(
        SecretDigest digest,
        Predecessor before,
        Lifespan life,
        long version,
        UserId user,
        Attributes attributes,
        Device device) {

    private static final long SECOND = 1_000_000;

    /**
     * A token that was exchanged.
     *
     * @param graceEnds until when it opens the session too, in microseconds
     * @param nonce makes, with it, the token that came after
     */
    record Predecessor(SecretDigest digest, long graceEnds, Nonce nonce) {

        static final Predecessor NONE = new Predecessor(SecretDigest.NONE, 0, Nonce.NONE);
    }

    static StoredSession created(SessionRequest request, long now) {
        return new StoredSession(
                SecretDigest.of(request.token()),
                Predecessor.NONE,
                Lifespan.beginning(now, request.idleSeconds() * SECOND, request.absoluteSeconds() * SECOND),
                1,
                request.userId(),
                request.attributes(),
                request.device());
    }

    /**
     * Reads a record of Redis's; {@code sessions.lua} tells of them.
     *
     * @throws Malformed if it is none
     */
    static StoredSession unpacked(byte[] packed) {
        var in = new MessagePackReader(packed);
        var digest = new SecretDigest(in.bytes());
        var previous = new SecretDigest(in.bytes());
        long graceEnds = in.number();
        long seen = in.number();
        long idleEnds = in.number();
        long expires = in.number();
        long idle = in.number();
        long created = in.number();
        long version = in.number();
        var nonce = new Nonce(in.bytes());
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

    /** Whether {@code token} opens it. */
    boolean isOpenedBy(SecretDigest token, long now) {
        return token.equals(digest) || (token.equals(before.digest) && now < before.graceEnds);
    }

    StoredSession touched(long now) {
        return new StoredSession(digest, before, life.touched(now), version, user, attributes, device);
    }

    StoredSession rotated(Predecessor from, SecretDigest to) {
        return new StoredSession(to, from, life, version, user, attributes, device);
    }

    StoredSession patched(Attributes patch) {
        return new StoredSession(digest, before, life, version + 1, user, attributes.patched(patch), device);
    }

    /** What its attributes and device take to store. */
    int bytes() {
        return attributes.packed().length + device.packed().length;
    }

    /** What is told of it. */
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

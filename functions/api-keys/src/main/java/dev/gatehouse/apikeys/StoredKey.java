// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.codec.MessagePackReader;
import dev.gatehouse.codec.MessagePackReader.Malformed;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.validation.InvalidArgument;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A key and its digest, as stored. Times are in microseconds.
 *
 * @param expires 0 for never
 * @param lifetime the lifetime from issuing or the last patch of it, which a successor gets; 0 for an unlimited one
 */
record StoredKey(
        KeyDigest digest,
        OwnerId owner,
        Optional<String> prefix,
        KeyDetails details,
        long created,
        long expires,
        long lifetime) {

    private static final long SECOND = 1_000_000;

    static StoredKey issued(IssueRequest request, long now) {
        long lifetime = request.lifetimeSeconds().orElse(0) * SECOND;
        return new StoredKey(
                request.digest(),
                request.owner(),
                request.prefix(),
                request.details(),
                now,
                end(now, lifetime),
                lifetime);
    }

    private static long end(long now, long lifetime) {
        return lifetime == 0 ? 0 : now + lifetime;
    }

    /**
     * Reads a record, whose format {@code api-keys.lua} describes.
     *
     * @throws Malformed if the bytes are not a record
     */
    static StoredKey unpacked(byte[] packed) {
        var in = new MessagePackReader(packed);
        try {
            var digest = new KeyDigest(in.text());
            var owner = new OwnerId(in.text());
            var prefix = Optional.of(in.text()).filter(text -> !text.isEmpty());
            var name = in.text();
            var scopes = in.text();
            var details = new KeyDetails(
                    name.isEmpty() ? null : name,
                    scopes.isEmpty() ? new TreeSet<>() : new TreeSet<>(List.of(scopes.split(" ", -1))),
                    in.text());
            var stored = new StoredKey(digest, owner, prefix, details, in.number(), in.number(), in.number());
            in.end();
            return stored;
        } catch (InvalidArgument e) {
            throw new Malformed("out of its bounds: " + e.field());
        }
    }

    StoredKey rotated(KeyDigest successor, long now) {
        return new StoredKey(
                successor,
                owner,
                Optional.of(prefix.orElse(IssueRequest.DEFAULT_PREFIX)),
                details,
                now,
                end(now, lifetime),
                lifetime);
    }

    /** Returns the key with an earlier end, unless it ends before. */
    StoredKey endingBy(long end) {
        return new StoredKey(
                digest, owner, prefix, details, created, expires == 0 ? end : Math.min(expires, end), lifetime);
    }

    StoredKey patched(KeyPatch patch, long now) {
        var seconds = patch.lifetimeSeconds();
        long changed = seconds == null ? lifetime : seconds * SECOND;
        return new StoredKey(
                digest,
                owner,
                prefix,
                patch.applied(details),
                created,
                seconds == null ? expires : end(now, changed),
                changed);
    }

    IssuedKey key() {
        return new IssuedKey(
                digest.id(owner.tag()),
                owner,
                prefix,
                details,
                MicroClock.instant(created),
                expires == 0 ? null : MicroClock.instant(expires));
    }
}

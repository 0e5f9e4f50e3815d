package dev.gatehouse.idempotency;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.redis.HashTag;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The Redis key of an idempotency key: {@code gh:{<tenant>:<tag>}:claim:<digest>}. The tag is the key's {@link
 * HashTag}, and the digest is the full SHA-256 of scope and key. A tag alone is too short: two keys with one tag would
 * share a result.
 */
record StoredKey(String name) {

    static StoredKey of(String tenant, IdempotencyKey key) {
        return new StoredKey("gh:{" + tenant + ":" + HashTag.of(key.key()) + "}:claim:" + digest(key));
    }

    /** Joins scope and key by a space, which neither can contain. */
    private static String digest(IdempotencyKey key) {
        var identity = key.scope() + " " + key.key();
        var digest = Sha256.of(identity.getBytes(StandardCharsets.US_ASCII));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    }
}

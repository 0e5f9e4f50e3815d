// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Names one piece of work. The same key in another scope names other work.
 *
 * @param scope a namespace of keys, such as {@code payments}; up to {@value #MAX_SCOPE_LENGTH} visible ASCII characters
 * @param key 1 to {@value #MAX_LENGTH} visible ASCII characters, without quotes around it
 */
public record IdempotencyKey(String scope, String key) {

    public static final int MAX_LENGTH = 255;
    public static final int MAX_SCOPE_LENGTH = 128;

    public IdempotencyKey {
        InvalidArgument.requireVisible("scope", scope, 0, MAX_SCOPE_LENGTH);
        InvalidArgument.requireVisible("key", key, 1, MAX_LENGTH);
    }

    /**
     * Returns the name of the Redis key: {@code gh:{<tenant>:<tag>}:claim:<digest>}. The tag is the {@link HashTag} of the
     * key, and the digest is the full SHA-256 of scope and key. A tag alone is too short: two keys with one tag would
     * share a result.
     */
    String redisKey(String tenant) {
        // Neither scope nor key can contain a space.
        var digest = Sha256.of((scope + " " + key).getBytes(StandardCharsets.US_ASCII));
        return "gh:{" + tenant + ":" + HashTag.of(key) + "}:claim:"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    }

    /** Leaves out scope and key: the text may be logged. */
    @Override
    public String toString() {
        return "IdempotencyKey[…]";
    }
}

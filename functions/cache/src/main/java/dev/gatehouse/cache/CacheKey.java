// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Names one value. Holds a digest of the key, not the key.
 *
 * @param scope 1 to {@value #MAX_SCOPE_LENGTH} visible ASCII characters; empty if the key has no scope
 * @param digest SHA-256 over scope and key, in base64url
 */
public record CacheKey(Optional<String> scope, String digest) {

    public static final int MAX_LENGTH = 255;
    public static final int MAX_SCOPE_LENGTH = 128;

    /** Characters of a hash tag, see {@link HashTag}. */
    private static final int TAG_LENGTH = 12;

    public CacheKey {
        scope.ifPresent(CacheKey::requireScope);
    }

    /**
     * Returns the key of a text.
     *
     * @param key 1 to {@value #MAX_LENGTH} visible ASCII characters
     */
    public static CacheKey of(Optional<String> scope, String key) {
        InvalidArgument.requireVisible("key", key, 1, MAX_LENGTH);
        return hashed(scope, "text", key.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Returns the key of a JSON value, in the canonical form of RFC 8785: the order of members, white space and the notation
     * of numbers make no difference. A JSON string is another key than its text.
     *
     * @throws InvalidArgument if {@code json} is malformed, or has a lone surrogate or an integer beyond 2<sup>53</sup>
     */
    public static CacheKey ofJson(Optional<String> scope, String json) {
        return hashed(scope, "json", CanonicalJson.of(json));
    }

    private static CacheKey hashed(Optional<String> scope, String kind, byte[] key) {
        // Neither kind nor scope can contain a space.
        var prefix = (kind + " " + scope.orElse("") + " ").getBytes(StandardCharsets.US_ASCII);
        var input = new byte[prefix.length + key.length];
        System.arraycopy(prefix, 0, input, 0, prefix.length);
        System.arraycopy(key, 0, input, prefix.length, key.length);
        return new CacheKey(scope, Sha256.base64Url(input));
    }

    static void requireScope(String scope) {
        InvalidArgument.requireVisible("scope", scope, 1, MAX_SCOPE_LENGTH);
    }

    /** Returns the name of the entry in Redis: {@code gh:{<tenant>:<tag>}:c:<digest>}. All keys of a scope share the tag. */
    String entryName(String tenant) {
        return prefix(tenant) + "c:" + digest;
    }

    /** Returns the name of the lease in Redis. */
    String leaseName(String tenant) {
        return prefix(tenant) + "cl:" + digest;
    }

    private String prefix(String tenant) {
        return "gh:{" + tenant + ":" + scope.map(HashTag::of).orElseGet(() -> digest.substring(0, TAG_LENGTH)) + "}:";
    }

    /** Returns the name of the head of {@code scope} in Redis. It has a full digest, because two scopes may share a tag. */
    static String headName(String tenant, String scope) {
        var digest = Sha256.base64Url(scope.getBytes(StandardCharsets.US_ASCII));
        return "gh:{" + tenant + ":" + HashTag.of(scope) + "}:ch:" + digest;
    }

    /** Leaves out scope and digest: the text may be logged. */
    @Override
    public String toString() {
        return "CacheKey[…]";
    }
}

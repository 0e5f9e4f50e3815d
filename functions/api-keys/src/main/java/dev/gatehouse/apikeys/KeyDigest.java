// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.codec.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The SHA-256 of a key, which is stored in its place. Comparison takes constant time.
 *
 * @param base64url 43 characters
 */
public record KeyDigest(String base64url) {

    static KeyDigest of(String key) {
        return new KeyDigest(encoded(Sha256.of(key.getBytes(StandardCharsets.UTF_8))));
    }

    /** Parses 64 hex digits; throws {@link IllegalArgumentException} if they are not. */
    public static KeyDigest ofHex(String hex) {
        var bytes = HexFormat.of().parseHex(hex);
        if (bytes.length != 32) {
            throw new IllegalArgumentException("a SHA-256 has 64 hex digits");
        }
        return new KeyDigest(encoded(bytes));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Returns the hash tag of the key, if it was imported. */
    String tag() {
        return base64url.substring(0, 12);
    }

    /** Returns the id of the key of the owner with this tag. */
    KeyId id(String ownerTag) {
        return new KeyId(ownerTag, base64url.substring(0, 16));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyDigest(var text)
                && MessageDigest.isEqual(
                        base64url.getBytes(StandardCharsets.US_ASCII), text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int hashCode() {
        return base64url.hashCode();
    }

    @Override
    public String toString() {
        return "KeyDigest[…]";
    }
}

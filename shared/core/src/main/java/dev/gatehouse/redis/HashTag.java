// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.codec.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Derives the hash tag of a subject, user or idempotency key. It does not reveal the original, and all keys with the same
 * tag in braces share a slot.
 */
public final class HashTag {

    /** 72 bits, 12 characters without padding: two of a billion subjects share a tag with a chance of 1 in 9,000. */
    private static final int BYTES = 9;

    private HashTag() {}

    /**
     * Returns the first 12 base64url characters of SHA-256 over the UTF-8 of {@code original}.
     *
     * @throws IllegalArgumentException if {@code original} holds half a surrogate pair, which has no UTF-8 of its own
     *     and would share another's tag
     */
    public static String of(String original) {
        if (!isWellFormed(original)) {
            throw new IllegalArgumentException("not well-formed Unicode");
        }
        var digest = Sha256.of(original.getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(digest, BYTES));
    }

    /** Returns whether every surrogate in {@code text} is part of a pair. */
    public static boolean isWellFormed(String text) {
        int i = 0;
        while (i < text.length()) {
            int character = text.codePointAt(i);
            if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
                return false;
            }
            i += Character.charCount(character);
        }
        return true;
    }
}

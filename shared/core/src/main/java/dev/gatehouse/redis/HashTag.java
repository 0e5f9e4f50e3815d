package dev.gatehouse.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * The name under which Redis knows a subject, user or idempotency key: it tells nothing of the original, and all keys
 * that carry the same one in braces lie in one slot.
 */
public final class HashTag {

    /** 72 bits, 12 characters without padding: that any two of a billion subjects share a tag is a chance of 1 in 9,000. */
    private static final int BYTES = 9;

    private HashTag() {}

    /**
     * The first 12 base64url characters of SHA-256 over the UTF-8 of {@code original}.
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

    /** Whether every surrogate of {@code text} is one of a pair. */
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

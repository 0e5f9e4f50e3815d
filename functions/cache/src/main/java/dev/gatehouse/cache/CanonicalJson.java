package dev.gatehouse.cache;

import java.io.IOException;
import java.math.BigDecimal;
import org.erdtman.jcs.JsonCanonicalizer;

/** The canonical form of a JSON value (RFC 8785). */
final class CanonicalJson {

    private static final BigDecimal MAX_INTEGER = BigDecimal.valueOf(1L << 53);
    private static final String IN_NUMBERS = "+-.0123456789Ee";

    private CanonicalJson() {}

    /**
     * Returns the canonical form of {@code json}, within an array.
     *
     * @throws InvalidCacheRequest if {@code json} is malformed, or has an integer beyond 2<sup>53</sup>: as a double it
     *     could equal its neighbor
     */
    static byte[] of(String json) {
        try {
            requireSmallIntegers(json);
            return new JsonCanonicalizer("[" + json + "]").getEncodedUTF8();
        } catch (IOException | NumberFormatException e) {
            throw new InvalidCacheRequest("key", "has no canonical form");
        }
    }

    private static void requireSmallIntegers(String json) {
        int at = 0;
        while (at < json.length()) {
            char first = json.charAt(at);
            if (first == '"') {
                at = endOfString(json, at);
            } else if (first == '-' || (first >= '0' && first <= '9')) {
                int from = at;
                while (at < json.length() && IN_NUMBERS.indexOf(json.charAt(at)) >= 0) {
                    at++;
                }
                requireSmallInteger(new BigDecimal(json.substring(from, at)));
            } else {
                at++;
            }
        }
    }

    private static int endOfString(String json, int start) {
        int at = start + 1;
        while (at < json.length() && json.charAt(at) != '"') {
            at += json.charAt(at) == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    private static void requireSmallInteger(BigDecimal number) {
        if (number.abs().compareTo(MAX_INTEGER) > 0
                && number.stripTrailingZeros().scale() <= 0) {
            throw new InvalidCacheRequest("key", "must not have an integer beyond 2^53");
        }
    }
}

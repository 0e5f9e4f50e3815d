// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.validation.InvalidArgument;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.erdtman.jcs.JsonCanonicalizer;

/** The canonical form of a JSON value (RFC 8785). */
final class CanonicalJson {

    private static final BigDecimal MAX_INTEGER = BigDecimal.valueOf(1L << 53);
    private static final String IN_NUMBERS = "+-.0123456789Ee";

    private CanonicalJson() {}

    /**
     * Returns the canonical form of {@code json}.
     *
     * @throws InvalidArgument if {@code json} is malformed, has a lone surrogate, or has an integer beyond
     *     2<sup>53</sup>: as a double it could equal its neighbor
     */
    static byte[] of(String json) {
        try {
            requireSmallIntegers(json);
            var text = json.strip();
            return utf8(text.startsWith("{") || text.startsWith("[") ? ofArrayOrObject(text) : ofScalar(text));
        } catch (IOException | NumberFormatException e) {
            throw new InvalidArgument("key", "has no canonical form");
        }
    }

    private static String ofArrayOrObject(String text) throws IOException {
        return new JsonCanonicalizer(text).getEncodedString();
    }

    /** Encodes the text; a lone surrogate, which the canonicalizer would replace, is an error. */
    private static byte[] utf8(String text) throws CharacterCodingException {
        var encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        var bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    /** The canonicalizer accepts objects and arrays only. */
    private static String ofScalar(String text) throws IOException {
        boolean isOne = text.startsWith("\"") ? endOfString(text, 0) == text.length() : text.indexOf(',') < 0;
        if (text.isEmpty() || !isOne) {
            throw new IOException("not one value");
        }
        var array = ofArrayOrObject("[" + text + "]");
        return array.substring(1, array.length() - 1);
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
            throw new InvalidArgument("key", "must not have an integer beyond 2^53");
        }
    }
}

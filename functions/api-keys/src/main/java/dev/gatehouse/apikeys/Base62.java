// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.stream.Collectors;

/** Numbers as digits and letters, of which a double click selects all. */
final class Base62 {

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());
    private static final SecureRandom RANDOM = new SecureRandom();

    private Base62() {}

    /** Returns random digits. */
    static String random(int length) {
        return RANDOM.ints(length, 0, DIGITS.length())
                .mapToObj(digit -> DIGITS.substring(digit, digit + 1))
                .collect(Collectors.joining());
    }

    /** Returns {@code number} in {@code length} digits, with leading zeros. */
    static String encode(BigInteger number, int length) {
        var text = new StringBuilder();
        for (var rest = number; text.length() < length; rest = rest.divide(BASE)) {
            text.append(DIGITS.charAt(rest.mod(BASE).intValue()));
        }
        return text.reverse().toString();
    }

    /** Reads what {@link #encode} returned. */
    static BigInteger decode(String text) {
        var number = BigInteger.ZERO;
        for (int i = 0; i < text.length(); i++) {
            number = number.multiply(BASE).add(BigInteger.valueOf(DIGITS.indexOf(text.charAt(i))));
        }
        return number;
    }
}

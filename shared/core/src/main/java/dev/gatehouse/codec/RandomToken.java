// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.codec;

import java.security.SecureRandom;
import java.util.Base64;

/** Generates tokens of 128 random bits, as 22 base64url characters. */
public final class RandomToken {

    private static final int BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomToken() {}

    public static String next() {
        var bits = new byte[BYTES];
        RANDOM.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }
}

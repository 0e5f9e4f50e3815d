// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/** A digest of a secret, or the random bytes of a rotation. Comparison takes constant time; the text has no bytes. */
final class SecretBytes {

    static final SecretBytes NONE = new SecretBytes(new byte[0]);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] bytes;

    SecretBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    static SecretBytes random(int count) {
        var bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return new SecretBytes(bytes);
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretBytes secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "SecretBytes[…]";
    }
}

package dev.gatehouse.session;

import java.security.MessageDigest;
import java.util.Arrays;

/** What a store knows of a token's secret. Two are compared in a time that tells nothing of either. */
final class SecretDigest {

    /** Of no secret. */
    static final SecretDigest NONE = new SecretDigest(new byte[0]);

    private final byte[] bytes;

    SecretDigest(byte[] bytes) {
        this.bytes = bytes;
    }

    static SecretDigest of(SessionToken token) {
        return new SecretDigest(token.digest());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretDigest digest && MessageDigest.isEqual(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "SecretDigest[…]";
    }
}

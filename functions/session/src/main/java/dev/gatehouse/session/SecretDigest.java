package dev.gatehouse.session;

import java.security.MessageDigest;
import java.util.Arrays;

/** The digest of a token's secret. Comparison takes constant time. */
final class SecretDigest {

    /** The digest used when no token was given. */
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

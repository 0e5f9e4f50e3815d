package dev.gatehouse.redis;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every Java has. */
public final class Sha256 {

    private static final MessageDigest UNUSED = fresh();

    private Sha256() {}

    /** The digest of {@code bytes}. */
    public static byte[] of(byte[] bytes) {
        try {
            // A copy of one that is made is had for less than another from its provider.
            return ((MessageDigest) UNUSED.clone()).digest(bytes);
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("the JDK's can be copied", e);
        }
    }

    private static MessageDigest fresh() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.codec;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** SHA-256. */
public final class Sha256 {

    private static final MessageDigest UNUSED = fresh();

    private Sha256() {}

    public static byte[] of(byte[] bytes) {
        try {
            // A clone is cheaper than a lookup of the provider.
            return ((MessageDigest) UNUSED.clone()).digest(bytes);
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("the JDK's can be copied", e);
        }
    }

    /** Returns the digest in base64url without padding: 43 characters. */
    public static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(of(bytes));
    }

    private static MessageDigest fresh() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}

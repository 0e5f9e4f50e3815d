// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The secret of a generated key: 33 random characters of base 62, which are 196 bits, after the tag of its owner. The tag
 * leads to the keys and limits of the owner, in one slot, without another lookup.
 *
 * <p>The {@linkplain #text text} adds a prefix and a checksum. Both are public: they tell scanners and people that this is
 * a key, and find typing errors without Redis. The prefix is not part of the digest.
 *
 * @param body the tag in 13 digits, then the random ones
 */
public record KeySecret(String body) {

    static final int TAG_DIGITS = 13;
    static final int BODY_DIGITS = TAG_DIGITS + 33;
    static final int CHECKSUM_DIGITS = 6;

    private static final int TAG_BYTES = 9;

    /** Returns a new secret for a key of {@code owner}. */
    public static KeySecret random(OwnerId owner) {
        return randomForTag(owner.tag());
    }

    /** Returns a new secret for a key of the same owner as {@code id}. */
    public static KeySecret randomFor(KeyId id) {
        return randomForTag(id.tag());
    }

    private static KeySecret randomForTag(String tag) {
        var number = new BigInteger(1, Base64.getUrlDecoder().decode(tag));
        return new KeySecret(Base62.encode(number, TAG_DIGITS) + Base62.random(BODY_DIGITS - TAG_DIGITS));
    }

    /** Returns the tag of the owner; empty if the digits are out of its range. */
    Optional<String> tag() {
        var number = Base62.decode(body.substring(0, TAG_DIGITS));
        if (number.bitLength() > TAG_BYTES * 8) {
            return Optional.empty();
        }
        var bytes = number.toByteArray();
        var tag = new byte[TAG_BYTES];
        int from = Math.max(0, bytes.length - TAG_BYTES);
        System.arraycopy(bytes, from, tag, TAG_BYTES - (bytes.length - from), bytes.length - from);
        return Optional.of(Base64.getUrlEncoder().encodeToString(tag));
    }

    KeyDigest digest() {
        return KeyDigest.of(body);
    }

    /** Returns the id of the key. */
    public KeyId id() {
        return digest().id(tag().orElseThrow());
    }

    /** Returns {@code prefix_body} and the checksum, for the owner alone. */
    public String text(String prefix) {
        var text = prefix + "_" + body;
        return text + checksum(text);
    }

    /** Returns the CRC-32 of {@code text} in base 62. */
    static String checksum(String text) {
        var crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return Base62.encode(BigInteger.valueOf(crc.getValue()), CHECKSUM_DIGITS);
    }

    /** Leaves out the secret. */
    @Override
    public String toString() {
        return "KeySecret[…]";
    }
}

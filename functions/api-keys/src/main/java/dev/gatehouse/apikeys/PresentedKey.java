// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A key that a caller presents: generated here, or perhaps imported.
 *
 * @param ownerTag the tag in a generated key; empty if only an imported key can have this text
 */
public record PresentedKey(Optional<String> ownerTag, KeyDigest digest) {

    /** The longest text of a key. */
    public static final int MAX_LENGTH = 512;

    private static final Pattern GENERATED = Pattern.compile("(%s_([0-9A-Za-z]{%d}))([0-9A-Za-z]{%d})"
            .formatted(IssueRequest.PREFIX_PATTERN, KeySecret.BODY_DIGITS, KeySecret.CHECKSUM_DIGITS));

    /**
     * Parses the text of a key.
     *
     * @return empty if it has the form of a generated key and another checksum, or cannot be a key
     */
    public static Optional<PresentedKey> parse(String text) {
        var generated = GENERATED.matcher(text);
        if (generated.matches()) {
            var secret = new KeySecret(generated.group(2));
            return KeySecret.checksum(generated.group(1)).equals(generated.group(3))
                    ? secret.tag().map(tag -> new PresentedKey(Optional.of(tag), secret.digest()))
                    : Optional.empty();
        }
        return text.isEmpty() || text.length() > MAX_LENGTH
                ? Optional.empty()
                : Optional.of(new PresentedKey(Optional.empty(), KeyDigest.of(text)));
    }

    /**
     * Returns whether it is the key with this digest. The digest of a generated key is that of its body, which is not its
     * text; only an imported key has the digest of its text.
     *
     * @param prefix the prefix of the stored key; empty if it was imported
     */
    boolean matches(KeyDigest stored, Optional<String> prefix) {
        return digest.equals(stored) && (ownerTag.isPresent() || prefix.isEmpty());
    }

    /** Returns whether {@code text} is a generated key with a valid checksum. */
    public static boolean isGenerated(String text) {
        return parse(text).flatMap(PresentedKey::ownerTag).isPresent();
    }

    /** Leaves out the digest. */
    @Override
    public String toString() {
        return "PresentedKey[…]";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Identifies a key. It lists, changes, rotates and revokes the key, but does not open anything.
 *
 * @param tag the hash tag of the owner: 12 base64url characters
 * @param part the first 96 bits of the key's digest: 16 base64url characters
 */
public record KeyId(String tag, String part) {

    private static final Pattern SHAPE = Pattern.compile("([A-Za-z0-9_-]{12})\\.([A-Za-z0-9_-]{16})");

    /** Parses {@link #text}; empty if it is malformed. */
    public static Optional<KeyId> parse(String text) {
        var matcher = SHAPE.matcher(text);
        return matcher.matches() ? Optional.of(new KeyId(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /** Returns {@code tag.part}: 29 characters that are safe in a path. */
    public String text() {
        return tag + "." + part;
    }
}

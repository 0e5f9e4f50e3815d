// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Identifies a session. It lists, changes and revokes the session, but does not open it.
 *
 * @param tag the hash tag of the user: 12 base64url characters
 * @param random 96 random bits as 16 base64url characters
 */
public record SessionId(String tag, String random) {

    private static final Pattern SHAPE = Pattern.compile("([A-Za-z0-9_-]{12})\\.([A-Za-z0-9_-]{16})");
    private static final int BYTES = 12;

    /** Returns a new id for {@code user}. */
    static SessionId random(UserId user) {
        var bits = SecretBytes.random(BYTES).bytes();
        return new SessionId(user.tag(), Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }

    /** Parses {@link #text}; empty if it is malformed. */
    public static Optional<SessionId> parse(String text) {
        var matcher = SHAPE.matcher(text);
        return matcher.matches() ? Optional.of(new SessionId(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /** Returns {@code tag.random}: 29 characters that are safe in a path. */
    public String text() {
        return tag + "." + random;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.redis.config.InvalidSetting;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reaction to the reuse of a replaced token after its grace period. Thief and owner of a stolen token cannot both have
 * its successor, so the reuse is a sign of theft (RFC 9700, 4.14.2). Each is logged once per replaced token.
 */
public enum TokenReuse {
    /** Logs the reuse. */
    LOG("The session continues; to end it, revoke it or set " + TokenReuse.SETTING + "=revoke."),
    /** Logs the reuse and ends the session. */
    REVOKE("The session was revoked.");

    /** The name of the setting. */
    public static final String SETTING = "GATEHOUSE_SESSION_REUSE";

    private static final Logger LOGGER = LoggerFactory.getLogger(TokenReuse.class);

    private final String consequence;

    TokenReuse(String consequence) {
        this.consequence = consequence;
    }

    /**
     * Reads the setting; {@code null} or blank is the default, {@code log}.
     *
     * @throws InvalidSetting if it is malformed
     */
    public static TokenReuse of(@Nullable String value) {
        return switch (value == null ? "" : value.strip()) {
            case "", "log" -> LOG;
            case "revoke" -> REVOKE;
            default -> throw new InvalidSetting(SETTING, "must be log or revoke");
        };
    }

    /** Returns the text of the setting. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    void log(SessionId id) {
        LOGGER.warn(
                "session.token-reused: a replaced token of session {} was used again, which may mean theft. {}",
                id.text(),
                consequence);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.redis.config.InvalidSetting;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.env.Environment;
import jakarta.inject.Inject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The setting {@code GATEHOUSE_IDEMPOTENCY}: {@code on}, or {@code off} in tests. The bean is eager, so that {@code off} stops the
 * start of any other program.
 */
@Context
public final class ClaimSwitch {

    private static final String SETTING = "GATEHOUSE_IDEMPOTENCY";

    private final boolean off;

    /**
     * Reads the setting.
     *
     * @throws InvalidSetting if it is {@code off} outside of Micronaut's environment {@code test}
     */
    @Inject
    ClaimSwitch(Environment environment, @Nullable @Property(name = "gatehouse.idempotency") String value) {
        this(value, environment.getActiveNames().contains(Environment.TEST));
    }

    private ClaimSwitch(@Nullable String value, boolean inTest) {
        this.off = switch (value == null || value.isBlank() ? "on" : value.strip()) {
            case "on" -> false;
            case "off" -> true;
            default -> throw InvalidSetting.notOneOf(SETTING, List.of("on", "off"));
        };
        if (off && !inTest) {
            throw new InvalidSetting(
                    SETTING,
                    "may be off only in Micronaut's environment \"test\"; other tests use"
                            + " IdempotentExecutor.withoutClaims()");
        }
    }

    /**
     * Requires that the environment of the process does not disable claims.
     *
     * @throws InvalidSetting otherwise
     */
    static void requireOn() {
        var _ = new ClaimSwitch(System.getenv(SETTING), false);
    }

    /** Returns whether every claim is granted and nothing is stored. */
    public boolean isOff() {
        return off;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import dev.gatehouse.redis.config.InvalidSetting;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The behavior of an operation if Redis does not reply by the deadline. */
public enum FallbackPolicy {
    /** Makes no decision: the caller has to retry later. */
    CLOSED,
    /** Decides from this process's memory. */
    LOCAL,
    /** Allows every request. */
    OPEN;

    /**
     * Parses the value of a setting, such as {@code local}.
     *
     * @param value null or blank if the setting is unset
     * @param allowed the policies of the operation, at least two: the default and the others
     * @throws InvalidSetting if {@code value} is none of them
     */
    public static FallbackPolicy of(String setting, @Nullable String value, FallbackPolicy... allowed) {
        if (value == null || value.isBlank()) {
            return allowed[0];
        }
        for (var policy : allowed) {
            if (policy.word().equals(value.strip())) {
                return policy;
            }
        }
        throw InvalidSetting.notOneOf(
                setting, Arrays.stream(allowed).map(FallbackPolicy::word).toList());
    }

    /** Returns the word for the policy in settings and responses: {@code local}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

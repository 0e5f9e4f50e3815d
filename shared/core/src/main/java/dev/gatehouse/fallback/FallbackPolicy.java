package dev.gatehouse.fallback;

import dev.gatehouse.redis.config.InvalidSetting;
import java.util.Arrays;
import java.util.Locale;

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
     * @param allowed the policies of the operation, in the order of the message, at least two
     * @throws InvalidSetting if {@code value} is none of them
     */
    public static FallbackPolicy of(String setting, String value, FallbackPolicy... allowed) {
        for (var policy : allowed) {
            if (policy.word().equals(value)) {
                return policy;
            }
        }
        throw InvalidSetting.notOneOf(
                setting, Arrays.stream(allowed).map(FallbackPolicy::word).toList());
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

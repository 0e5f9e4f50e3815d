// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thrown for a setting that is malformed or contradicts another. The message is one line for the operator, names the
 * setting and contains no secret. There is no stack trace.
 */
public final class InvalidSetting extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    public InvalidSetting(String name, String problem) {
        super(name + " " + problem);
    }

    /** Reports that the value of {@code name} is none of {@code words}, which are at least two. */
    public static InvalidSetting notOneOf(String name, List<String> words) {
        var others = String.join(", ", words.subList(0, words.size() - 1));
        return new InvalidSetting(name, "must be " + others + " or " + words.getLast());
    }

    /** Returns the invalid setting among the causes of {@code failure}; null if there is none. */
    public static @Nullable InvalidSetting causeOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidSetting invalid) {
                return invalid;
            }
        }
        return null;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}

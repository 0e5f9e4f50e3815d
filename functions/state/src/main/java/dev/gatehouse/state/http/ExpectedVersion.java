// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import dev.gatehouse.state.Expectation;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.ViolationCollector;
import org.jspecify.annotations.Nullable;

/** Reads the member {@code expect}: a version, {@code "absent"} or {@code "any"}. */
final class ExpectedVersion {

    private static final String RULE = "must be a version, \"absent\" or \"any\"";

    private ExpectedVersion() {}

    /** Adds a violation unless {@code expect} is valid. */
    static void validate(JsonValue expect, ViolationCollector violations) {
        if (find(expect) == null) {
            violations.add("expect", RULE);
        }
    }

    /** Returns the expectation of a valid {@code expect}. */
    static Expectation of(JsonValue expect) {
        var found = find(expect);
        if (found == null) {
            throw new IllegalArgumentException(RULE);
        }
        return found;
    }

    private static @Nullable Expectation find(JsonValue expect) {
        return switch (expect) {
            case JsonValue.Text(var word, var _) when word.equals("absent") -> Expectation.absent();
            case JsonValue.Text(var word, var _) when word.equals("any") -> Expectation.any();
            case JsonValue.Numeral(var _, var whole)
            when whole != null && whole >= 1 && whole <= Expectation.Version.MAX -> Expectation.version(whole);
            default -> null;
        };
    }
}

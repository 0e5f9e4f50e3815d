// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings from environment variables. A blank variable counts as unset. Each method throws {@link InvalidSetting} if
 * the variable is malformed.
 */
public record EnvironmentVariables(Map<String, String> variables) {

    /** Returns the value without surrounding blanks; null if it is unset. */
    public @Nullable String text(String name) {
        var value = variables.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    boolean isSet(String name) {
        return text(name) != null;
    }

    /** Returns the value of a switch such as {@code true}, {@code on} or {@code 0}; null if it is unset. */
    public @Nullable Boolean flag(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> true;
            case "false", "0", "no", "off" -> false;
            default -> throw new InvalidSetting(name, "must be true or false, not " + text);
        };
    }

    /** Returns a whole number from {@code min} to {@code max}; {@code otherwise} if it is unset. */
    public int integer(String name, int otherwise, int min, int max) {
        var text = text(name);
        if (text == null) {
            return otherwise;
        }
        try {
            var value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of bounds.
        }
        throw new InvalidSetting(name, "must be a whole number from " + min + " to " + max + ", not " + text);
    }

    /** Returns the constant with that name, ignoring case, with hyphens for underscores; {@code otherwise} if it is unset. */
    public <E extends Enum<E>> E constant(String name, E otherwise) {
        var text = text(name);
        if (text == null) {
            return otherwise;
        }
        var constants = otherwise.getDeclaringClass().getEnumConstants();
        for (var constant : constants) {
            if (word(constant).equalsIgnoreCase(text)) {
                return constant;
            }
        }
        var words = Arrays.stream(constants).map(EnvironmentVariables::word).collect(Collectors.joining(", "));
        var last = words.lastIndexOf(", ");
        throw new InvalidSetting(
                name,
                "must be " + words.substring(0, last) + " or " + words.substring(last + 2) + ", not "
                        + text.toLowerCase(Locale.ROOT));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The value with which Redis replied to a command: a text, a number, a list of values, or nothing. A map is a list of keys
 * and values in turn.
 *
 * <p>A method throws {@link IllegalStateException} if the value is of another kind. The message does not contain the value.
 */
public final class RedisValue {

    private final @Nullable Object value;

    RedisValue(@Nullable Object value) {
        this.value = value;
    }

    /** Returns whether Redis replied with nothing, as {@code GET} does for a missing key. */
    public boolean isNull() {
        return value == null;
    }

    /**
     * Returns a text, or a number as its digits.
     *
     * @throws NoSuchElementException if the value is null
     */
    public String text() {
        return optionalText().orElseThrow();
    }

    /** Returns a text like {@link #text}; empty if the value is null. */
    public Optional<String> optionalText() {
        return switch (value) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            case Number number -> Optional.of(number.toString());
            case Object _ -> throw unexpected("a text");
        };
    }

    /** Returns a whole number, or a text of digits as a number. */
    public long number() {
        return switch (value) {
            case Long number -> number;
            case String text -> parsed(text);
            case null, default -> throw unexpected("a whole number");
        };
    }

    private long parsed(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw unexpected("a whole number");
        }
    }

    /** Returns a number, such as a score. */
    public double decimal() {
        return switch (value) {
            case Number number -> number.doubleValue();
            case String text -> parsedDecimal(text);
            case null, default -> throw unexpected("a number");
        };
    }

    private double parsedDecimal(String text) {
        return switch (text) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> {
                try {
                    yield Double.parseDouble(text);
                } catch (NumberFormatException e) {
                    throw unexpected("a number");
                }
            }
        };
    }

    /** Returns whether the value is the number 1, as {@code EXPIRE} replies if it has set the expiry. */
    public boolean flag() {
        return number() == 1;
    }

    /** Returns the values of a list. */
    public List<RedisValue> list() {
        if (value instanceof List<?> values) {
            return values.stream().map(RedisValue::new).toList();
        }
        throw unexpected("a list");
    }

    /** Returns the texts of a list. */
    public List<String> texts() {
        return list().stream().map(RedisValue::text).toList();
    }

    /** Returns a list of keys and values in turn as a map in their order, as {@code HGETALL} replies. */
    public Map<String, RedisValue> map() {
        var values = list();
        if (values.size() % 2 != 0) {
            throw unexpected("a map");
        }
        var map = new LinkedHashMap<String, RedisValue>();
        for (var i = 0; i < values.size(); i += 2) {
            map.put(values.get(i).text(), values.get(i + 1));
        }
        return map;
    }

    private IllegalStateException unexpected(String expected) {
        var kind =
                switch (value) {
                    case null -> "nothing";
                    case List<?> _ -> "a list";
                    case Number _ -> "a number";
                    case Object _ -> "a text";
                };
        return new IllegalStateException("Redis replied with " + kind + ", not with " + expected);
    }

    /** Hides the value, which may be secret. */
    @Override
    public String toString() {
        return "RedisValue[…]";
    }
}

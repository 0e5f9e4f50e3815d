// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import io.micronaut.core.type.Argument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Converts JSON to one Java type. Coerces nothing: {@code "5"} and {@code 5.0} are not the number 5. */
@FunctionalInterface
interface JsonConverter {

    /** Returns the value of {@code json}; null after adding a violation of {@code member}. */
    @Nullable
    Object convert(JsonValue json, String member, ViolationCollector violations);

    /**
     * Returns the converter to {@code type}.
     *
     * @throws IllegalArgumentException if bodies cannot have this type
     */
    static JsonConverter of(Argument<?> type) {
        var raw = type.getType();
        if (raw == String.class) {
            return expecting(
                    "must be a string", json -> json instanceof JsonValue.Text(var value, var _) ? value : null);
        }
        if (raw == long.class || raw == Long.class) {
            return expecting(
                    "must be a whole number", json -> json instanceof JsonValue.Numeral number ? number.whole() : null);
        }
        if (raw == int.class || raw == Integer.class) {
            return expecting(
                    "must be a whole number",
                    json -> json instanceof JsonValue.Numeral(var _, var whole) && whole != null
                            ? Math.clamp(whole, Integer.MIN_VALUE, Integer.MAX_VALUE)
                            : null);
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return expecting("must be true or false", json -> json instanceof JsonValue.Flag(var value) ? value : null);
        }
        if (raw == JsonValue.class) {
            return (json, _, _) -> json;
        }
        if (raw == List.class) {
            return list(of(type.getFirstTypeVariable().orElseThrow()));
        }
        if (raw == Map.class) {
            return map(of(type.getTypeVariable("V").orElseThrow()));
        }
        if (raw.isEnum()) {
            return words(raw);
        }
        if (raw.isRecord()) {
            var binder = JsonBinder.of(raw);
            return (json, member, violations) -> binder.bind(json, violations.inside(member));
        }
        throw new IllegalArgumentException("a body cannot have a member of type " + type);
    }

    private static JsonConverter expecting(String message, Function<JsonValue, @Nullable Object> value) {
        return (json, member, violations) -> {
            var converted = value.apply(json);
            if (converted == null) {
                violations.add(member, message);
            }
            return converted;
        };
    }

    private static JsonConverter words(Class<?> type) {
        var words = new TreeMap<String, Object>();
        for (var constant : type.getEnumConstants()) {
            words.put(((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'), constant);
        }
        return expecting(
                "must be one of: " + String.join(", ", words.keySet()),
                json -> json instanceof JsonValue.Text(var word, var _) ? words.get(word) : null);
    }

    private static JsonConverter list(JsonConverter type) {
        return (json, member, violations) -> {
            if (!(json instanceof JsonValue.Array(var elements, var _))) {
                violations.add(member, "must be an array");
                return null;
            }
            var converted = new ArrayList<>(elements.size());
            for (int i = 0; i < elements.size(); i++) {
                var element = type.convert(elements.get(i), member + "[" + i + "]", violations);
                if (element != null) {
                    converted.add(element);
                }
            }
            return converted.size() == elements.size() ? converted : null;
        };
    }

    private static JsonConverter map(JsonConverter type) {
        return (json, member, violations) -> {
            if (!(json instanceof JsonValue.Members(var members, var _))) {
                violations.add(member, "must be an object");
                return null;
            }
            var converted = new LinkedHashMap<String, Object>();
            members.forEach((name, value) -> {
                var element = type.convert(value, member + "." + ViolationCollector.cut(name), violations);
                if (element != null) {
                    converted.put(name, element);
                }
            });
            return converted.size() == members.size() ? converted : null;
        };
    }
}

package dev.gatehouse.web;

import dev.gatehouse.web.Reading.Faulty;
import dev.gatehouse.web.Reading.Read;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one JSON object of a request's body, read by name and type. Nothing is coerced: {@code "5"} and
 * {@code 5.0} are not 5, and null is the same as absent. A property that is missing, or of a wrong type, is put down as
 * a {@link Violation} and read as an empty stand-in, so that reading goes on and finds the rest; {@link #make} keeps
 * stand-ins out of what is built. A property that nobody asks for is a violation too.
 *
 * <p>Not thread-safe.
 */
public final class JsonBody {

    /** The longest body that any operation takes: 256 KiB. */
    public static final int MAX_BODY_BYTES = 256 * 1024;

    /** How a {@code T} is read. Null only where a violation was put down. */
    @FunctionalInterface
    public interface Shape<T> {

        @Nullable
        T readFrom(JsonBody fields);
    }

    /** How a {@code T} is made of what was read. Null only where a violation was put down. */
    @FunctionalInterface
    public interface Making<T> {

        @Nullable
        T make();
    }

    private final String path;
    private final Map<?, ?> values;
    private final Violations violations;
    private final int violationsBefore;
    private final Set<String> asked = new HashSet<>();

    private JsonBody(String path, Map<?, ?> values, Violations violations, int violationsBefore) {
        this.path = path;
        this.values = values;
        this.violations = violations;
        this.violationsBefore = violationsBefore;
    }

    /** Reads {@code body}, a JSON object in UTF-8, as {@code shape} says. Never throws for what a body may hold. */
    public static <T> Reading<T> read(byte @Nullable [] body, Shape<T> shape) {
        var violations = new Violations();
        var root = new JsonText(violations).read(body == null ? new byte[0] : body);
        var unreadable = root == null && violations.count() > 0;
        var read = unreadable ? null : object("", root, violations, shape);
        return read == null || violations.count() > 0 ? new Faulty<>(violations.kept()) : new Read<>(read);
    }

    private static <T> @Nullable T object(String path, @Nullable Object value, Violations violations, Shape<T> shape) {
        if (!(value instanceof Map<?, ?> values)) {
            violations.add(path.isEmpty() ? "body" : path, "must be an object");
            return null;
        }
        var fields = new JsonBody(path, values, violations, violations.count());
        var read = shape.readFrom(fields);
        fields.refuseUnasked();
        return read;
    }

    /** Whether {@code name} is given. */
    public boolean has(String name) {
        return value(name) != null;
    }

    /** Whether {@code name} is given as null, which everywhere else is the same as absent. */
    public boolean isNull(String name) {
        return value(name) == null && values.containsKey(name);
    }

    /** The text {@code name}, which must be given. */
    public String text(String name) {
        return switch (value(name)) {
            case String text -> text;
            case null -> missing(name, "");
            default -> wrong(name, "must be a string", "");
        };
    }

    /** The whole number {@code name}, which must be given. One beyond the range of long is read as that range's end. */
    public long whole(String name) {
        return switch (value(name)) {
            case JsonText.Numeral(var _, var number) when number != null -> number;
            case null -> missing(name, 0L);
            default -> wrong(name, "must be a whole number", 0L);
        };
    }

    /** The whole number {@code name}, or {@code otherwise} where it is not given. */
    public long whole(String name, long otherwise) {
        return has(name) ? whole(name) : otherwise;
    }

    /** Whether {@code name} is true, or {@code otherwise} where it is not given. */
    public boolean flag(String name, boolean otherwise) {
        return switch (value(name)) {
            case Boolean flag -> flag;
            case null -> otherwise;
            default -> wrong(name, "must be true or false", otherwise);
        };
    }

    /** What {@code words} has for the text {@code name}, or {@code otherwise} where it is not given. */
    public <T> T word(String name, Map<String, T> words, T otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        var meaning = value(name) instanceof String word ? words.get(word) : null;
        return meaning != null
                ? meaning
                : wrong(name, "must be one of: " + String.join(", ", new TreeSet<>(words.keySet())), otherwise);
    }

    /** The object {@code name}, which must be given; null if it is faulty. */
    public <T> @Nullable T object(String name, Shape<T> shape) {
        var given = value(name);
        if (given == null) {
            violations.add(JsonText.inside(path, name), "is missing");
            return null;
        }
        return object(JsonText.inside(path, name), given, violations, shape);
    }

    /**
     * The object {@code name}, whose properties may have any names, and whose values are texts or arrays of texts; empty
     * where it is not given. In the order of the body.
     */
    public Map<String, List<String>> texts(String name) {
        return switch (value(name)) {
            case Map<?, ?> values -> texts(JsonText.inside(path, name), values);
            case null -> Map.of();
            default -> wrong(name, "must be an object", Map.of());
        };
    }

    private Map<String, List<String>> texts(String at, Map<?, ?> values) {
        var read = new LinkedHashMap<String, List<String>>();
        values.forEach((key, value) -> {
            var elements = value instanceof List<?> list ? list : Collections.singletonList(value);
            var texts = new ArrayList<String>();
            for (var element : elements) {
                if (element instanceof String text) {
                    texts.add(text);
                } else {
                    violations.add(JsonText.inside(at, String.valueOf(key)), "must be a string or an array of strings");
                    break;
                }
            }
            read.put(String.valueOf(key), texts);
        });
        return read;
    }

    /** The object {@code name}, whose properties may have any names and any values; empty where it is not given. */
    public Map<String, JsonValue> members(String name) {
        return switch (value(name)) {
            case Map<?, ?> values -> KeptJson.of(values);
            case null -> Map.of();
            default -> wrong(name, "must be an object", Map.of());
        };
    }

    /** The objects of the array {@code name}, which must be given; those that are faulty are left out. */
    public <T> List<T> objects(String name, Shape<T> shape) {
        return switch (value(name)) {
            case List<?> elements -> objects(JsonText.inside(path, name), elements, shape);
            case null -> missing(name, List.of());
            default -> wrong(name, "must be an array", List.of());
        };
    }

    private <T> List<T> objects(String at, List<?> elements, Shape<T> shape) {
        var read = new ArrayList<T>();
        for (int i = 0; i < elements.size(); i++) {
            var element = object(at + "[" + i + "]", elements.get(i), violations, shape);
            if (element != null) {
                read.add(element);
            }
        }
        return read;
    }

    /** What {@code making} gives, if nothing of this object was found wrong so far; else null. */
    public <T> @Nullable T make(Making<T> making) {
        return violations.count() == violationsBefore ? making.make() : null;
    }

    /** Puts down that {@code name} is wrong, and why. */
    public void refuse(String name, @Nullable String message) {
        violations.add(JsonText.inside(path, name), message == null ? "is out of bounds" : message);
    }

    private @Nullable Object value(String name) {
        asked.add(name);
        return values.get(name);
    }

    private <T> T missing(String name, T standIn) {
        return wrong(name, "is missing", standIn);
    }

    private <T> T wrong(String name, String message, T standIn) {
        violations.add(JsonText.inside(path, name), message);
        return standIn;
    }

    private void refuseUnasked() {
        for (var name : values.keySet()) {
            if (name instanceof String unasked && !asked.contains(unasked)) {
                violations.add(JsonText.inside(path, unasked), "is not a known property");
            }
        }
    }
}

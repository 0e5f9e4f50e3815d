// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.micronaut.core.beans.BeanIntrospection;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.core.type.Argument;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Binds JSON objects to a {@link JsonRecord}: strictly, and with all violations at once. Nothing is coerced, null is the
 * same as absent (except for a component of type {@link JsonValue}), and an unknown property is a violation.
 *
 * <p>Serde stops at the first fault, converts {@code "5"} to 5 and keeps the last of two members with one name.
 */
public final class JsonBinder<T> {

    /** The longest body that any operation accepts: 256 KiB. */
    public static final int MAX_BODY_BYTES = 256 * 1024;

    /** The violation of a missing body. */
    public static final String EMPTY = "is empty; it must be a JSON object";

    private static final ClassValue<JsonBinder<?>> BINDERS = new ClassValue<>() {
        @Override
        protected JsonBinder<?> computeValue(Class<?> type) {
            return new JsonBinder<>(BeanIntrospection.getIntrospection(type));
        }
    };

    private static final Map<Class<?>, Object> STAND_INS = Map.of(
            String.class,
            "",
            Long.class,
            0L,
            Integer.class,
            0,
            Boolean.class,
            false,
            List.class,
            List.of(),
            Map.class,
            Map.of(),
            JsonValue.class,
            new JsonValue.Null());

    private final BeanIntrospection<T> introspection;
    private final List<Member> members = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Set<String> required = new HashSet<>();

    private JsonBinder(BeanIntrospection<T> introspection) {
        this.introspection = introspection;
        for (var argument : introspection.getConstructorArguments()) {
            if (argument.isAnnotationPresent(JsonUnwrapped.class)) {
                var unwrapped = of(argument.getType());
                names.addAll(unwrapped.names);
                members.add((object, violations) -> unwrapped.instantiate(object, violations));
            } else {
                var member = NamedMember.of(argument);
                names.add(member.name);
                if (member.required) {
                    required.add(member.name);
                }
                members.add(member);
            }
        }
    }

    @SuppressWarnings("unchecked") // A binder is stored under the type that it binds.
    static <T> JsonBinder<T> of(Class<T> type) {
        return (JsonBinder<T>) BINDERS.get(type);
    }

    /**
     * Returns the record of {@code body}, a JSON object in UTF-8.
     *
     * @throws InvalidRequest with the first 50 violations
     */
    public static <T> T bind(Class<T> type, byte[] body) {
        var violations = new ViolationCollector();
        var json = JsonParsing.parse(body, violations);
        var bound = json == null ? null : of(form(type, json)).bind(json, violations);
        violations.throwIfAny();
        return Objects.requireNonNull(bound);
    }

    /** Returns the record to bind {@code json} to, see {@link JsonRecord}. */
    @SuppressWarnings("unchecked") // A sealed interface permits its own subtypes only.
    private static <T> Class<? extends T> form(Class<T> type, JsonValue json) {
        if (!type.isSealed()) {
            return type;
        }
        var forms = List.of((Class<? extends T>[]) type.getPermittedSubclasses());
        return forms.stream()
                .filter(form -> json instanceof JsonValue.Members(var object, var _)
                        && !Collections.disjoint(of(form).required, object.keySet()))
                .findFirst()
                .orElse(forms.getLast());
    }

    /** Returns the record of {@code json}; null after adding a violation. */
    @Nullable
    T bind(JsonValue json, ViolationCollector violations) {
        if (!(json instanceof JsonValue.Members(var object, var _))) {
            violations.add("", "must be an object");
            return null;
        }
        int before = violations.count();
        var bound = instantiate(object, violations);
        for (var name : object.keySet()) {
            if (!names.contains(name)) {
                violations.add(ViolationCollector.cut(name), "is not a known property");
            }
        }
        return violations.count() == before ? bound : null;
    }

    /** Returns the record, with stand-ins for invalid members; null if an invalid member has none. */
    private @Nullable T instantiate(Map<String, JsonValue> object, ViolationCollector violations) {
        @Nullable Object[] values = new @Nullable Object[members.size()];
        boolean complete = true;
        for (int i = 0; i < values.length; i++) {
            values[i] = members.get(i).read(object, violations);
            complete &= values[i] != null || introspection.getConstructorArguments()[i].isNullable();
        }
        if (!complete) {
            return null;
        }
        var bound = introspection.instantiate(false, values);
        if (bound instanceof Validatable validatable) {
            validatable.validate(violations);
        }
        return bound;
    }

    /** Reads one argument of the record's constructor. */
    private interface Member {

        /** Returns the argument; after adding a violation, a stand-in, or null if the type has none. */
        @Nullable
        Object read(Map<String, JsonValue> object, ViolationCollector violations);
    }

    /**
     * A member of the object.
     *
     * @param otherwise the value of an absent member; null if there is none
     * @param standIn the value of an invalid member; null if there is none
     */
    private record NamedMember(
            String name,
            boolean required,
            @Nullable Object otherwise,
            @Nullable Object standIn,
            JsonConverter converter,
            List<JsonConstraint> constraints,
            boolean takesNull)
            implements Member {

        static NamedMember of(Argument<?> argument) {
            var converter = JsonConverter.of(argument);
            var written = argument.getAnnotationMetadata()
                    .stringValue(Bindable.class, "defaultValue")
                    .orElse(null);
            var otherwise = written == null ? null : defaultValue(converter, argument, written);
            return new NamedMember(
                    argument.getAnnotationMetadata()
                            .stringValue(JsonProperty.class)
                            .orElse(argument.getName()),
                    written == null && !argument.isNullable(),
                    otherwise,
                    argument.isNullable() ? null : standIn(argument),
                    converter,
                    JsonConstraint.of(argument.getAnnotationMetadata()),
                    argument.getType() == JsonValue.class);
        }

        private static @Nullable Object standIn(Argument<?> argument) {
            var type = argument.getType();
            return type.isEnum() ? type.getEnumConstants()[0] : STAND_INS.get(argument.getWrapperType());
        }

        private static Object defaultValue(JsonConverter converter, Argument<?> argument, String written) {
            var violations = new ViolationCollector();
            var type = argument.getType();
            var json = type == String.class || type.isEnum()
                    ? new JsonValue.Text(written)
                    : JsonParsing.parse(written.getBytes(StandardCharsets.UTF_8), violations);
            var value = json == null ? null : converter.convert(json, argument.getName(), violations);
            if (value == null) {
                throw new IllegalArgumentException(argument + " cannot be " + written + " by default");
            }
            return value;
        }

        @Override
        public @Nullable Object read(Map<String, JsonValue> object, ViolationCollector violations) {
            var json = object.get(name);
            if (json == null || (json instanceof JsonValue.Null && !takesNull)) {
                if (!required) {
                    return otherwise;
                }
                violations.add(name, "is missing");
                return standIn;
            }
            var value = converter.convert(json, name, violations);
            if (value == null) {
                return standIn;
            }
            for (var constraint : constraints) {
                if (!constraint.holds().test(value)) {
                    violations.add(name, constraint.message());
                    return standIn;
                }
            }
            return value;
        }
    }
}

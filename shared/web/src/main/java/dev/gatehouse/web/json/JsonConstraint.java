// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.json;

import io.micronaut.core.annotation.AnnotationMetadata;
import io.micronaut.core.annotation.AnnotationValue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A bound on the value of one member, as a constraint of Jakarta Validation declares it.
 *
 * @param message the rule, as callers read it
 */
record JsonConstraint(Predicate<Object> holds, String message) {

    private static final String CONSTRAINTS = "jakarta.validation.constraints.";
    private static final Set<Class<?>> SUPPORTED = Set.of(Min.class, Max.class, Size.class, Pattern.class);

    /**
     * Returns the constraints among {@code annotations}.
     *
     * @throws IllegalArgumentException if one is not supported
     */
    static List<JsonConstraint> of(AnnotationMetadata annotations) {
        for (var name : annotations.getAnnotationNames()) {
            if (name.startsWith(CONSTRAINTS) && SUPPORTED.stream().noneMatch(type -> name.startsWith(type.getName()))) {
                throw new IllegalArgumentException("bodies cannot be constrained by " + name);
            }
        }
        var constraints = new ArrayList<JsonConstraint>();
        range(find(annotations, Min.class), find(annotations, Max.class), constraints);
        var size = find(annotations, Size.class);
        if (size != null) {
            constraints.add(
                    size(size.intValue("min").orElse(0), size.intValue("max").orElse(Integer.MAX_VALUE)));
        }
        var pattern = find(annotations, Pattern.class);
        if (pattern != null) {
            var regexp = java.util.regex.Pattern.compile(
                    pattern.stringValue("regexp").orElseThrow());
            var message = pattern.stringValue("message").filter(text -> !text.startsWith("{"));
            constraints.add(new JsonConstraint(
                    value -> regexp.matcher((String) value).matches(), message.orElse("must match " + regexp)));
        }
        return List.copyOf(constraints);
    }

    private static void range(
            @Nullable AnnotationValue<Min> min, @Nullable AnnotationValue<Max> max, List<JsonConstraint> constraints) {
        if (min == null && max == null) {
            return;
        }
        long least = min == null ? Long.MIN_VALUE : min.longValue().orElseThrow();
        long most = max == null ? Long.MAX_VALUE : max.longValue().orElseThrow();
        var bounds = max == null ? "at least " + least : min == null ? "at most " + most : least + " to " + most;
        constraints.add(new JsonConstraint(
                value -> ((Number) value).longValue() >= least && ((Number) value).longValue() <= most,
                "must be " + bounds));
    }

    /** Bounds the size of a collection, or the length of a string in code points, as JSON Schema counts characters. */
    private static JsonConstraint size(int min, int max) {
        var bounds = max == Integer.MAX_VALUE ? "at least " + min : min + " to " + max;
        return new JsonConstraint(
                value -> {
                    int size = value instanceof String text
                            ? text.codePointCount(0, text.length())
                            : ((Collection<?>) value).size();
                    return size >= min && size <= max;
                },
                "must have a length of " + bounds);
    }

    private static <A extends Annotation> @Nullable AnnotationValue<A> find(
            AnnotationMetadata annotations, Class<A> type) {
        var values = annotations.getAnnotationValuesByType(type);
        return values.isEmpty() ? null : values.getFirst();
    }
}

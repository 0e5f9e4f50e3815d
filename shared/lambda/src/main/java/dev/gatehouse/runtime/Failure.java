package dev.gatehouse.runtime;

import dev.gatehouse.telemetry.JsonLine;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Why there is no answer, as Lambda tells whoever invoked the function.
 *
 * @param name of what was thrown, for Lambda's own figures
 * @param json all of it, for the caller
 */
record Failure(String name, String json) {

    static Failure of(Throwable thrown) {
        var type = thrown.getClass().getName();
        var stack = Arrays.stream(thrown.getStackTrace())
                .map(StackTraceElement::toString)
                .toList();
        return new Failure(
                thrown.getClass().getSimpleName(),
                new JsonLine()
                        .text("errorMessage", Objects.requireNonNullElse(thrown.getMessage(), type))
                        .text("errorType", type)
                        .texts("stackTrace", stack)
                        .toString());
    }

    byte[] bytes() {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * A log event, formatted alike on all platforms. Lambda reads the level of a line from its members {@code timestamp} and
 * {@code level}.
 *
 * @param level the level as named by SLF4J
 * @param logger the full name of the logger; the line shows its last part
 * @param fields the context, such as {@code requestId} and {@code tenant}; integers are numbers in JSON
 * @param stackTrace null if there is none
 */
public record LogLine(
        Instant time,
        String level,
        String logger,
        String message,
        List<KeyValuePair> fields,
        @Nullable String stackTrace) {

    public String json() {
        var line = new JsonLine()
                .text("timestamp", time.truncatedTo(ChronoUnit.MILLIS).toString())
                .text("level", level)
                .text("logger", shortLogger())
                .text("message", message);
        for (var field : fields) {
            if (field.value instanceof Long || field.value instanceof Integer) {
                line.number(field.key, ((Number) field.value).longValue());
            } else {
                line.text(field.key, String.valueOf(field.value));
            }
        }
        return (stackTrace == null ? line : line.text("stackTrace", stackTrace)).toString();
    }

    /** Returns one line for a human reader, with the members of {@code fields} at its end, followed by the stack trace. */
    public String text() {
        var line = new StringBuilder("[" + level + "] " + shortLogger() + " - " + message);
        for (var field : fields) {
            line.append(' ').append(field.key).append('=').append(field.value);
        }
        return (stackTrace == null ? line : line.append('\n').append(stackTrace.strip())).toString();
    }

    private String shortLogger() {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    /** Returns the stack trace of {@code thrown}; null if {@code thrown} is null. */
    public static @Nullable String stackTrace(@Nullable Throwable thrown) {
        if (thrown == null) {
            return null;
        }
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}

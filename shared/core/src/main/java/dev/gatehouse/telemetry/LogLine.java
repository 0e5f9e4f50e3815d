package dev.gatehouse.telemetry;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * What was logged, of one shape wherever we run. The names {@code timestamp} and {@code level} are those by which Lambda
 * knows a line's level.
 *
 * @param level as slf4j names it
 * @param logger its full name, of which the last part is told
 * @param fields what it is about, such as {@code requestId} and {@code tenant}
 * @param stackTrace null: there is none
 */
public record LogLine(
        Instant time,
        String level,
        String logger,
        String message,
        List<KeyValuePair> fields,
        @Nullable String stackTrace) {

    /** One line of JSON. */
    public String json() {
        var line = new JsonLine()
                .text("timestamp", time.truncatedTo(ChronoUnit.MILLIS).toString())
                .text("level", level)
                .text("logger", shortLogger())
                .text("message", message);
        for (var field : fields) {
            line.text(field.key, String.valueOf(field.value));
        }
        return (stackTrace == null ? line : line.text("stackTrace", stackTrace)).toString();
    }

    /** To be read: one line, and the stack trace below. */
    public String text() {
        return "[" + level + "] " + shortLogger() + " - " + message
                + (stackTrace == null ? "" : "\n" + stackTrace.strip());
    }

    private String shortLogger() {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    /** The stack trace of {@code thrown}; null where nothing was thrown. */
    public static @Nullable String stackTrace(@Nullable Throwable thrown) {
        if (thrown == null) {
            return null;
        }
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}

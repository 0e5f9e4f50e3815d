package dev.gatehouse.telemetry;

import dev.gatehouse.redis.config.InvalidSetting;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a process logs.
 *
 * @param level of our own loggers: {@code TRACE}, {@code DEBUG}, {@code INFO}, {@code WARN}, {@code ERROR} or {@code OFF}.
 *     Not of others, for what libraries say of a request at {@code DEBUG} may hold its key.
 * @param json a line of JSON for each, rather than a line to read
 */
public record LogSettings(String level, boolean json) {

    /** What is where nothing is said. */
    public static final LogSettings JSON = new LogSettings("INFO", true);

    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    /**
     * Reads {@code LOG_LEVEL} and {@code LOG_FORMAT}.
     *
     * @param format where none is set: {@code json} or {@code text}
     * @throws InvalidSetting if one is not known
     */
    public static LogSettings fromEnvironment(Map<String, String> environment, String format) {
        var level = given(environment, "LOG_LEVEL", "INFO").toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(level)) {
            throw new InvalidSetting(
                    "LOG_LEVEL",
                    "must be one of " + String.join(", ", LEVELS) + ", not " + environment.get("LOG_LEVEL"));
        }
        return switch (given(environment, "LOG_FORMAT", format)) {
            case "json" -> new LogSettings(level, true);
            case "text" -> new LogSettings(level, false);
            default ->
                throw new InvalidSetting("LOG_FORMAT", "must be json or text, not " + environment.get("LOG_FORMAT"));
        };
    }

    private static String given(Map<String, String> environment, String name, String otherwise) {
        var value = environment.getOrDefault(name, "").strip();
        return value.isEmpty() ? otherwise : value;
    }
}

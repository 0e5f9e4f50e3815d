// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import dev.gatehouse.redis.config.EnvironmentVariables;
import dev.gatehouse.redis.config.InvalidSetting;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The log level and format of a process.
 *
 * @param level the level of Gatehouse's own loggers: {@code TRACE}, {@code DEBUG}, {@code INFO}, {@code WARN},
 *     {@code ERROR} or {@code OFF}. Libraries keep their level: at {@code DEBUG} they may log a request's key.
 * @param json true for lines of JSON, false for plain text
 */
public record LogSettings(String level, boolean json) {

    /** The defaults: level {@code INFO}, as JSON. */
    public static final LogSettings JSON = new LogSettings("INFO", true);

    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    /**
     * Reads {@code LOG_LEVEL} and {@code LOG_FORMAT}.
     *
     * @param format the default format: {@code json} or {@code text}
     * @throws InvalidSetting if a level or format is unknown
     */
    public static LogSettings fromEnvironment(Map<String, String> environment, String format) {
        var variables = new EnvironmentVariables(environment);
        var level =
                Objects.requireNonNullElse(variables.text("LOG_LEVEL"), "INFO").toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(level)) {
            throw new InvalidSetting(
                    "LOG_LEVEL",
                    "must be one of " + String.join(", ", LEVELS) + ", not " + environment.get("LOG_LEVEL"));
        }
        return switch (Objects.requireNonNullElse(variables.text("LOG_FORMAT"), format)) {
            case "json" -> new LogSettings(level, true);
            case "text" -> new LogSettings(level, false);
            default ->
                throw new InvalidSetting("LOG_FORMAT", "must be json or text, not " + environment.get("LOG_FORMAT"));
        };
    }
}

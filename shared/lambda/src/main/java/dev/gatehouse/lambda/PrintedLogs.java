// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.telemetry.LogSettings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * SLF4J's provider on Lambda: prints lines of JSON to standard output, with the request's id and tenant, by {@code LOG_LEVEL}
 * and {@code LOG_FORMAT}. Lambda's own JSON format has no members for these, and a logging library costs a cold start more
 * than these two classes.
 */
public final class PrintedLogs implements SLF4JServiceProvider {

    private final Map<String, PrintingLogger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();
    private LogSettings settings = LogSettings.JSON;

    /**
     * Returns the settings in {@code environment}.
     *
     * @throws InvalidSetting if they are invalid; the provider ignores that, so a function checks them when it starts
     */
    public static LogSettings settings(Map<String, String> environment) {
        return LogSettings.fromEnvironment(environment, "json");
    }

    @Override
    public void initialize() {
        try {
            settings = settings(System.getenv());
        } catch (InvalidSetting e) {
            // The function fails with it when it starts.
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> loggers.computeIfAbsent(name, _ -> new PrintingLogger(name, threshold(name), settings.json()));
    }

    private @Nullable Level threshold(String logger) {
        if (logger.startsWith("dev.gatehouse")) {
            return settings.level().equals("OFF") ? null : Level.valueOf(settings.level());
        }
        // During an outage of Redis, these libraries would log many lines in addition to the one of the link.
        return logger.startsWith("io.lettuce") || logger.startsWith("io.netty") ? Level.ERROR : Level.WARN;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }
}

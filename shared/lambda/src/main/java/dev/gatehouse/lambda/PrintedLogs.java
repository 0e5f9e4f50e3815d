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
 * Logs on Lambda: lines of JSON on standard output, with the request's id and tenant, by {@code LOG_LEVEL} and
 * {@code LOG_FORMAT}. Lambda's own format would wrap what its logger is given, but knows no further members, and a logging
 * library costs the cold start more than these two classes.
 *
 * <p>{@code functions/runtime}, in every package, names it to slf4j as the provider; this library does not, for programs
 * have logs of their own.
 */
public final class PrintedLogs implements SLF4JServiceProvider {

    private final Map<String, PrintingLogger> loggers = new ConcurrentHashMap<>();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();
    private LogSettings settings = LogSettings.JSON;

    /**
     * How {@code environment} wants it.
     *
     * @throws InvalidSetting if it is wrong; logs pass over that in silence, so a function asks when it starts
     */
    public static LogSettings settings(Map<String, String> environment) {
        return LogSettings.fromEnvironment(environment, "json");
    }

    @Override
    public void initialize() {
        try {
            settings = settings(System.getenv());
        } catch (InvalidSetting e) {
            // Said by the function when it starts, and Lambda logs that.
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
        // What goes wrong with Redis the link says in a line, and these at length.
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

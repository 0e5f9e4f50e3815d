// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * Captures all log lines while it is open: those of Gatehouse from TRACE, those of others from DEBUG. At TRACE, Lettuce
 * logs the bytes that it sends, which no configuration of ours enables. For modules with Logback.
 */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Map<Logger, Level> before = new HashMap<>();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();

    private record Event(String message, Map<String, Object> fields) {}

    private LogCapture(Level level) {
        setContext(root.getLoggerContext());
        start();
        root.addAppender(this);
        root.iteratorForAppenders().forEachRemaining(appender -> {
            if (appender != this) {
                appender.addFilter(new QuietBelow(Level.WARN));
            }
        });
        Stream.of("ROOT", "dev.gatehouse", "dev.gatehouse.audit", "io.lettuce", "io.netty")
                .map(name -> (Logger) LoggerFactory.getLogger(name))
                .forEach(logger -> {
                    before.put(logger, logger.getLevel());
                    logger.setLevel(
                            level == Level.TRACE || logger.getName().startsWith("dev.gatehouse") ? Level.TRACE : level);
                });
    }

    /** Starts to capture, without the bytes that Lettuce sends. */
    public static LogCapture record() {
        return new LogCapture(Level.DEBUG);
    }

    /** Starts to capture, with the bytes that Lettuce sends. */
    public static LogCapture recordBytesToo() {
        return new LogCapture(Level.TRACE);
    }

    @Override
    protected void append(ILoggingEvent event) {
        var fields = new HashMap<String, Object>();
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(field -> fields.put(field.key, field.value));
        }
        lines.add(fields.isEmpty() ? event.getFormattedMessage() : event.getFormattedMessage() + " " + fields);
        events.add(new Event(event.getFormattedMessage(), fields));
        for (var thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
            lines.add(String.valueOf(thrown.getMessage()));
        }
    }

    /** Returns the fields of each captured event with this message, in their order. */
    public List<Map<String, Object>> fields(String message) {
        return events.stream()
                .filter(event -> event.message.equals(message))
                .map(Event::fields)
                .toList();
    }

    /** Returns all captured lines, with their fields and the messages of their exceptions. */
    public String text() {
        return String.join("\n", lines);
    }

    /** Ends the capture and restores all levels. */
    @Override
    public void close() {
        before.forEach(Logger::setLevel);
        root.detachAppender(this);
        root.iteratorForAppenders().forEachRemaining(appender -> appender.clearAllFilters());
        stop();
    }

    private static final class QuietBelow extends Filter<ILoggingEvent> {

        private final Level level;

        QuietBelow(Level level) {
            this.level = level;
        }

        @Override
        public FilterReply decide(ILoggingEvent event) {
            return event.getLevel().isGreaterOrEqual(level) ? FilterReply.NEUTRAL : FilterReply.DENY;
        }
    }
}

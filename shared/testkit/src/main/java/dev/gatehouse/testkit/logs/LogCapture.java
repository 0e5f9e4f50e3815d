package dev.gatehouse.testkit.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * Hears everything that anybody logs while it is open: we at TRACE, others down to the level at which the driver is useful
 * to a developer; below that, at TRACE, Lettuce shows the bytes that it sends, which is why no configuration of ours lets
 * it. For modules with Logback.
 */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Map<Logger, Level> before = new HashMap<>();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    private LogCapture(Level level) {
        setContext(root.getLoggerContext());
        start();
        root.addAppender(this);
        root.iteratorForAppenders().forEachRemaining(appender -> {
            if (appender != this) {
                appender.addFilter(new QuietBelow(Level.WARN));
            }
        });
        Stream.of("ROOT", "dev.gatehouse", "io.lettuce", "io.netty")
                .map(name -> (Logger) LoggerFactory.getLogger(name))
                .forEach(logger -> {
                    before.put(logger, logger.getLevel());
                    logger.setLevel(
                            level == Level.TRACE || logger.getName().equals("dev.gatehouse") ? Level.TRACE : level);
                });
    }

    /** Begins to listen: to our own lines on every level, and to others' but for the bytes. */
    public static LogCapture record() {
        return new LogCapture(Level.DEBUG);
    }

    /** Begins to listen also to the bytes, which nobody's configuration has. */
    public static LogCapture recordBytesToo() {
        return new LogCapture(Level.TRACE);
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getFormattedMessage());
        for (var thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
            lines.add(String.valueOf(thrown.getMessage()));
        }
    }

    /** All that was heard, with what was said of exceptions. */
    public String text() {
        return String.join("\n", lines);
    }

    /** Has everybody log as before. */
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

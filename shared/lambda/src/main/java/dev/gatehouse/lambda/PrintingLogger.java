// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.LogLine;
import dev.gatehouse.telemetry.StandardOutput;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/** A logger that prints events of a minimum level. */
final class PrintingLogger extends LegacyAbstractLogger implements LoggingEventAware {

    private static final long serialVersionUID = 1;

    private static volatile boolean printsWarningsOnly;

    private final int threshold;
    private final boolean json;

    /** @param threshold the minimum level; null to log nothing */
    PrintingLogger(String name, @Nullable Level threshold, boolean json) {
        this.name = name;
        this.threshold = threshold == null ? Integer.MAX_VALUE : threshold.toInt();
        this.json = json;
    }

    /** Runs {@code work} while no logger prints an event below {@code WARN}. */
    static void withWarningsOnly(Runnable work) {
        printsWarningsOnly = true;
        try {
            work.run();
        } finally {
            printsWarningsOnly = false;
        }
    }

    private boolean isEnabled(Level level) {
        return level.toInt() >= threshold && (!printsWarningsOnly || level.toInt() >= Level.WARN.toInt());
    }

    @Override
    public boolean isTraceEnabled() {
        return isEnabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return isEnabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return isEnabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return isEnabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return isEnabled(Level.ERROR);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return PrintingLogger.class.getName();
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        print(level, MessageFormatter.basicArrayFormat(pattern, arguments), List.of(), thrown);
    }

    @Override
    public void log(LoggingEvent event) {
        var fields = event.getKeyValuePairs();
        print(
                event.getLevel(),
                MessageFormatter.basicArrayFormat(event.getMessage(), event.getArgumentArray()),
                fields == null ? List.of() : fields,
                event.getThrowable());
    }

    private void print(Level level, String message, List<KeyValuePair> fields, @Nullable Throwable thrown) {
        var context = json ? CurrentRequest.addTo(fields) : fields;
        var line = new LogLine(Instant.now(), level.name(), name, message, context, LogLine.stackTrace(thrown));
        StandardOutput.print(json ? line.json() : line.text());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Identifies a request and its trace in log lines.
 *
 * @param requestId null if it is unknown, or the process serves one request at a time
 * @param traceId the trace id of the header {@code traceparent}, else the root of {@code X-Amzn-Trace-Id}; null if neither
 *     is well-formed
 */
public record TraceContext(
        @Nullable String requestId, @Nullable String traceId) {

    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?");
    private static final Pattern AMAZON = Pattern.compile("(?:.*;)?\\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;.*)?");

    /** The maximum length of a header that is read. */
    private static final int LONGEST = 512;

    /**
     * Returns the ids of a request.
     *
     * @param header returns the value of a header by its case-insensitive name; null if it is absent
     */
    public static TraceContext of(@Nullable String requestId, Function<String, @Nullable String> header) {
        var traceId = find(TRACEPARENT, header.apply("traceparent"));
        return new TraceContext(requestId, traceId == null ? find(AMAZON, header.apply("X-Amzn-Trace-Id")) : traceId);
    }

    private static @Nullable String find(Pattern pattern, @Nullable String value) {
        if (value == null || value.length() > LONGEST) {
            return null;
        }
        var matcher = pattern.matcher(value);
        return matcher.matches() ? matcher.group(1) : null;
    }

    /** Adds the ids to a log line. */
    public LoggingEventBuilder addTo(LoggingEventBuilder line) {
        var identified = requestId == null ? line : line.addKeyValue("requestId", requestId);
        return traceId == null ? identified : identified.addKeyValue("traceId", traceId);
    }
}

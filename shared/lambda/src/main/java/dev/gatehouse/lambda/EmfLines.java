package dev.gatehouse.lambda;

import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.JsonLine;
import dev.gatehouse.telemetry.LinkTally;
import dev.gatehouse.telemetry.RedisFigures;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One line a request in CloudWatch's Embedded Metric Format, from which CloudWatch makes metrics and which Logs Insights
 * can be asked for the rest. In the namespace {@value #NAMESPACE}, by {@code FunctionName}: {@code Duration},
 * {@code RedisRoundTrip} (each one), {@code RedisFailures}, {@code Degraded}, {@code CircuitOpened}, {@code ColdStart};
 * and by {@code FunctionName} and {@code Outcome}: {@code Requests}. Their means are rates, for those that did not happen
 * are told as 0. A look at Redis is a line of its own, with a metric for each figure and
 * {@code RedisMemoryPercent} where memory has a limit.
 *
 * <p>Each combination of dimensions is a metric that costs money; so there is one for the function, and one for each of its
 * few outcomes. Route, tenant and request id are told beside them, and are no dimensions.
 *
 * <p>A writer of our own, because the line is of one shape: it is put together of two constant texts and a dozen members.
 * Until the first line is printed it costs a start few classes, and not one of the JDK that is not there anyway; hence
 * neither streams nor {@code +} between texts, which each make classes when first run. The package tells what a library
 * costs.
 */
public final class EmfLines implements Telemetry {

    /** Where CloudWatch files the metrics. */
    public static final String NAMESPACE = "Gatehouse";

    private record Metric(String name, String unit) {}

    private static final Metric DURATION = new Metric("Duration", "Milliseconds");
    private static final Metric ROUND_TRIP = new Metric("RedisRoundTrip", "Milliseconds");
    private static final Metric FAILURES = new Metric("RedisFailures", "Count");
    private static final Metric DEGRADED = new Metric("Degraded", "Count");
    private static final Metric CIRCUIT_OPENED = new Metric("CircuitOpened", "Count");
    private static final Metric COLD_START = new Metric("ColdStart", "Count");
    /** What an alarm goes by: it cannot divide. */
    private static final Metric MEMORY_PERCENT = new Metric("RedisMemoryPercent", "Percent");

    private static final Metric REQUESTS = new Metric("Requests", "Count");

    private static final String BY_FUNCTION = "\"FunctionName\"";
    private static final String BY_OUTCOME = "\"FunctionName\",\"Outcome\"";

    /** What the line of a request takes as a rule. */
    private static final int ROOM = 1_280;

    private static final byte[] REQUEST_WITHOUT_REDIS =
            ofRequest(DURATION, FAILURES, DEGRADED, CIRCUIT_OPENED, COLD_START);
    private static final byte[] REQUEST_WITH_REDIS =
            ofRequest(DURATION, ROUND_TRIP, FAILURES, DEGRADED, CIRCUIT_OPENED, COLD_START);

    private final String functionName;
    private final LinkTally tally;
    private final LongSupplier epochMillis;
    private final Consumer<JsonLine> out;
    private final AtomicBoolean cold = new AtomicBoolean(true);

    /**
     * @param functionName as it is deployed
     * @param tally hears the link that the function has
     * @param epochMillis the wall clock
     * @param out takes each line
     */
    public EmfLines(String functionName, LinkTally tally, LongSupplier epochMillis, Consumer<JsonLine> out) {
        this.functionName = functionName;
        this.tally = tally;
        this.epochMillis = epochMillis;
        this.out = out;
    }

    @Override
    public void recognized(String tenant) {
        CurrentRequest.isOf(tenant);
    }

    @Override
    public void answered(RequestFacts request) {
        var redis = tally.take();
        boolean asked = !redis.tripMicros().isEmpty();
        var line = metrics(asked ? REQUEST_WITH_REDIS : REQUEST_WITHOUT_REDIS)
                .text("Outcome", request.outcome())
                .number(REQUESTS.name, 1)
                .thousandths(
                        DURATION.name,
                        TimeUnit.NANOSECONDS.toMicros(request.elapsed().toNanos()));
        if (asked) {
            line.thousandths(ROUND_TRIP.name, redis.tripMicros());
        }
        line.number(FAILURES.name, redis.failures())
                .number(DEGRADED.name, request.degraded() ? 1 : 0)
                .number(CIRCUIT_OPENED.name, Collections.frequency(redis.circuit(), "open"))
                .number(COLD_START.name, cold.getAndSet(false) ? 1 : 0);
        if (!redis.circuit().isEmpty()) {
            line.text("circuit", String.join(" ", redis.circuit()));
        }
        line.text("function", request.function())
                .text("route", request.route())
                .number("status", request.status())
                .text("source", request.sourceName())
                .text("requestId", request.requestId());
        if (request.tenant() != null) {
            line.text("tenant", request.tenant());
        }
        out.accept(line);
    }

    @Override
    public void looked(RedisFigures redis) {
        if (redis.known().isEmpty()) {
            return;
        }
        var metrics = new ArrayList<Metric>();
        redis.known().keySet().forEach(figure -> metrics.add(new Metric(figure.metric(), figure.unit())));
        var percent = redis.memoryMilliPercent();
        if (percent != null) {
            metrics.add(MEMORY_PERCENT);
        }
        var line = metrics(listed(directive(BY_FUNCTION, metrics.toArray(Metric[]::new))));
        redis.known().forEach((figure, value) -> line.number(figure.metric(), value));
        if (percent != null) {
            line.thousandths(MEMORY_PERCENT.name, percent);
        }
        var requestId = CurrentRequest.id();
        if (requestId != null) {
            line.text("requestId", requestId);
        }
        out.accept(line);
    }

    private JsonLine metrics(byte[] directives) {
        return new JsonLine(ROOM)
                .json(
                        "_aws",
                        new JsonLine(ROOM)
                                .number("Timestamp", epochMillis.getAsLong())
                                .json("CloudWatchMetrics", directives))
                .text("FunctionName", functionName);
    }

    private static byte[] ofRequest(Metric... metrics) {
        return listed(directive(BY_OUTCOME, REQUESTS).concat(",").concat(directive(BY_FUNCTION, metrics)));
    }

    private static byte[] listed(String directives) {
        return "[".concat(directives).concat("]").getBytes(StandardCharsets.UTF_8);
    }

    private static String directive(String dimensions, Metric... metrics) {
        var text = new StringBuilder("{\"Namespace\":\"").append(NAMESPACE).append("\",\"Dimensions\":[[");
        text.append(dimensions).append("]],\"Metrics\":[");
        for (var metric : metrics) {
            text.append("{\"Name\":\"")
                    .append(metric.name)
                    .append("\",\"Unit\":\"")
                    .append(metric.unit);
            text.append("\"},");
        }
        text.setCharAt(text.length() - 1, ']');
        return text.append('}').toString();
    }
}

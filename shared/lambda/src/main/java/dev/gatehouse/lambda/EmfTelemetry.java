// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.telemetry.JsonLine;
import dev.gatehouse.telemetry.LinkTally;
import dev.gatehouse.telemetry.RedisMetricValues;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Prints one line for each request in CloudWatch's Embedded Metric Format: CloudWatch extracts the metrics, and Logs Insights
 * queries the rest. In the namespace {@value #NAMESPACE}, by {@code FunctionName}: {@code Duration},
 * {@code RedisRoundTrip} (each one), {@code RedisFailures}, {@code Degraded}, {@code CircuitOpened}, {@code ColdStart};
 * and by {@code FunctionName} and {@code Outcome}: {@code Requests}. An event that did not happen counts as 0, so that means
 * are rates. A request that counts its parts has one more metric for each outcome, such as {@code CacheLookupsFresh}. Parts
 * may have a label, such as {@code PolicyChecksDenied} by {@code FunctionName} and {@code Policy}. The first value of the
 * label is in the same line, and each other has a line of its own. A check of Redis is a line of its own, with a metric for
 * each figure and {@code RedisMemoryPercent} where memory has a limit.
 *
 * <p>Each combination of dimensions is a metric that costs money: there is one for the function, and one for each of its
 * few outcomes. Route, tenant and request id are plain members.
 *
 * <p>Writing the line loads few classes at a cold start; so it uses neither streams nor {@code +} between texts, which generate
 * classes when first run.
 */
public final class EmfTelemetry implements Telemetry {

    /** The metrics' namespace in CloudWatch. */
    public static final String NAMESPACE = "Gatehouse";

    private record Metric(String name, String unit) {}

    private static final Metric DURATION = new Metric("Duration", "Milliseconds");
    private static final Metric ROUND_TRIP = new Metric("RedisRoundTrip", "Milliseconds");
    private static final Metric FAILURES = new Metric("RedisFailures", "Count");
    private static final Metric DEGRADED = new Metric("Degraded", "Count");
    private static final Metric CIRCUIT_OPENED = new Metric("CircuitOpened", "Count");
    private static final Metric COLD_START = new Metric("ColdStart", "Count");
    /** A percentage for alarms, which cannot divide. */
    private static final Metric MEMORY_PERCENT = new Metric("RedisMemoryPercent", "Percent");

    private static final Metric REQUESTS = new Metric("Requests", "Count");

    private static final String BY_FUNCTION = "[[\"FunctionName\"]]";
    private static final String BY_OUTCOME = "[[\"FunctionName\",\"Outcome\"]]";

    private static final String REQUEST_WITHOUT_REDIS =
            ofRequest(DURATION, FAILURES, DEGRADED, CIRCUIT_OPENED, COLD_START);
    private static final String REQUEST_WITH_REDIS =
            ofRequest(DURATION, ROUND_TRIP, FAILURES, DEGRADED, CIRCUIT_OPENED, COLD_START);

    private final String functionName;
    private final LinkTally tally;
    private final LongSupplier epochMillis;
    private final Consumer<JsonLine> out;
    private final AtomicBoolean cold = new AtomicBoolean(true);
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<Label, Map<String, Integer>> labelled = new TreeMap<>();

    private record Label(String name, String value) implements Comparable<Label> {

        @Override
        public int compareTo(Label other) {
            int byName = name.compareTo(other.name);
            return byName == 0 ? value.compareTo(other.value) : byName;
        }

        String dimensions() {
            return "[[\"FunctionName\",\"".concat(name).concat("\"]]");
        }
    }

    /**
     * @param functionName the name of the deployed function
     * @param tally a listener of the function's link
     * @param epochMillis the wall clock
     * @param out receives each line
     */
    public EmfTelemetry(String functionName, LinkTally tally, LongSupplier epochMillis, Consumer<JsonLine> out) {
        this.functionName = functionName;
        this.tally = tally;
        this.epochMillis = epochMillis;
        this.out = out;
    }

    @Override
    public void recordTenant(String tenant) {
        CurrentRequest.setTenant(tenant);
    }

    @Override
    public void count(String counter, String outcome) {
        var name = metricName(counter.concat(".").concat(outcome));
        synchronized (counts) {
            counts.merge(name, 1, Integer::sum);
        }
    }

    @Override
    public EventCounter counter(String counter, String outcome, String label, String value) {
        var name = metricName(counter.concat(".").concat(outcome));
        var of = new Label(metricName(label), value);
        return () -> {
            synchronized (counts) {
                labelled.computeIfAbsent(of, _ -> new TreeMap<>()).merge(name, 1, Integer::sum);
            }
        };
    }

    /** Returns the words of {@code text}, each with a capital. */
    private static String metricName(String text) {
        var name = new StringBuilder();
        for (var word : text.split("[.-]", -1)) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
        }
        return name.toString();
    }

    private <K, V> NavigableMap<K, V> take(Map<K, V> counted) {
        synchronized (counts) {
            var taken = new TreeMap<>(counted);
            counted.clear();
            return taken;
        }
    }

    @Override
    public void recordRequest(RequestFacts request) {
        var redis = tally.take();
        boolean usesRedis = !redis.tripMicros().isEmpty();
        var parts = take(counts);
        var byLabel = take(labelled);
        var first = byLabel.pollFirstEntry();
        var directives = new StringBuilder(usesRedis ? REQUEST_WITH_REDIS : REQUEST_WITHOUT_REDIS);
        append(BY_FUNCTION, parts, directives);
        if (first != null) {
            append(first.getKey().dimensions(), first.getValue(), directives);
        }
        var line = metrics(listed(directives))
                .text("Outcome", request.outcome())
                .number(REQUESTS.name, 1)
                .thousandths(
                        DURATION.name,
                        TimeUnit.NANOSECONDS.toMicros(request.elapsed().toNanos()));
        if (usesRedis) {
            line.thousandths(ROUND_TRIP.name, redis.tripMicros());
        }
        parts.forEach(line::number);
        if (first != null) {
            line.text(first.getKey().name, first.getKey().value);
            first.getValue().forEach(line::number);
        }
        line.number(FAILURES.name, redis.failures())
                .number(DEGRADED.name, request.degraded() ? 1 : 0)
                .number(CIRCUIT_OPENED.name, Collections.frequency(redis.circuit(), CircuitState.OPEN))
                .number(COLD_START.name, cold.getAndSet(false) ? 1 : 0);
        if (!redis.circuit().isEmpty()) {
            var states = new StringJoiner(" ");
            for (var state : redis.circuit()) {
                states.add(state.toString());
            }
            line.text("circuit", states.toString());
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
        byLabel.forEach((label, events) -> record(label, events, request.requestId()));
    }

    private void record(Label label, Map<String, Integer> events, String requestId) {
        var line =
                metrics(listed(directive(label.dimensions(), counted(events)))).text(label.name, label.value);
        events.forEach(line::number);
        out.accept(line.text("requestId", requestId));
    }

    @Override
    public void recordCheck(RedisMetricValues redis) {
        if (redis.values().isEmpty()) {
            return;
        }
        var metrics = new ArrayList<Metric>();
        redis.values().keySet().forEach(figure -> metrics.add(new Metric(figure.metric(), figure.unit())));
        var percent = redis.memoryMilliPercent();
        if (percent != null) {
            metrics.add(MEMORY_PERCENT);
        }
        var line = metrics(listed(directive(BY_FUNCTION, metrics.toArray(Metric[]::new))));
        redis.values().forEach((figure, value) -> line.number(figure.metric(), value));
        if (percent != null) {
            line.thousandths(MEMORY_PERCENT.name, percent);
        }
        var requestId = CurrentRequest.id();
        if (requestId != null) {
            line.text("requestId", requestId);
        }
        out.accept(line);
    }

    private JsonLine metrics(String directives) {
        return new JsonLine()
                .json(
                        "_aws",
                        new JsonLine()
                                .number("Timestamp", epochMillis.getAsLong())
                                .json("CloudWatchMetrics", directives))
                .text("FunctionName", functionName);
    }

    private static void append(String dimensions, Map<String, Integer> events, StringBuilder directives) {
        if (!events.isEmpty()) {
            directives.append(',').append(directive(dimensions, counted(events)));
        }
    }

    private static Metric[] counted(Map<String, Integer> events) {
        var metrics = new ArrayList<Metric>();
        events.keySet().forEach(name -> metrics.add(new Metric(name, "Count")));
        return metrics.toArray(Metric[]::new);
    }

    private static String ofRequest(Metric... metrics) {
        return directive(BY_OUTCOME, REQUESTS).concat(",").concat(directive(BY_FUNCTION, metrics));
    }

    private static String listed(CharSequence directives) {
        return "[".concat(directives.toString()).concat("]");
    }

    private static String directive(String dimensions, Metric... metrics) {
        var list = new StringBuilder();
        for (var metric : metrics) {
            list.append(list.isEmpty() ? '[' : ',')
                    .append(new JsonLine().text("Name", metric.name).text("Unit", metric.unit));
        }
        return new JsonLine()
                .text("Namespace", NAMESPACE)
                .json("Dimensions", dimensions)
                .json("Metrics", list.append(']'))
                .toString();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.logs;

import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A line in the Embedded Metric Format. CloudWatch silently ignores a line that breaks the specification; here it is an
 * error.
 *
 * @param members the members but {@code _aws}
 * @param metrics the values of the metrics by name
 * @param dimensions the dimensions of each metric by its name
 */
public record EmfLine(
        Map<String, Object> members, Map<String, List<Double>> metrics, Map<String, Set<List<String>>> dimensions) {

    private static final JsonMapper JSON = JsonMapper.createDefault();

    private static final Set<String> UNITS =
            Set.of("Seconds", "Microseconds", "Milliseconds", "Bytes", "Percent", "Count", "None");

    /** Returns whether a printed line claims to be one. */
    public static boolean isOne(String line) {
        return line.contains("\"_aws\"");
    }

    /** Returns all such lines in {@code output}. */
    public static List<EmfLine> in(String output) {
        return output.lines().filter(EmfLine::isOne).map(EmfLine::read).toList();
    }

    /** Parses a line strictly. */
    public static EmfLine read(String line) {
        Map<String, Object> root;
        try {
            root = new HashMap<>(JSON.readValue(line, Argument.mapOf(String.class, Object.class)));
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + line, e);
        }
        var read = new EmfLine(root, new HashMap<>(), new HashMap<>());
        var aws = object(root.remove("_aws"), line);
        require(whole(aws.get("Timestamp")) > 0, "a Timestamp in milliseconds", line);
        var directives = array(aws.get("CloudWatchMetrics"), line);
        require(!directives.isEmpty(), "a directive", line);
        directives.forEach(directive -> read.directive(object(directive, line), line));
        return read;
    }

    private void directive(Map<String, Object> directive, String line) {
        text(directive.get("Namespace"), line);
        Set<List<String>> sets = new HashSet<>();
        for (var set : array(directive.get("Dimensions"), line)) {
            var names = array(set, line).stream().map(name -> text(name, line)).toList();
            require(names.size() <= 30, "30 dimensions at most", line);
            names.forEach(name -> require(text(members.get(name), line).length() <= 1_024, "a short dimension", line));
            sets.add(names);
        }
        var definitions = array(directive.get("Metrics"), line);
        require(!definitions.isEmpty() && definitions.size() <= 100, "1 to 100 metrics", line);
        for (var definition : definitions) {
            var name = text(object(definition, line).get("Name"), line);
            require(UNITS.contains(text(object(definition, line).get("Unit"), line)), "a unit that is known", line);
            require(metrics.put(name, numbers(members.get(name), line)) == null, "each metric once", line);
            dimensions.put(name, sets);
        }
    }

    private static List<Double> numbers(Object value, String line) {
        var values = value instanceof List<?> several ? several : List.of(Objects.requireNonNull(value, line));
        require(!values.isEmpty() && values.size() <= 100, "1 to 100 values", line);
        return values.stream()
                .map(each -> {
                    require(each instanceof Number, "a number, not " + each, line);
                    return ((Number) each).doubleValue();
                })
                .toList();
    }

    /** Returns the only value of a metric; null if the line has none. */
    public Double value(String metric) {
        var values = metrics.get(metric);
        require(values == null || values.size() == 1, "one value of " + metric, members.toString());
        return values == null ? null : values.getFirst();
    }

    private static long whole(Object value) {
        return value instanceof Long || value instanceof Integer ? ((Number) value).longValue() : -1;
    }

    private static String text(Object value, String line) {
        require(value instanceof String text && !text.isEmpty(), "a text, not " + value, line);
        return (String) value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value, String line) {
        require(value instanceof Map, "an object, not " + value, line);
        return (Map<String, Object>) value;
    }

    private static List<?> array(Object value, String line) {
        require(value instanceof List, "an array, not " + value, line);
        return (List<?>) value;
    }

    private static void require(boolean met, String what, String line) {
        if (!met) {
            throw new AssertionError("EMF wants " + what + ": " + line);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatehouse.bench.Contestant.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The results of one suite.
 *
 * @param suite the base name of its files
 * @param redis the version of Redis
 * @param settings the settings of the run: rounds, seconds, threads
 */
public record SuiteReport(String suite, String redis, Map<String, Object> settings, List<Comparison> comparisons) {

    /** The maximum of rounds that the JSON lists. */
    private static final int MAX_ROUNDS = 40;

    private static final String ABSENT = "–";

    /** Describes the machine and the settings in one line. */
    public String method() {
        var set = settings.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(joining(", "));
        return "%s; %d cores, JDK %s, Redis %s, %s; medians"
                .formatted(
                        set,
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version(),
                        redis,
                        LocalDate.now(ZoneOffset.UTC));
    }

    /** Prints the tables and writes {@code <suite>.json}. */
    public void publish(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(suite + ".json"), json());
        System.out.printf("%n%s%n%n%s%n", markdown(), method());
    }

    /** Writes {@code <suite>.svg} with the comparisons of one quantity. */
    public void publishChart(Path directory, String title, String quantity) throws IOException {
        var shown = comparisons.stream()
                .filter(comparison -> comparison.quantity().equals(quantity))
                .toList();
        var chart = new BarChart(title, method(), quantity, shown);
        Files.writeString(directory.resolve(suite + ".svg"), chart.svg());
    }

    /** Returns one table for each quantity, with a row for each contestant. */
    String markdown() {
        return comparisons.stream()
                .collect(groupingBy(Comparison::quantity, LinkedHashMap::new, toList()))
                .entrySet()
                .stream()
                .map(entry -> table(entry.getKey(), entry.getValue()))
                .collect(joining("\n\n"));
    }

    private static String table(String quantity, List<Comparison> columns) {
        var head = columns.stream().map(Comparison::title).collect(joining(" | of baseline | "));
        var rows = columns.stream()
                .flatMap(column -> column.series().stream())
                .collect(groupingBy(Series::name, LinkedHashMap::new, toList()))
                .values()
                .stream()
                .map(series -> row(series.getFirst(), columns))
                .collect(joining("\n"));
        return "| %s | %s | of baseline |%n|---|%s%n%s"
                .formatted(quantity, head, "---:|---:|".repeat(columns.size()), rows);
    }

    private static String row(Series contestant, List<Comparison> columns) {
        var name = contestant.role() == Role.OURS ? "**" + contestant.name() + "**" : contestant.name();
        var cells = columns.stream().flatMap(column -> column.named(contestant.name())
                .map(series -> Stream.of(figure(series.median()), ratio(series.ratioTo(column.baseline()))))
                .orElse(Stream.of(ABSENT, ABSENT)));
        return cells.collect(joining(" | ", "| " + name + " | ", " |"));
    }

    static String figure(double value) {
        var format = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private String json() throws IOException {
        var report = new LinkedHashMap<String, Object>();
        report.put("suite", suite);
        report.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        report.put("jdk", Runtime.version().toString());
        report.put("redis", redis);
        report.put("cores", Runtime.getRuntime().availableProcessors());
        report.putAll(settings);
        report.put("comparisons", comparisons.stream().map(SuiteReport::json).toList());
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
    }

    private static Map<String, Object> json(Comparison comparison) {
        var json = new LinkedHashMap<String, Object>();
        json.put("quantity", comparison.quantity());
        json.put("title", comparison.title());
        json.put(
                "contestants",
                comparison.series().stream()
                        .map(series -> json(series, comparison.baseline()))
                        .toList());
        return json;
    }

    private static Map<String, Object> json(Series series, Series baseline) {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", series.name());
        json.put("median", rounded(series.median()));
        json.put("ofBaseline", rounded(series.ratioTo(baseline)));
        if (series.rounds().size() <= MAX_ROUNDS) {
            json.put(
                    "rounds", series.rounds().stream().map(SuiteReport::rounded).toList());
        }
        return json;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}

package dev.gatehouse.bench.startup;

import static java.util.stream.Collectors.joining;

import dev.gatehouse.bench.BarChart;
import dev.gatehouse.bench.BarChart.Bar;
import dev.gatehouse.bench.BarChart.Group;
import dev.gatehouse.bench.BarChart.Role;
import dev.gatehouse.bench.Conditions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a run came to, for readers and for programs.
 *
 * @param client of our images: {@code own} or {@code aws}
 * @param rounds cold starts of each, without and with a cache
 * @param invocations of each after that
 * @param standings of all contestants, the floor first
 */
record StartUpReport(Conditions conditions, String client, int rounds, int invocations, List<Standing> standings) {

    private static final String NONE = "–";

    StartUpReport {
        standings = List.copyOf(standings);
    }

    /** How the starts were measured, in a line. */
    String method() {
        return "process start to first response, %d cores, JDK %s, Redis %s, %s; median of %d"
                .formatted(conditions.cores(), conditions.jdk(), conditions.redis(), conditions.date(), rounds);
    }

    /** A table of the starts, one of the processor time they took, and, where there are any, one of the invocations. */
    String markdown() {
        var tables = starts() + "\n\n" + processor();
        return invocations == 0 ? tables : tables + "\n\n" + calls() + "\n\n" + compiledCalls();
    }

    /** The starts as a picture. */
    BarChart chart() {
        return new BarChart(
                "A cold start, and as a multiple of the floor's",
                method(),
                "ms",
                List.of(
                        group(
                                "without a cache",
                                standing -> Optional.of(standing.starts().plainTimes())),
                        group("with a JDK 25 AOT cache", standing -> standing.starts()
                                .cachedTimes())));
    }

    /** Everything that was measured. */
    String json() {
        return """
                {
                  "suite": "startup",
                  "date": "%s",
                  "jdk": "%s",
                  "jvmOptions": "%s",
                  "clientOfImages": "%s",
                  "redis": "%s",
                  "cores": %d,
                  "rounds": %d,
                  "invocations": %d,
                  "contestants": [
                %s
                  ]
                }
                """.formatted(
                        conditions.date(),
                        conditions.jdk(),
                        Contestant.COLLECTOR + " " + Compilers.FIRST.option(),
                        client,
                        conditions.redis(),
                        conditions.cores(),
                        rounds,
                        invocations,
                        standings.stream().map(this::json).collect(joining(",\n")));
    }

    private Standing floor() {
        return standings.getFirst();
    }

    private Optional<Standing> documented() {
        return standings.stream()
                .filter(standing -> standing.contestant().key().equals(Contestants.DOCUMENTED))
                .findFirst();
    }

    private Group group(String title, Function<Standing, Optional<Samples>> times) {
        var bars = standings.stream()
                .flatMap(standing -> times.apply(standing).map(it -> bar(standing.contestant(), it)).stream())
                .toList();
        return new Group(title, bars);
    }

    private static Bar bar(Contestant contestant, Samples times) {
        return new Bar(contestant.name(), contestant.role(), times.median());
    }

    private String starts() {
        return standings.stream().map(this::start).collect(joining("\n", """
                        | cold, ms | without a cache | of the floor | with an AOT cache | of the floor | of “as documented” without | classes | cached |
                        |---|---:|---:|---:|---:|---:|---:|---:|
                        """, ""));
    }

    private String start(Standing standing) {
        var cached = standing.starts().cachedTimes();
        var plainFloor = floor().starts().plainTimes();
        return row(
                standing,
                Stream.of(
                        whole(standing.starts().plainTimes().median()),
                        ratio(standing.starts().plainTimes(), plainFloor),
                        cached.map(it -> whole(it.median())).orElse(NONE),
                        cached.map(it ->
                                        ratio(it, floor().starts().cachedTimes().orElseThrow()))
                                .orElse(NONE),
                        cached.flatMap(it -> documented()
                                        .map(other -> ratio(it, other.starts().plainTimes())))
                                .orElse(NONE),
                        standing.cache().map(it -> whole(it.classes())).orElse(NONE),
                        standing.cache().map(it -> whole(it.cached())).orElse(NONE)));
    }

    private String processor() {
        return standings.stream().map(this::processor).collect(joining("\n", """
                        | processor time of a start, ms | without a cache | of the floor | with an AOT cache | of the floor |
                        |---|---:|---:|---:|---:|
                        """, ""));
    }

    private String processor(Standing standing) {
        var plain = standing.starts().plainProcessor();
        var cached = standing.starts().cachedProcessor();
        return row(
                standing,
                Stream.of(
                        whole(plain.median()),
                        ratio(plain, floor().starts().plainProcessor()),
                        cached.map(it -> whole(it.median())).orElse(NONE),
                        cached.map(it -> ratio(
                                        it, floor().starts().cachedProcessor().orElseThrow()))
                                .orElse(NONE)));
    }

    private String calls() {
        return standings.stream().map(this::call).collect(joining("\n", """
                        | an invocation, from a cache, ms | p50 of the first 1,000 | of the floor | p99 | p50 after %,d | of the floor | p99 | live heap, MB, early | at the end |
                        |---|---:|---:|---:|---:|---:|---:|---:|---:|
                        """.formatted(invocations / 2), ""));
    }

    private String call(Standing standing) {
        var calls = standing.calls().orElseThrow();
        var floor = floor().calls().orElseThrow();
        return row(
                standing,
                Stream.of(
                        fine(calls.early().median()),
                        ratio(calls.early(), floor.early()),
                        fine(calls.early().quantile(0.99)),
                        fine(calls.late().median()),
                        ratio(calls.late(), floor.late()),
                        fine(calls.late().quantile(0.99)),
                        megabytes(calls.earlyHeap()),
                        megabytes(calls.lateHeap())));
    }

    private String compiledCalls() {
        return standings.stream()
                .filter(standing -> standing.compiledCalls().isPresent())
                .map(this::compiledCall)
                .collect(joining("\n", """
                        | an invocation with both compilers, ms | p50 after %,d | of the floor | p99 |
                        |---|---:|---:|---:|
                        """.formatted(invocations), ""));
    }

    private String compiledCall(Standing standing) {
        var late = standing.compiledCalls().orElseThrow().late();
        return row(
                standing,
                Stream.of(
                        fine(late.median()),
                        ratio(late, floor().compiledCalls().orElseThrow().late()),
                        fine(late.quantile(0.99))));
    }

    private static String row(Standing standing, Stream<String> cells) {
        var name = standing.contestant().name();
        var shown = standing.contestant().role() == Role.OURS ? "**" + name + "**" : name;
        return cells.collect(joining(" | ", "| " + shown + " | ", " |"));
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String fine(double millis) {
        return String.format(Locale.ROOT, "%.3f", millis);
    }

    private static String ratio(Samples times, Samples other) {
        return String.format(Locale.ROOT, "%.2f", times.median() / other.median());
    }

    private static String megabytes(OptionalLong bytes) {
        return bytes.isEmpty() ? NONE : String.format(Locale.ROOT, "%.1f", bytes.getAsLong() / 1e6);
    }

    private String json(Standing standing) {
        var cache = standing.cache().map(it -> "{\"bytes\": %d, \"classes\": %d, \"cached\": %d}"
                .formatted(it.bytes(), it.classes(), it.cached()));
        var starts = standing.starts();
        var floor = floor().starts();
        var fields = Stream.of(
                        field("name", Optional.of("\"" + standing.contestant().name() + "\"")),
                        field("cold", Optional.of(times(starts.plainTimes(), floor.plainTimes()))),
                        field("coldProcessor", Optional.of(times(starts.plainProcessor(), floor.plainProcessor()))),
                        field(
                                "coldWithCache",
                                starts.cachedTimes()
                                        .map(it -> times(it, floor.cachedTimes().orElseThrow()))),
                        field(
                                "coldWithCacheProcessor",
                                starts.cachedProcessor()
                                        .map(it -> times(
                                                it, floor.cachedProcessor().orElseThrow()))),
                        field("cache", cache),
                        field(
                                "warmWithCache",
                                standing.calls()
                                        .map(it -> warm(it, floor().calls().orElseThrow()))),
                        field(
                                "warmWithBothCompilers",
                                standing.compiledCalls()
                                        .map(it ->
                                                warm(it, floor().compiledCalls().orElseThrow()))))
                .flatMap(Optional::stream)
                .collect(joining(",\n      "));
        return "    {\n      " + fields + "\n    }";
    }

    private static Optional<String> field(String name, Optional<String> value) {
        return value.map(it -> "\"" + name + "\": " + it);
    }

    private static String times(Samples times, Samples floor) {
        return String.format(
                Locale.ROOT,
                "{\"millis\": %.1f, \"ofTheFloor\": %s, \"rounds\": [%s]}",
                times.median(),
                ratio(times, floor),
                times.millis().stream()
                        .map(each -> String.format(Locale.ROOT, "%.1f", each))
                        .collect(joining(", ")));
    }

    private static String warm(WarmCalls calls, WarmCalls floor) {
        return "{\"early\": %s, \"late\": %s}"
                .formatted(
                        warm(calls.early(), floor.early(), calls.earlyHeap()),
                        warm(calls.late(), floor.late(), calls.lateHeap()));
    }

    private static String warm(Samples times, Samples floor, OptionalLong heap) {
        return "{\"p50\": %s, \"ofTheFloor\": %s, \"p99\": %s%s}"
                .formatted(
                        fine(times.median()),
                        ratio(times, floor),
                        fine(times.quantile(0.99)),
                        heap.isEmpty() ? "" : ", \"liveHeapBytes\": " + heap.getAsLong());
    }
}

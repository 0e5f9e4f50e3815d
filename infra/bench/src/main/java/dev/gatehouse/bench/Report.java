package dev.gatehouse.bench;

import static java.util.stream.Collectors.joining;

import dev.gatehouse.bench.BarChart.Bar;
import dev.gatehouse.bench.BarChart.Group;
import dev.gatehouse.bench.BarChart.Role;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What a race came to, for readers and for programs.
 *
 * @param heats one for each load, all with the same contestants
 */
record Report(Race race, Conditions conditions, List<Heat> heats) {

    /** How it was measured, in a line. */
    String method() {
        return "%d threads, one Redis %s, %d cores, JDK %s, %s; median of %d rounds of %d s"
                .formatted(
                        race.threads(),
                        conditions.redis(),
                        conditions.cores(),
                        conditions.jdk(),
                        conditions.date(),
                        race.rounds(),
                        race.turn().toSeconds());
    }

    /** A table with a row for each contestant. */
    String markdown() {
        var titles = heats.stream().map(heat -> heat.load().title()).collect(joining(" | of the floor | "));
        var rows = IntStream.range(0, heats.getFirst().figures().size())
                .mapToObj(this::row)
                .collect(joining("\n"));
        return "| a second | " + titles + " | of the floor |\n|---|" + "---:|---:|".repeat(heats.size()) + "\n" + rows;
    }

    /** The medians as a picture, in which {@code ours} stands out. */
    BarChart chart(String ours) {
        var groups = heats.stream().map(heat -> group(heat, ours)).toList();
        return new BarChart("Rate-limit decisions a second, and as a share of the floor", method(), "a second", groups);
    }

    /** Everything that was measured, as JSON under the name {@code suite}. */
    String json(String suite) {
        return """
                {
                  "suite": "%s",
                  "date": "%s",
                  "jdk": "%s",
                  "redis": "%s",
                  "cores": %d,
                  "threads": %d,
                  "secondsPerRound": %d,
                  "loads": [
                %s
                  ]
                }
                """.formatted(
                        suite,
                        conditions.date(),
                        conditions.jdk(),
                        conditions.redis(),
                        conditions.cores(),
                        race.threads(),
                        race.turn().toSeconds(),
                        heats.stream().map(Report::json).collect(joining(",\n")));
    }

    private static Group group(Heat heat, String ours) {
        var bars = heat.figures().stream()
                .map(figure -> new Bar(figure.name(), role(figure, heat, ours), figure.median()))
                .toList();
        return new Group(heat.load().title(), bars);
    }

    private static Role role(Figure figure, Heat heat, String ours) {
        if (figure.equals(heat.floor())) {
            return Role.FLOOR;
        }
        return figure.name().equals(ours) ? Role.OURS : Role.PEER;
    }

    private String row(int contestant) {
        var name = heats.getFirst().figures().get(contestant).name();
        return heats.stream()
                .map(heat -> cells(heat.figures().get(contestant), heat.floor()))
                .collect(joining(" | ", "| " + name + " | ", " |"));
    }

    private static String cells(Figure figure, Figure floor) {
        return String.format(Locale.ROOT, "%,.0f | %.2f", figure.median(), figure.ratioTo(floor));
    }

    private static String json(Heat heat) {
        return """
                    {
                      "load": "%s",
                      "contestants": [
                %s
                      ]
                    }""".formatted(
                        heat.load().name().toLowerCase(Locale.ROOT),
                        heat.figures().stream()
                                .map(figure -> json(figure, heat.floor()))
                                .collect(joining(",\n")));
    }

    private static String json(Figure figure, Figure floor) {
        return String.format(
                Locale.ROOT,
                "        {\"name\": \"%s\", \"perSecond\": %.0f, \"ofTheFloor\": %.3f, \"rounds\": [%s]}",
                figure.name(),
                figure.median(),
                figure.ratioTo(floor),
                figure.rates().stream().map("%.0f"::formatted).collect(joining(", ")));
    }
}

package dev.gatehouse.bench;

import dev.gatehouse.fixtures.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Rate-limit decisions a second of a library user with eight threads on one Redis: many subjects, and one that all want.
 * The contestants take turns, so that a machine that is busy for a while is so for all; the median of the rounds counts.
 */
final class Decisions {

    private static final int THREADS = 8;
    private static final int ROUNDS = 7;
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final int SUBJECTS = 10_000;

    private Decisions() {}

    /** Who is asked about. */
    private enum Load {
        SPREAD,
        HOT;

        String subject() {
            return switch (this) {
                case SPREAD -> "subject-" + ThreadLocalRandom.current().nextInt(SUBJECTS);
                case HOT -> "everybody";
            };
        }
    }

    /** A contestant's median under a load. */
    private record Figure(Load load, String name, double perSecond) {}

    public static void main(String[] arguments) throws Exception {
        try (var redis = RedisProcess.start();
                var floor = new RawEvalSha(redis.url());
                var ours = new Gatehouse(redis.url())) {
            var contestants = List.<Contestant>of(floor, ours);
            for (var load : Load.values()) {
                report(measure(contestants, load));
            }
        }
    }

    /** The figures in the order of the contestants, of which the first is the floor. */
    private static List<Figure> measure(List<Contestant> contestants, Load load) throws Exception {
        var rates = new double[contestants.size()][ROUNDS];
        for (var round = -1; round < ROUNDS; round++) {
            for (var i = 0; i < contestants.size(); i++) {
                var rate = rate(contestants.get(i), load);
                if (round >= 0) { // The one before is for the compiler.
                    rates[i][round] = rate;
                }
            }
        }
        var figures = new ArrayList<Figure>();
        for (var i = 0; i < contestants.size(); i++) {
            figures.add(new Figure(load, contestants.get(i).name(), median(rates[i])));
        }
        return figures;
    }

    private static double rate(Contestant contestant, Load load) throws Exception {
        var decisions = new LongAdder();
        var from = System.nanoTime();
        var until = from + ROUND.toNanos();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var work = new ArrayList<Future<?>>();
            for (var i = 0; i < THREADS; i++) {
                work.add(threads.submit(() -> {
                    while (System.nanoTime() < until) {
                        contestant.decide(load.subject());
                        decisions.increment();
                    }
                    return null;
                }));
            }
            for (var each : work) {
                each.get();
            }
        }
        return decisions.sum() * 1e9 / (System.nanoTime() - from);
    }

    private static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void report(List<Figure> figures) throws IOException {
        var load = figures.getFirst().load.name().toLowerCase(Locale.ROOT);
        System.out.printf("%n| %d threads, %s | decisions/s | of the floor |%n|---|---|---|%n", THREADS, load);
        for (var figure : figures) {
            System.out.printf(
                    "| %s | %,.0f | %.2f |%n",
                    figure.name, figure.perSecond, figure.perSecond / figures.getFirst().perSecond);
        }
        var file = Path.of("results", "decisions-" + load + ".json");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                figures.stream()
                        .map(figure ->
                                "{\"name\": \"%s\", \"perSecond\": %.0f}".formatted(figure.name, figure.perSecond))
                        .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.startup;

import dev.gatehouse.bench.Comparison;
import dev.gatehouse.bench.Comparison.Heading;
import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.bench.Series;
import dev.gatehouse.bench.SuiteReport;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Measures the cold starts of the packages, and their invocations from the first one. */
final class StartUpBench {

    /** C1 only: Lambda's option for zips without SnapStart, and the option of our images. */
    private static final List<String> FIRST_COMPILER = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    /** Lambda's options with SnapStart since Java 25. */
    private static final List<String> BOTH_COMPILERS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4");

    private static final String COLD = "cold start, ms";
    private static final String PROCESSOR = "CPU time of a cold start, ms";
    private static final String PLAIN = "without a cache";
    private static final String CACHED = "with an AOT cache";

    private StartUpBench() {}

    /**
     * Runs the suite.
     *
     * @param arguments the cold starts of each function, without and with a cache; its invocations after that, 0 for none;
     *     the functions ({@code all}, or keys separated by commas); the directory for the results
     */
    public static void main(String[] arguments) throws Exception {
        var rounds = Integer.parseInt(arguments[0]);
        var invocations = Integer.parseInt(arguments[1]);
        if (rounds < 1 || invocations % 1_000 != 0) {
            throw new IllegalArgumentException(
                    "bench.rounds must be 1 or more, bench.invocations whole thousands: %d, %d"
                            .formatted(rounds, invocations));
        }
        try (var redis = RedisProcess.start();
                var functions = new Functions(redis)) {
            var chosen = functions.named(arguments[2]);
            var caches = train(chosen);
            var comparisons = new ArrayList<>(coldStarts(chosen, caches, rounds));
            comparisons.add(classes(caches));
            if (invocations > 0) {
                comparisons.addAll(
                        warm("images: first compiler, AOT cache", invocations, chosen, it -> startAsImage(it, caches)));
                var zips = chosen.stream().filter(WarmRun::isBaselineOrOurs).toList();
                comparisons.addAll(
                        warm("zips: both compilers, no cache", invocations, zips, it -> it.startAsZip(BOTH_COMPILERS)));
            }
            var settings = new LinkedHashMap<String, Object>();
            settings.put("starts", rounds);
            settings.put("invocations", invocations);
            var report = new SuiteReport("startup", redis.info("server", "redis_version"), settings, comparisons);
            var results = Path.of(arguments[3]);
            report.publish(results);
            report.publishChart(results, "A cold start, and as a multiple of the baseline's", COLD);
        }
    }

    private static Map<PackagedFunction, AotCache> train(List<PackagedFunction> functions) throws IOException {
        var directory = Files.createDirectories(Path.of("target/aot"));
        var caches = new LinkedHashMap<PackagedFunction, AotCache>();
        for (var function : functions) {
            if (function.onJvm()) {
                var cache = AotCache.train(function, FIRST_COMPILER, directory);
                System.out.printf(
                        "%s: %,d of %,d classes from its cache%n", function.name(), cache.cached(), cache.classes());
                caches.put(function, cache);
            }
        }
        return caches;
    }

    private static List<Comparison> coldStarts(
            List<PackagedFunction> functions, Map<PackagedFunction, AotCache> caches, int rounds) throws Exception {
        var headings = List.of(
                new Heading(COLD, PLAIN),
                new Heading(COLD, CACHED),
                new Heading(PROCESSOR, PLAIN),
                new Heading(PROCESSOR, CACHED));
        var comparisons = Comparison.alternately(functions, rounds, headings, function -> {
            var plain = coldStart(function, FIRST_COMPILER);
            var cache = caches.get(function);
            var cached = cache == null ? List.of(Double.NaN, Double.NaN) : coldStart(function, cache.jvmOptions());
            return List.of(plain.getFirst(), cached.getFirst(), plain.getLast(), cached.getLast());
        });
        var besideDocumented = comparisons.stream()
                .filter(comparison -> comparison.quantity().equals(COLD))
                .flatMap(StartUpBench::besideDocumented)
                .toList();
        return Stream.concat(comparisons.stream(), besideDocumented.stream()).toList();
    }

    /** Starts a process for one invocation. Returns the wall-clock and CPU milliseconds until its response. */
    private static List<Double> coldStart(PackagedFunction function, List<String> jvmOptions) {
        try (var process = function.startAsImage(jvmOptions)) {
            function.invoke(process);
            return List.of(
                    process.timeToFirstResponse().orElseThrow().toNanos() / 1e6,
                    process.processorTime().toNanos() / 1e6);
        }
    }

    /** Compares our functions with the documented peer instead of the baseline. */
    private static Stream<Comparison> besideDocumented(Comparison comparison) {
        return comparison.series().stream()
                .filter(series -> series.name().equals("Micronaut as documented"))
                .map(documented -> new Comparison(
                        COLD + ", beside “as documented”",
                        comparison.title(),
                        Stream.concat(
                                        Stream.of(new Series(documented.name(), Role.BASELINE, documented.rounds())),
                                        comparison.series().stream().filter(it -> it.role() == Role.OURS))
                                .toList()));
    }

    private static Comparison classes(Map<PackagedFunction, AotCache> caches) {
        var series = caches.entrySet().stream()
                .map(entry -> Series.of(
                        entry.getKey(), List.of((double) entry.getValue().classes())))
                .toList();
        return new Comparison("classes", "loaded until the first response", series);
    }

    private static FunctionProcess startAsImage(PackagedFunction function, Map<PackagedFunction, AotCache> caches) {
        var cache = caches.get(function);
        return function.startAsImage(cache == null ? List.of() : cache.jvmOptions());
    }

    private static List<Comparison> warm(
            String kind,
            int invocations,
            List<PackagedFunction> functions,
            Function<PackagedFunction, FunctionProcess> start) {
        try (var run = new WarmRun(kind, invocations, functions, start)) {
            return run.run();
        }
    }
}

package dev.gatehouse.bench.startup;

import static java.util.Objects.requireNonNull;

import dev.gatehouse.bench.BarChart.Role;
import dev.gatehouse.bench.Conditions;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a start costs, and an invocation after it: floor, ours and our peers. */
final class StartUp {

    private StartUp() {}

    /**
     * Takes the starts of each contestant without and with a cache, the invocations of each after that (0: none), the
     * contestants ({@code all}, or their keys with commas between them), the runtime client of our images ({@code own} or
     * {@code aws}), and the directory for the results.
     */
    public static void main(String[] arguments) throws IOException {
        var rounds = Integer.parseInt(arguments[0]);
        var invocations = Integer.parseInt(arguments[1]);
        if (rounds < 1 || invocations % WarmCalls.TURN != 0 || (invocations > 0 && invocations < WarmCalls.LEAST)) {
            throw new IllegalArgumentException(
                    "bench.rounds must be 1 or more, bench.invocations 0 or of %d, from %d on: %d, %d"
                            .formatted(WarmCalls.TURN, WarmCalls.LEAST, rounds, invocations));
        }
        try (var redis = RedisProcess.start();
                var contestants = new Contestants(redis, arguments[3])) {
            var caches = train(contestants.chosen(arguments[2]));
            var starts = ColdStarts.race(caches, rounds);
            var calls = invocations == 0 ? Map.<Contestant, WarmCalls>of() : WarmCalls.race(caches, invocations);
            var compiled = compiledCalls(caches.keySet(), invocations);
            var standings = caches.entrySet().stream()
                    .map(entry -> new Standing(
                            entry.getKey(),
                            entry.getValue(),
                            requireNonNull(starts.get(entry.getKey())),
                            Optional.ofNullable(calls.get(entry.getKey())),
                            Optional.ofNullable(compiled.get(entry.getKey().key()))))
                    .toList();
            var conditions = Conditions.here(redis.info("server", "redis_version"));
            publish(new StartUpReport(conditions, arguments[3], rounds, invocations, standings), Path.of(arguments[4]));
        }
    }

    /** By key, of the floor and ours: each with both compilers, and time for the second to have done its work. */
    private static Map<String, WarmCalls> compiledCalls(Collection<Contestant> contestants, int invocations) {
        if (invocations == 0) {
            return Map.of();
        }
        var compiled = contestants.stream()
                .filter(contestant ->
                        contestant.role() == Role.OURS || contestant.key().equals(Contestants.FLOOR))
                .map(Contestant::withBothCompilers)
                .toList();
        var calls = new HashMap<String, WarmCalls>();
        WarmCalls.races(compiled, 2 * invocations).forEach((contestant, its) -> calls.put(contestant.key(), its));
        return calls;
    }

    private static Map<Contestant, Optional<AotCache>> train(List<Contestant> contestants) throws IOException {
        var directory = Files.createDirectories(Path.of("target/aot"));
        var caches = new LinkedHashMap<Contestant, Optional<AotCache>>();
        for (var contestant : contestants) {
            caches.put(contestant, contestant.onJvm() ? Optional.of(trained(contestant, directory)) : Optional.empty());
        }
        return caches;
    }

    private static AotCache trained(Contestant contestant, Path directory) throws IOException {
        var cache = AotCache.trained(contestant, directory);
        System.out.printf(
                "%s has a cache of %,d MB: %,d of %,d classes come out of it%n",
                contestant.name(), cache.bytes() / 1_000_000, cache.cached(), cache.classes());
        return cache;
    }

    private static void publish(StartUpReport report, Path results) throws IOException {
        Files.createDirectories(results);
        Files.writeString(results.resolve("startup.json"), report.json());
        Files.writeString(results.resolve("startup.svg"), report.chart().svg());
        System.out.printf("%n%s%n%n%s%n", report.markdown(), report.method());
    }
}

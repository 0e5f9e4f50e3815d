package dev.gatehouse.bench.startup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long one contestant takes from the start of its process to its first response.
 *
 * @param plain without a cache
 * @param cached with one, where it has one
 */
record ColdStarts(Samples plain, Optional<Samples> cached) {

    /**
     * Lets all start in turn, so that a machine that is busy for a while is so for all of them.
     *
     * @param rounds starts of each, without and with its cache
     */
    static Map<Contestant, ColdStarts> race(Map<Contestant, Optional<AotCache>> contestants, int rounds) {
        var plain = new LinkedHashMap<Contestant, List<Double>>();
        var cached = new LinkedHashMap<Contestant, List<Double>>();
        for (var round = 1; round <= rounds; round++) {
            System.out.printf("starts, round %d of %d%n", round, rounds);
            contestants.forEach((contestant, cache) -> {
                times(plain, contestant).add(millis(contestant));
                cache.ifPresent(it -> times(cached, contestant).add(millis(contestant, it.options())));
            });
        }
        var starts = new LinkedHashMap<Contestant, ColdStarts>();
        plain.forEach((contestant, millis) -> starts.put(
                contestant,
                new ColdStarts(
                        new Samples(millis),
                        Optional.ofNullable(cached.get(contestant)).map(Samples::new))));
        return starts;
    }

    private static List<Double> times(Map<Contestant, List<Double>> all, Contestant contestant) {
        return all.computeIfAbsent(contestant, _ -> new ArrayList<>());
    }

    private static double millis(Contestant contestant, String... options) {
        try (var process = contestant.start(options)) {
            contestant.invoke(process);
            return process.timeToFirstResponse().orElseThrow().toNanos() / 1e6;
        }
    }
}

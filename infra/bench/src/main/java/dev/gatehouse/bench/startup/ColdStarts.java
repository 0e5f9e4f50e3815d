package dev.gatehouse.bench.startup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one contestant starts.
 *
 * @param plain without a cache
 * @param cached with one, as often, or never
 */
record ColdStarts(List<Start> plain, List<Start> cached) {

    ColdStarts {
        plain = List.copyOf(plain);
        cached = List.copyOf(cached);
    }

    /**
     * Lets all start in turn, so that a machine that is busy for a while is so for all of them.
     *
     * @param rounds starts of each, without and with its cache
     */
    static Map<Contestant, ColdStarts> race(Map<Contestant, Optional<AotCache>> contestants, int rounds) {
        var plain = new LinkedHashMap<Contestant, List<Start>>();
        var cached = new LinkedHashMap<Contestant, List<Start>>();
        for (var round = 1; round <= rounds; round++) {
            System.out.printf("starts, round %d of %d%n", round, rounds);
            contestants.forEach((contestant, cache) -> {
                of(contestant, plain).add(Start.of(contestant));
                cache.ifPresent(it -> of(contestant, cached).add(Start.of(contestant, it.options())));
            });
        }
        var starts = new LinkedHashMap<Contestant, ColdStarts>();
        contestants
                .keySet()
                .forEach(contestant ->
                        starts.put(contestant, new ColdStarts(of(contestant, plain), of(contestant, cached))));
        return starts;
    }

    private static List<Start> of(Contestant contestant, Map<Contestant, List<Start>> all) {
        return all.computeIfAbsent(contestant, _ -> new ArrayList<>());
    }

    Samples plainTimes() {
        return Samples.of(plain, Start::time);
    }

    /** Empty without a cache. */
    Optional<Samples> cachedTimes() {
        return cached.isEmpty() ? Optional.empty() : Optional.of(Samples.of(cached, Start::time));
    }

    Samples plainProcessor() {
        return Samples.of(plain, Start::processor);
    }

    /** Empty without a cache. */
    Optional<Samples> cachedProcessor() {
        return cached.isEmpty() ? Optional.empty() : Optional.of(Samples.of(cached, Start::processor));
    }
}

package dev.gatehouse.bench.startup;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * How long an invocation of one contestant takes once it runs, and what it keeps.
 *
 * @param early the first thousand
 * @param late the second half of all
 * @param earlyHeap bytes that live after the early ones, on a JVM
 * @param lateHeap bytes that live at the end, on a JVM
 */
record WarmCalls(Samples early, Samples late, OptionalLong earlyHeap, OptionalLong lateHeap) {

    /** So short that a machine that slows down does so for all. */
    static final int TURN = 250;

    static final int EARLY = 1_000;
    /** So often are processes started, where luck with one may be a tenth. */
    static final int RACES = 3;
    /** The fewest invocations of which the last are others than the early ones. */
    static final int LEAST = 2 * EARLY;

    /**
     * Those with the middle one of the late medians in {@value #RACES} races, each with processes of its own, which have no
     * cache.
     *
     * @param invocations of each, in whole turns
     */
    static Map<Contestant, WarmCalls> races(List<Contestant> contestants, int invocations) {
        var withoutCaches = new LinkedHashMap<Contestant, Optional<AotCache>>();
        contestants.forEach(contestant -> withoutCaches.put(contestant, Optional.empty()));
        var races = Stream.generate(() -> race(withoutCaches, invocations))
                .limit(RACES)
                .toList();
        var middle = new LinkedHashMap<Contestant, WarmCalls>();
        for (var contestant : contestants) {
            var sorted = races.stream()
                    .map(race -> requireNonNull(race.get(contestant)))
                    .sorted(Comparator.comparingDouble(calls -> calls.late().median()))
                    .toList();
            middle.put(contestant, sorted.get(RACES / 2));
        }
        return middle;
    }

    /**
     * Keeps a process of each, started from its cache if it has one, and lets them take turns of {@value #TURN}
     * invocations.
     *
     * @param invocations of each, in whole turns
     */
    static Map<Contestant, WarmCalls> race(Map<Contestant, Optional<AotCache>> contestants, int invocations) {
        var processes = new ArrayList<WarmProcess>();
        try {
            contestants.forEach((contestant, cache) -> processes.add(new WarmProcess(
                    contestant, invocations, cache.map(AotCache::options).orElse(new String[0]))));
            for (var turn = 1; turn <= invocations / TURN; turn++) {
                if (turn * TURN % EARLY == 0) {
                    System.out.printf("invocations, %,d of %,d%n", turn * TURN, invocations);
                }
                processes.forEach(WarmProcess::takeTurn);
            }
            var calls = new LinkedHashMap<Contestant, WarmCalls>();
            processes.forEach(process -> calls.put(process.contestant(), process.calls()));
            return calls;
        } finally {
            processes.forEach(WarmProcess::close);
        }
    }
}

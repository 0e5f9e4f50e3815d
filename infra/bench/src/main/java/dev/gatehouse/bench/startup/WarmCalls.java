package dev.gatehouse.bench.startup;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * How long an invocation of one contestant takes once it runs, and what it keeps.
 *
 * @param early the two thousand after the first thousand
 * @param late the second half of all
 * @param earlyHeap bytes that live after the early ones, on a JVM
 * @param lateHeap bytes that live at the end, on a JVM
 */
record WarmCalls(Samples early, Samples late, OptionalLong earlyHeap, OptionalLong lateHeap) {

    /** So short that a machine that slows down does so for all. */
    static final int TURN = 250;

    static final int FIRST = 1_000;
    static final int EARLY = 2_000;
    /** So often are processes started, where luck with one may be a tenth. */
    static final int RACES = 3;
    /** The fewest invocations of which the last are others than the early ones. */
    static final int LEAST = 2 * (FIRST + EARLY);

    /**
     * Those with the middle one of the late medians in {@value #RACES} races, each with processes of its own.
     *
     * @param invocations of each, in whole turns
     */
    static Map<Contestant, WarmCalls> races(List<Contestant> contestants, int invocations) {
        var races = Stream.generate(() -> race(contestants, invocations))
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
     * Keeps a process of each and lets them take turns of {@value #TURN} invocations.
     *
     * @param invocations of each, in whole turns
     */
    static Map<Contestant, WarmCalls> race(Iterable<Contestant> contestants, int invocations) {
        var processes = new ArrayList<WarmProcess>();
        try {
            for (var contestant : contestants) {
                processes.add(new WarmProcess(contestant, invocations));
            }
            for (var turn = 1; turn <= invocations / TURN; turn++) {
                if (turn * TURN % FIRST == 0) {
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

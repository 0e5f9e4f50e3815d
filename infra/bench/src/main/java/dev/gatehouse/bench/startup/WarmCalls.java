package dev.gatehouse.bench.startup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How long an invocation of one contestant takes once it runs, and what it keeps.
 *
 * @param early the two thousand after the first thousand
 * @param late the last two thousand
 * @param earlyHeap bytes that live after the early ones, on a JVM
 * @param lateHeap bytes that live at the end, on a JVM
 */
record WarmCalls(Samples early, Samples late, OptionalLong earlyHeap, OptionalLong lateHeap) {

    static final int TURN = 1_000;
    static final int SAMPLE = 2 * TURN;
    /** The fewest invocations of which the last are others than the early ones. */
    static final int LEAST = TURN + 2 * SAMPLE;

    /**
     * Keeps a process of each and lets them take turns of a thousand invocations.
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
                System.out.printf("invocations, turn %d of %d%n", turn, invocations / TURN);
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

package dev.gatehouse.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Several threads that decide as fast as they are answered. The contestants take turns, so that a machine that is busy
 * for a while is so for all of them, and one round before the first is for the compiler.
 *
 * @param threads that decide at the same time, each waiting for its answer
 * @param rounds turns of each contestant that count
 * @param turn how long one takes
 */
record Race(int threads, int rounds, Duration turn) {

    Race {
        if (threads < 1 || rounds < 1 || !turn.isPositive()) {
            throw new IllegalArgumentException(
                    "bench.rounds and bench.seconds must be 1 or more: " + rounds + ", " + turn.toSeconds());
        }
    }

    /** Lets all take their turns under {@code load}. */
    Heat run(List<Contestant> contestants, Load load) throws InterruptedException, ExecutionException {
        var rates = contestants.stream().map(_ -> new ArrayList<Double>()).toList();
        for (var round = 0; round <= rounds; round++) {
            for (var i = 0; i < contestants.size(); i++) {
                var rate = rate(contestants.get(i), load);
                if (round > 0) {
                    rates.get(i).add(rate);
                }
            }
        }
        var figures = new ArrayList<Figure>();
        for (var i = 0; i < contestants.size(); i++) {
            figures.add(new Figure(contestants.get(i).name(), rates.get(i)));
        }
        return new Heat(load, figures);
    }

    private double rate(Contestant contestant, Load load) throws InterruptedException, ExecutionException {
        var decisions = 0L;
        var from = System.nanoTime();
        var until = from + turn.toNanos();
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var work = new ArrayList<Future<Long>>();
            for (var i = 0; i < threads; i++) {
                work.add(pool.submit(() -> decisions(contestant, load, until)));
            }
            for (var each : work) {
                decisions += each.get();
            }
        }
        return decisions * 1e9 / (System.nanoTime() - from);
    }

    private static long decisions(Contestant contestant, Load load, long until) throws Exception {
        var decisions = 0L;
        while (System.nanoTime() - until < 0) {
            contestant.decide(load.subject());
            decisions++;
        }
        return decisions;
    }
}

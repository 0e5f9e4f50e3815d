// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.startup;

import dev.gatehouse.bench.Comparison;
import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.bench.Series;
import dev.gatehouse.testkit.lambda.FunctionProcess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Invokes one process of each function many times, in alternating batches. */
final class WarmRun implements AutoCloseable {

    /** Invocations in one batch: few enough that a slower machine affects all functions. */
    static final int BATCH = 250;

    private static final List<Integer> WINDOWS = List.of(1_000, 10_000, 100_000);

    /** A process and its figures. */
    private static final class Invoked implements AutoCloseable {

        private final PackagedFunction function;
        private final FunctionProcess process;
        private final double[] millis;
        private final List<Double> liveMegabytes = new ArrayList<>();
        private int done;

        Invoked(PackagedFunction function, FunctionProcess process, int invocations) {
            this.function = function;
            this.process = process;
            this.millis = new double[Math.min(invocations, function.maxInvocations())];
        }

        void runBatch() {
            for (var i = 0; i < BATCH && done < millis.length; i++) {
                millis[done++] = function.invoke(process);
            }
        }

        void countHeap() {
            liveMegabytes.add(function.onJvm() ? process.liveHeapBytes() / 1e6 : Double.NaN);
        }

        List<Double> window(int from, int to) {
            return Arrays.stream(millis, from, Math.min(to, millis.length))
                    .boxed()
                    .toList();
        }

        @Override
        public void close() {
            process.close();
        }
    }

    private final String kind;
    private final int invocations;
    private final List<Invoked> all = new ArrayList<>();

    /**
     * Starts the processes.
     *
     * @param kind the kind of start, for the titles
     * @param invocations the invocations of each process, at least {@value #BATCH}
     */
    WarmRun(
            String kind,
            int invocations,
            List<PackagedFunction> functions,
            Function<PackagedFunction, FunctionProcess> start) {
        this.kind = kind;
        this.invocations = invocations;
        try {
            functions.forEach(function -> all.add(new Invoked(function, start.apply(function), invocations)));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Runs all batches. Returns medians, 99th percentiles and live heaps, each by window. */
    List<Comparison> run() {
        var medians = new ArrayList<Comparison>();
        var tails = new ArrayList<Comparison>();
        var heaps = new ArrayList<Comparison>();
        var from = 0;
        for (var to : ends()) {
            for (var done = from; done < to; done += BATCH) {
                all.forEach(Invoked::runBatch);
            }
            all.forEach(Invoked::countHeap);
            System.out.printf("%s: %,d invocations each%n", kind, to);
            var title = from == 0 ? "the first %,d".formatted(to) : "%,d to %,d".formatted(from + 1, to);
            int start = from;
            medians.add(compare("p50 of an invocation, ms, " + kind, title, start, to, this::batchMedians));
            tails.add(compare("p99 of an invocation, ms, " + kind, title, start, to, tail()));
            heaps.add(compare("live heap, MB, " + kind, "after %,d".formatted(to), start, to, heap()));
            from = to;
        }
        medians.addAll(tails);
        medians.addAll(heaps);
        return medians;
    }

    private List<Integer> ends() {
        var ends = new ArrayList<>(
                WINDOWS.stream().filter(end -> end < invocations).toList());
        ends.add(invocations);
        return ends;
    }

    /** Computes the figures of a function's invocations in one window. */
    private interface Figures {
        List<Double> of(Invoked invoked, int from, int to);
    }

    private List<Double> batchMedians(Invoked invoked, int from, int to) {
        var medians = new ArrayList<Double>();
        for (var batch = from; batch < to; batch += BATCH) {
            medians.add(Series.quantile(invoked.window(batch, batch + BATCH), 0.5));
        }
        return medians;
    }

    private static Figures tail() {
        return (invoked, from, to) -> List.of(Series.quantile(invoked.window(from, to), 0.99));
    }

    private static Figures heap() {
        ToDoubleFunction<Invoked> last = invoked -> invoked.liveMegabytes.getLast();
        return (invoked, _, _) -> List.of(last.applyAsDouble(invoked));
    }

    private Comparison compare(String quantity, String title, int from, int to, Figures figures) {
        var series = all.stream()
                .filter(invoked -> invoked.done >= to)
                .map(invoked -> Series.of(invoked.function, figures.of(invoked, from, to)))
                .filter(it -> !it.rounds().getFirst().isNaN())
                .toList();
        return new Comparison(quantity, title, series);
    }

    static boolean isBaselineOrOurs(PackagedFunction function) {
        return function.role() == Role.OURS || function.key().startsWith(Functions.BASELINE);
    }

    @Override
    public void close() {
        all.forEach(Invoked::close);
    }
}

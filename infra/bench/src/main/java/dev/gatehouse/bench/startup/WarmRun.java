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

/** Invokes one process of each function again and again, in turns, from its first invocation on. */
final class WarmRun implements AutoCloseable {

    /** Invocations in one turn: so few that a machine that slows down slows all functions. */
    static final int TURN = 250;

    private static final List<Integer> WINDOWS = List.of(1_000, 10_000, 100_000);

    /** One process and its figures. */
    private static final class Invoked implements AutoCloseable {

        private final PackagedFunction function;
        private final FunctionProcess process;
        private final double[] millis;
        private final List<Double> liveMegabytes = new ArrayList<>();
        private int done;

        Invoked(PackagedFunction function, FunctionProcess process, int invocations) {
            this.function = function;
            this.process = process;
            this.millis = new double[Math.min(invocations, function.mostInvocations())];
        }

        void takeTurn() {
            for (var i = 0; i < TURN && done < millis.length; i++) {
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
     * @param kind names the way they start, for the titles
     * @param invocations of each, at least {@value #TURN}
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

    /** Runs all turns and returns medians, 99th percentiles and live heaps, each by window. */
    List<Comparison> run() {
        var medians = new ArrayList<Comparison>();
        var tails = new ArrayList<Comparison>();
        var heaps = new ArrayList<Comparison>();
        var from = 0;
        for (var to : ends()) {
            for (var done = from; done < to; done += TURN) {
                all.forEach(Invoked::takeTurn);
            }
            all.forEach(Invoked::countHeap);
            System.out.printf("%s: %,d invocations each%n", kind, to);
            var title = from == 0 ? "the first %,d".formatted(to) : "%,d to %,d".formatted(from + 1, to);
            int start = from;
            medians.add(compare("p50 of an invocation, ms, " + kind, title, start, to, this::turnMedians));
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

    /** Figures of the invocations of a window; of none where the function was not invoked all through. */
    private interface Figures {
        List<Double> of(Invoked invoked, int from, int to);
    }

    private List<Double> turnMedians(Invoked invoked, int from, int to) {
        var medians = new ArrayList<Double>();
        for (var turn = from; turn < to; turn += TURN) {
            medians.add(Series.quantile(invoked.window(turn, turn + TURN), 0.5));
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

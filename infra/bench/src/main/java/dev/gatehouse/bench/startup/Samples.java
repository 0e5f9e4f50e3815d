package dev.gatehouse.bench.startup;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Times that were measured, in the order in which they were.
 *
 * @param millis at least one
 */
record Samples(List<Double> millis) {

    Samples {
        millis = List.copyOf(millis);
    }

    static Samples of(List<Start> starts, ToDoubleFunction<Start> what) {
        return new Samples(starts.stream().mapToDouble(what).boxed().toList());
    }

    static Samples ofNanos(long[] nanos, int from, int to) {
        return new Samples(
                Arrays.stream(nanos, from, to).mapToObj(each -> each / 1e6).toList());
    }

    double median() {
        return quantile(0.5);
    }

    /** The time within which this share of them lies. */
    double quantile(double share) {
        var sorted = millis.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
    }
}

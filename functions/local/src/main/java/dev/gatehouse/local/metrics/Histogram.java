package dev.gatehouse.local.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How long things took, in seconds, for each value of one label. */
final class Histogram implements Family {

    /** From a quarter of a millisecond, which a near Redis takes, to what no decision may. */
    private static final long[] BOUNDS_MICROS = {
        250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000
    };

    private static final class Series {

        private final List<LongAdder> counts = new ArrayList<>();
        private final LongAdder sumNanos = new LongAdder();

        Series() {
            for (int i = 0; i <= BOUNDS_MICROS.length; i++) {
                counts.add(new LongAdder());
            }
        }

        void observe(long nanos) {
            int bucket = 0;
            while (bucket < BOUNDS_MICROS.length && nanos > BOUNDS_MICROS[bucket] * 1_000) {
                bucket++;
            }
            counts.get(bucket).increment();
            sumNanos.add(nanos);
        }
    }

    private final String name;
    private final String help;
    private final String label;
    private final Map<String, Series> series = new ConcurrentHashMap<>();

    Histogram(String name, String help, String label) {
        this.name = name;
        this.help = help;
        this.label = label;
    }

    void observe(String value, long nanos) {
        var observed = series.get(value);
        if (observed == null) {
            observed = series.computeIfAbsent(value, _ -> new Series());
        }
        observed.observe(nanos);
    }

    @Override
    public void writeTo(Exposition text) {
        text.family(name, "histogram", help);
        series.forEach((value, observed) -> writeTo(text, value, observed));
    }

    /** All from one reading of the counts, so that the last bucket is the count. */
    private void writeTo(Exposition text, String value, Series observed) {
        long sofar = 0;
        for (int i = 0; i < observed.counts.size(); i++) {
            sofar += observed.counts.get(i).sum();
            var bound = i < BOUNDS_MICROS.length ? BOUNDS_MICROS[i] / 1e6 : Double.POSITIVE_INFINITY;
            text.sample(
                    name + "_bucket", List.of(label, "le"), List.of(value, Exposition.number(bound)), (double) sofar);
        }
        text.sample(name + "_sum", List.of(label), List.of(value), observed.sumNanos.sum() / 1e9);
        text.sample(name + "_count", List.of(label), List.of(value), (double) sofar);
    }
}

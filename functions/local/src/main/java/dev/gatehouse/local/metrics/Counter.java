package dev.gatehouse.local.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happened, for each combination of its labels. */
final class Counter implements Family {

    /** Labels have few values; this guards memory against a server that invents error words. */
    private static final int MOST_SERIES = 1_000;

    private final String name;
    private final String help;
    private final List<String> labels;
    private final Map<List<String>, LongAdder> series = new ConcurrentHashMap<>();

    Counter(String name, String help, String... labels) {
        this.name = name;
        this.help = help;
        this.labels = List.of(labels);
    }

    /** Has a series be there before anything is counted, for what comes first would else be no increase. */
    Counter startingWith(String... values) {
        series.putIfAbsent(List.of(values), new LongAdder());
        return this;
    }

    void increment(String... values) {
        var key = List.of(values);
        var counted = series.get(key);
        if (counted == null) {
            counted = series.computeIfAbsent(bounded(key), _ -> new LongAdder());
        }
        counted.increment();
    }

    private List<String> bounded(List<String> key) {
        return series.size() < MOST_SERIES
                ? key
                : key.stream().map(_ -> "other").toList();
    }

    @Override
    public void writeTo(Exposition text) {
        text.family(name, "counter", help);
        series.forEach((values, counted) -> text.sample(name, labels, values, (double) counted.sum()));
    }
}

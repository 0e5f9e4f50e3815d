package dev.gatehouse.local.metrics;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is, read when it is asked for. */
final class Gauge implements Family {

    private final String name;
    private final String type;
    private final String help;
    private final List<String> labels;
    private final Supplier<Map<String, Double>> values;

    private Gauge(String name, String type, String help, List<String> labels, Supplier<Map<String, Double>> values) {
        this.name = name;
        this.type = type;
        this.help = help;
        this.labels = labels;
        this.values = values;
    }

    /** A gauge of one series. Where {@code value} gives null it is not known, and has none. */
    static Gauge of(String name, String help, Supplier<@Nullable Double> value) {
        return new Gauge(name, "gauge", help, List.of(), () -> {
            var known = value.get();
            return known == null ? Map.of() : Map.of("", known);
        });
    }

    /** A gauge with a series for each value of its label. */
    static Gauge by(String label, String name, String help, Supplier<Map<String, Double>> values) {
        return new Gauge(name, "gauge", help, List.of(label), values);
    }

    /** This, of what only grows and is counted elsewhere. */
    Gauge asCounter() {
        return new Gauge(name, "counter", help, labels, values);
    }

    @Override
    public void writeTo(Exposition text) {
        text.family(name, type, help);
        values.get()
                .forEach((label, value) ->
                        text.sample(name, labels, labels.isEmpty() ? List.of() : List.of(label), value));
    }
}

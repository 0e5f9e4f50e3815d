package dev.gatehouse.bench;

import java.util.List;

/**
 * How a contestant did under one load.
 *
 * @param rates decisions a second, one for each round
 */
record Figure(String name, List<Double> rates) {

    Figure {
        rates = List.copyOf(rates);
    }

    /** Decisions a second in the middle round; of an even number of rounds, the better of the two in the middle. */
    double median() {
        return rates.stream().sorted().toList().get(rates.size() / 2);
    }

    double ratioTo(Figure other) {
        return median() / other.median();
    }
}

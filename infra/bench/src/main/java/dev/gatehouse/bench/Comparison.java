// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench;

import dev.gatehouse.bench.Contestant.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The results of contestants that were measured alternately under the same conditions.
 *
 * @param quantity the measured quantity and its unit
 * @param title the conditions: a load, a scenario or a phase
 * @param series one for each contestant, the baseline's included
 */
public record Comparison(String quantity, String title, List<Series> series) {

    /** Measures one contestant once. */
    @FunctionalInterface
    public interface Measurement<C extends Contestant> {

        /** Returns one figure for each heading, NaN for none. */
        List<Double> measure(C contestant) throws Exception;
    }

    /** A quantity and a title. */
    public record Heading(String quantity, String title) {}

    public Comparison {
        series = List.copyOf(series);
    }

    /**
     * Measures all contestants alternately, round by round, so that a slower machine affects all of them. Discards the
     * first round as warm-up.
     *
     * @param headings one for each figure of the measurement
     */
    public static <C extends Contestant> List<Comparison> alternately(
            List<C> contestants, int rounds, List<Heading> headings, Measurement<C> measurement) throws Exception {
        var figures = new ArrayList<List<List<Double>>>();
        for (var round = 0; round <= rounds; round++) {
            System.out.printf(
                    "%s, round %d of %d%n",
                    headings.getFirst().quantity() + ", " + headings.getFirst().title(), round, rounds);
            var figuresOfRound = new ArrayList<List<Double>>();
            for (var contestant : contestants) {
                figuresOfRound.add(measurement.measure(contestant));
            }
            if (round > 0) {
                figures.add(figuresOfRound);
            }
        }
        return IntStream.range(0, headings.size())
                .mapToObj(i -> of(headings.get(i), contestants, figures, i))
                .toList();
    }

    private static Comparison of(
            Heading heading, List<? extends Contestant> contestants, List<List<List<Double>>> figures, int index) {
        var series = IntStream.range(0, contestants.size())
                .mapToObj(contestant -> Series.of(
                        contestants.get(contestant),
                        figures.stream()
                                .map(round -> round.get(contestant).get(index))
                                .toList()))
                .filter(it -> !it.rounds().getFirst().isNaN())
                .toList();
        return new Comparison(heading.quantity(), heading.title(), series);
    }

    public Series baseline() {
        return series.stream()
                .filter(it -> it.role() == Role.BASELINE)
                .findFirst()
                .orElseThrow();
    }

    public Optional<Series> named(String name) {
        return series.stream().filter(it -> it.name().equals(name)).findFirst();
    }
}

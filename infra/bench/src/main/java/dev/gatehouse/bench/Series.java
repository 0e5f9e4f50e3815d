// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench;

import dev.gatehouse.bench.Contestant.Role;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The figures of one contestant.
 *
 * @param rounds at least one figure, in the order of the rounds
 */
public record Series(String name, Role role, List<Double> rounds) {

    public Series {
        rounds = List.copyOf(rounds);
    }

    public static Series of(Contestant contestant, Collection<Double> rounds) {
        return new Series(contestant.name(), contestant.role(), List.copyOf(rounds));
    }

    public double median() {
        return quantile(rounds, 0.5);
    }

    /**
     * Returns the median of the ratios of each round, because both ran under the same load of the machine. With different
     * numbers of rounds, returns the ratio of the medians.
     */
    public double ratioTo(Series other) {
        if (rounds.size() != other.rounds.size()) {
            return median() / other.median();
        }
        var ratios = IntStream.range(0, rounds.size())
                .mapToObj(round -> rounds.get(round) / other.rounds.get(round))
                .toList();
        return quantile(ratios, 0.5);
    }

    /** Returns the value below which this share of the values lies; the median of an even count is the upper one. */
    public static double quantile(Collection<Double> values, double share) {
        var sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
    }
}

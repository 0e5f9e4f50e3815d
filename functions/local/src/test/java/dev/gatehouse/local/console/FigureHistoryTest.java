// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.console.FiguresResponse.Durations;
import dev.gatehouse.local.console.FiguresResponse.RoundTrips;
import dev.gatehouse.local.console.FiguresResponse.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The samples that are held: their number, their age and their order. */
class FigureHistoryTest {

    private static final long START = 1_700_000_000_000L;

    private final FigureHistory history = new FigureHistory(Duration.ofSeconds(10), Duration.ofSeconds(2));

    private void add(long at) {
        history.add(new Sample(
                at,
                Map.of(),
                0,
                0,
                new RoundTrips(null, null, 0),
                new Durations(null, null),
                null,
                false,
                0,
                0,
                null,
                0));
    }

    private List<Long> times(long after) {
        return history.after(after).stream().map(Sample::at).toList();
    }

    @Test
    void holdsNothingAtFirst() {
        assertThat(times(0)).isEmpty();
    }

    @Test
    void returnsTheSamplesAfterATimeInOrder() {
        LongStream.of(0, 2_000, 4_001, 6_000).forEach(offset -> add(START + offset));

        assertThat(times(0)).containsExactly(START, START + 2_000, START + 4_001, START + 6_000);
        assertThat(times(START + 2_000)).containsExactly(START + 4_001, START + 6_000);
        assertThat(times(START + 1_999)).hasSize(3);
        assertThat(times(START + 6_000)).isEmpty();
        assertThat(times(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void holdsAsManySamplesAsAreDueInItsTime() {
        for (int i = 0; i < 1_000; i++) {
            add(START + 2_000L * i);
        }
        assertThat(times(0)).hasSize(5).last().isEqualTo(START + 1_998_000);

        for (int i = 0; i < 1_000; i++) {
            add(START + 2_000_000 + i);
        }
        assertThat(times(0)).as("samples in quick succession").hasSize(5);
    }

    @Test
    void dropsWhatIsTooOldAfterTheMachineWasSuspended() {
        LongStream.of(0, 2_000, 4_000).forEach(offset -> add(START + offset));

        add(START + Duration.ofHours(8).toMillis());

        assertThat(times(0)).containsExactly(START + Duration.ofHours(8).toMillis());
    }

    @Test
    void followsAClockThatStepsBack() {
        LongStream.of(0, 2_000, 4_000, 6_000).forEach(offset -> add(START + offset));

        add(START + 3_000);
        add(START + 5_000);

        assertThat(times(0)).containsExactly(START, START + 2_000, START + 3_000, START + 5_000);
        add(START - Duration.ofDays(1).toMillis());
        assertThat(times(0)).containsExactly(START - Duration.ofDays(1).toMillis());
    }

    @Test
    void neverHoldsTwoSamplesOfOneTime() {
        add(START);
        add(START);

        assertThat(times(0)).containsExactly(START);
    }
}

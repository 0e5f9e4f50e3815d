// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistogramTest {

    private static List<Duration> micros(int... micros) {
        return IntStream.of(micros)
                .mapToObj(each -> Duration.ofNanos(each * 1_000L))
                .toList();
    }

    @Test
    void returnsQuantilesOfUnsortedLatencies() {
        var latencies = new ArrayList<>(
                IntStream.rangeClosed(1, 100).mapToObj(Duration::ofMillis).toList());
        Collections.shuffle(latencies);
        var histogram = Histogram.of(latencies);

        assertThat(histogram.quantile(0.5)).isEqualTo(Duration.ofMillis(50));
        assertThat(histogram.quantile(0.99)).isEqualTo(Duration.ofMillis(99));
        assertThat(histogram.quantile(1)).isEqualTo(histogram.slowest()).isEqualTo(Duration.ofMillis(100));
        assertThat(histogram.quantile(0)).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void doublesTheBoundOfEachRow() {
        assertThat(Histogram.of(micros(90, 95, 100, 101, 390)).rows())
                .map(row -> row.replaceAll(" +", " "))
                .containsExactly(
                        "up to 0.100 ms ######################## 3",
                        "up to 0.200 ms ######## 1",
                        "up to 0.400 ms ######## 1");
    }

    @Test
    void collectsOutliersInTheLastRow() {
        var rows = Histogram.of(micros(30, 90_000_000)).rows();

        assertThat(rows).hasSize(8);
        assertThat(rows.getLast()).startsWith("up to 90000.000 ms").endsWith(" 1");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.metrics;

import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;

/** Creates timers with the buckets from which Prometheus computes percentiles. */
final class Latencies {

    /** From the round trip to a close Redis to more than any decision may take. */
    private static final Duration[] BUCKETS = LongStream.of(
                    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
                    2_500_000)
            .mapToObj(micros -> Duration.ofNanos(micros * 1_000))
            .toArray(Duration[]::new);

    private Latencies() {}

    static MeterProvider<Timer> of(String name, String description, MeterRegistry registry) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(BUCKETS)
                .withRegistry(registry);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.metrics;

import dev.gatehouse.telemetry.RedisMetric;
import dev.gatehouse.telemetry.RedisMetricValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows the figures of the latest check of Redis. An unknown figure has no series. */
final class RedisGauges {

    private final Map<RedisMetric, MultiGauge> figures = new EnumMap<>(RedisMetric.class);
    private final MultiGauge lastCheck;

    RedisGauges(MeterRegistry registry) {
        for (var figure : RedisMetric.values()) {
            figures.put(
                    figure,
                    MultiGauge.builder(figure.gauge())
                            .description(figure.description())
                            .register(registry));
        }
        lastCheck = MultiGauge.builder("gatehouse.redis.looked.timestamp.seconds")
                .description("Time of the last check of Redis, in seconds since 1970")
                .register(registry);
    }

    void show(RedisMetricValues redis, long epochMillis) {
        figures.forEach((figure, gauge) -> show(gauge, redis.values().get(figure)));
        show(lastCheck, epochMillis / 1e3);
    }

    private static void show(MultiGauge gauge, @Nullable Number value) {
        gauge.register(value == null ? List.of() : List.of(Row.of(Tags.empty(), value)), true);
    }
}

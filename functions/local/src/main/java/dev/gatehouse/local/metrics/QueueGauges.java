// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.metrics;

import dev.gatehouse.jobs.QueueCounts;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Shows the latest numbers of jobs of each configured queue. */
final class QueueGauges {

    private final Map<String, QueueCounts> queues = new ConcurrentHashMap<>();
    private final MultiGauge jobs;
    private final MultiGauge waits;
    private final InstantSource clock;

    QueueGauges(MeterRegistry registry, InstantSource clock) {
        this.clock = clock;
        jobs = MultiGauge.builder("gatehouse.jobs")
                .description("Jobs of each configured queue, by state")
                .register(registry);
        waits = MultiGauge.builder("gatehouse.jobs.oldest.due.seconds")
                .description("Time for which the oldest due job of each configured queue has been due")
                .register(registry);
    }

    synchronized void show(String queue, QueueCounts counts) {
        queues.put(queue, counts);
        jobs.register(
                queues.entrySet().stream()
                        .flatMap(entry -> rows(entry.getKey(), entry.getValue()))
                        .toList(),
                true);
        waits.register(
                queues.entrySet().stream()
                        .map(entry -> Row.of(Tags.of("queue", entry.getKey()), oldest(entry.getValue())))
                        .toList(),
                true);
    }

    private static Stream<Row<?>> rows(String queue, QueueCounts counts) {
        return Map.of(
                        "due", counts.due(),
                        "delayed", counts.delayed(),
                        "blocked", counts.blocked(),
                        "active", counts.active(),
                        "dead", counts.dead())
                .entrySet()
                .stream()
                .map(number -> Row.of(Tags.of("queue", queue, "state", number.getKey()), number.getValue()));
    }

    private double oldest(QueueCounts counts) {
        return counts.oldestDueAt()
                .map(due -> Duration.between(due, clock.instant()).toMillis() / 1e3)
                .map(seconds -> Math.max(0, seconds))
                .orElse(0.0);
    }
}

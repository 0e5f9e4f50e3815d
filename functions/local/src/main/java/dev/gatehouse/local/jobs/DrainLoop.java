// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.jobs;

import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.delivery.DrainSettings;
import dev.gatehouse.jobs.delivery.QueueDrain;
import dev.gatehouse.jobs.drain.Jobs;
import dev.gatehouse.local.metrics.ServerMetrics;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drains the configured queues while the server runs, each by itself, again one second after nothing was due in it. */
public final class DrainLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DrainLoop.class);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** The time for current deliveries to end when the server stops. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final QueueDrain drain;
    private final Duration window;
    private final List<Thread> threads;
    private @Nullable String lastFailure;

    private DrainLoop(QueueDrain drain, Duration window, List<QueueName> queues) {
        this.drain = drain;
        this.window = window;
        this.threads = queues.stream()
                .map(queue -> Thread.ofVirtual().name("gatehouse-drains").unstarted(() -> run(queue)))
                .toList();
    }

    /**
     * Starts the loop.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if Redis is disabled
     */
    public static DrainLoop start(RedisLink link, DrainSettings settings, ServerMetrics metrics) {
        var drain = new QueueDrain(
                Jobs.over(link),
                settings,
                link.settings().decisionBudget(),
                (queue, counts) -> metrics.recordQueue(queue.name(), counts));
        // A run counts the jobs for the metrics, so a busy queue is not drained by a single one.
        var window = settings.timeout().multipliedBy(2).plusSeconds(5);
        var loop = new DrainLoop(drain, window, settings.queues());
        loop.threads.forEach(Thread::start);
        return loop;
    }

    private void run(QueueName queue) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                drain.run(queue, Deadline.in(window));
                succeeded();
            } catch (RuntimeException e) {
                warn(e);
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private synchronized void succeeded() {
        lastFailure = null;
    }

    /** Logs a failure once while it lasts. */
    private synchronized void warn(RuntimeException failure) {
        var text = String.valueOf(failure.getMessage());
        if (!text.equals(lastFailure)) {
            lastFailure = text;
            LOG.warn("The queues are not drained: {}", text);
        }
    }

    /** Ends the loop: no other delivery begins. Waits up to ten seconds for current ones. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        var end = Deadline.in(PATIENCE);
        try {
            for (var thread : threads) {
                thread.join(Duration.ofNanos(Math.max(1, end.remainingNanos())));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

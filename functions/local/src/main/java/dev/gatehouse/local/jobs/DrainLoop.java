package dev.gatehouse.local.jobs;

import dev.gatehouse.jobs.drain.Jobs;
import dev.gatehouse.jobs.webhook.DrainSettings;
import dev.gatehouse.jobs.webhook.QueueDrain;
import dev.gatehouse.local.metrics.ServerMetrics;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drains the configured queues while the server runs, again one second after nothing was due. */
public final class DrainLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DrainLoop.class);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** The time for current deliveries to end when the server stops. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final QueueDrain drain;
    private final Duration window;
    private final Thread thread;
    private @Nullable String lastFailure;

    private DrainLoop(QueueDrain drain, Duration window) {
        this.drain = drain;
        this.window = window;
        this.thread = Thread.ofPlatform().daemon().name("gatehouse-drains").unstarted(this::run);
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
        // Between two runs, a stopping server begins no more deliveries.
        var loop = new DrainLoop(drain, settings.timeout().multipliedBy(2).plusSeconds(5));
        loop.thread.start();
        return loop;
    }

    private void run() {
        while (!thread.isInterrupted()) {
            try {
                drain.run(Deadline.in(window));
                lastFailure = null;
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

    /** Logs a failure once while it lasts. */
    private void warn(RuntimeException failure) {
        var text = String.valueOf(failure.getMessage());
        if (!text.equals(lastFailure)) {
            lastFailure = text;
            LOG.warn("The queues are not drained: {}", text);
        }
    }

    /** Ends the loop, and waits up to ten seconds for current deliveries. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

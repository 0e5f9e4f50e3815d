// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import dev.gatehouse.local.console.FiguresResponse.Sample;
import dev.gatehouse.local.metrics.ServerMetrics;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.RedisMetric;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Samples the figures of this server at intervals and holds those of ten minutes. Does nothing where the console is off. */
@Singleton
final class LiveFigures implements ApplicationEventListener<ServerStartupEvent> {

    static final Duration INTERVAL = Duration.ofSeconds(2);
    static final Duration RETENTION = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(LiveFigures.class);

    private final ConsoleAccess access;
    private final ServerMetrics metrics;
    private final @Nullable RedisLink link;
    private final WebSocketCount sockets;
    private final long startedAt = System.currentTimeMillis();
    private final FigureCounts counts = new FigureCounts();
    private final FigureHistory history = new FigureHistory(RETENTION, INTERVAL);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("gatehouse-console").factory());

    LiveFigures(
            ConsoleAccess access,
            ServerMetrics metrics,
            RedisSettings settings,
            BeanProvider<RedisLink> link,
            WebSocketCount sockets) {
        this.access = access;
        this.metrics = metrics;
        this.link = settings.enabled() ? link.get() : null;
        this.sockets = sockets;
    }

    /** Begins once the server listens, so that nothing is left running if it does not. */
    @Override
    public void onApplicationEvent(ServerStartupEvent event) {
        if (access == ConsoleAccess.OFF) {
            return;
        }
        metrics.addRequestListener(counts::count);
        if (link != null) {
            link.addCommandListener((_, _, reply, nanos) -> counts.count(reply, nanos));
        }
        // A fixed delay, so that no samples pile up while the machine is suspended.
        var _ = timer.scheduleWithFixedDelay(
                this::trySample, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Never throws, since the timer would end. */
    private void trySample() {
        try {
            sample();
        } catch (RuntimeException e) {
            LOG.warn("The figures of the console were not sampled", e);
        }
    }

    private void sample() {
        var interval = counts.next();
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        history.add(new Sample(
                System.currentTimeMillis(),
                interval.requests(),
                interval.degraded(),
                interval.errors(),
                interval.roundTrip(),
                interval.duration(),
                link == null ? null : link.circuitState().toString(),
                link != null && link.failure() == null,
                heap.getUsed(),
                heap.getMax(),
                metrics.lastCheck().values().get(RedisMetric.MEMORY_USED_BYTES),
                sockets.count()));
    }

    /** Returns the samples after a time in milliseconds since 1970. */
    FiguresResponse after(long millis) {
        return new FiguresResponse(INTERVAL.toMillis(), startedAt, System.currentTimeMillis(), history.after(millis));
    }

    @PreDestroy
    void close() {
        timer.shutdownNow();
    }
}

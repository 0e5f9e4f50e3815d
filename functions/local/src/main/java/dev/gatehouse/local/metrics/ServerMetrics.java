// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.metrics;

import dev.gatehouse.jobs.QueueCounts;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.telemetry.RedisMetricValues;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts requests for Prometheus, and logs each at {@code LOG_LEVEL=DEBUG}. Labels have few, fixed values: no tenant,
 * subject or key.
 */
@Singleton
@Bean(preDestroy = "close")
public final class ServerMetrics implements Telemetry, AutoCloseable {

    private static final Logger REQUESTS = LoggerFactory.getLogger("dev.gatehouse.requests");

    private final PrometheusMeterRegistry registry = registry();
    private final JvmGcMetrics garbageCollections = new JvmGcMetrics();
    private final RedisGauges redis = new RedisGauges(registry);
    private final QueueGauges queues = new QueueGauges(registry, InstantSource.system());
    private final MeterProvider<Counter> requests = Counter.builder("gatehouse.requests")
            .description("Requests answered")
            .withRegistry(registry);
    private final MeterProvider<Timer> durations =
            Latencies.of("gatehouse.request.duration", "From arrival to answer, by function", registry);
    private final MeterProvider<Counter> degraded = Counter.builder("gatehouse.degraded.decisions")
            .description("Decisions made without Redis, by policy")
            .withRegistry(registry);

    private final Map<Part, Counter> parts = new ConcurrentHashMap<>();
    private final List<Consumer<RequestFacts>> requestListeners = new CopyOnWriteArrayList<>();
    private volatile RedisMetricValues lastCheck = RedisMetricValues.NONE;

    // The registry builds and hashes the tags at each look-up. The labels have few values.
    private final Map<Labels, Meters> meters = new ConcurrentHashMap<>();

    private record Part(String counter, String outcome) {}

    private record Labels(String function, String route, String outcome, String source) {}

    private record Meters(Counter requests, Timer duration, Counter degraded) {}

    ServerMetrics(RedisSettings settings, BeanProvider<RedisLink> link) {
        // Registered at 0, or the first would be no increase.
        List.of("api-keys", "authorizer", "cache", "idempotency", "jobs", "rate-limit", "realtime", "session", "state")
                .forEach(function -> degraded.withTag("function", function));
        List.of("fresh", "stale", "missing").forEach(outcome -> part(new Part("cache.lookups", outcome)));
        List.of("leased", "loading", "held").forEach(outcome -> part(new Part("cache.loads", outcome)));
        List.of("filled", "taken", "invalidated", "ended").forEach(outcome -> part(new Part("cache.fills", outcome)));
        List.of("queued", "kept", "replaced", "after").forEach(outcome -> part(new Part("jobs.enqueued", outcome)));
        List.of("first", "retried").forEach(outcome -> part(new Part("jobs.taken", outcome)));
        List.of("completed", "waiting", "dead", "lost").forEach(outcome -> part(new Part("jobs.ended", outcome)));
        if (settings.enabled()) {
            LinkMetrics.bind(link.get(), registry);
        }
        FunctionCounter.builder("gatehouse.unreadable.sessions", this, _ -> RedisSessions.unreadable())
                .description("Times that a session's record in Redis could not be read")
                .register(registry);
        List.of(
                        garbageCollections,
                        new JvmMemoryMetrics(),
                        new JvmThreadMetrics(),
                        new ProcessorMetrics(),
                        new UptimeMetrics())
                .forEach(process -> process.bindTo(registry));
    }

    private static PrometheusMeterRegistry registry() {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config().meterFilter(LinkMetrics.bounds());
        return registry;
    }

    @Override
    public void count(String counter, String outcome) {
        part(new Part(counter, outcome)).increment();
    }

    private Counter part(Part part) {
        return parts.computeIfAbsent(part, this::register);
    }

    private Counter register(Part part, String... labels) {
        return Counter.builder("gatehouse." + part.counter)
                .description("Parts of requests, by outcome")
                .tag("outcome", part.outcome)
                .tags(labels)
                .register(registry);
    }

    @Override
    public EventCounter counter(String counter, String outcome, String label, String value) {
        return register(new Part(counter, outcome), label, value)::increment;
    }

    @Override
    public void recordRequest(RequestFacts request) {
        var labels = new Labels(request.function(), request.route(), request.outcome(), request.sourceName());
        var labeled = meters.computeIfAbsent(labels, this::meters);
        labeled.requests.increment();
        labeled.duration.record(request.elapsed());
        if (request.degraded()) {
            labeled.degraded.increment();
        }
        for (var listener : requestListeners) {
            listener.accept(request);
        }
        if (REQUESTS.isDebugEnabled()) {
            log(request);
        }
    }

    private Meters meters(Labels labels) {
        var counter = requests.withTags(
                "function", labels.function,
                "route", labels.route,
                "outcome", labels.outcome,
                "source", labels.source);
        return new Meters(
                counter, durations.withTag("function", labels.function), degraded.withTag("function", labels.function));
    }

    private static void log(RequestFacts request) {
        var line = REQUESTS.atDebug().addKeyValue("requestId", request.requestId());
        if (request.tenant() != null) {
            line = line.addKeyValue("tenant", request.tenant());
        }
        line.log(
                "{} {} {} by {} in {} us",
                request.route(),
                request.status(),
                request.outcome(),
                request.sourceName(),
                request.elapsed().toNanos() / 1_000);
    }

    /** Adds a listener for requests. It must not block or throw. */
    public void addRequestListener(Consumer<RequestFacts> listener) {
        requestListeners.add(listener);
    }

    /** Returns the figures of the latest check of Redis; none before the first. */
    public RedisMetricValues lastCheck() {
        return lastCheck;
    }

    @Override
    public void recordCheck(RedisMetricValues figures) {
        lastCheck = figures;
        redis.show(figures, System.currentTimeMillis());
    }

    /** Shows the numbers of jobs of a queue, until the next ones. */
    public void recordQueue(String queue, QueueCounts counts) {
        queues.show(queue, counts);
    }

    /** Returns all meters in Prometheus's text format. */
    String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        garbageCollections.close();
        registry.close();
    }
}

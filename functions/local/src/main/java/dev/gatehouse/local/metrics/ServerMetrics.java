package dev.gatehouse.local.metrics;

import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.telemetry.RedisFigures;
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
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what happens, for Prometheus to ask; and at {@code LOG_LEVEL=DEBUG} a line of the log for each request. Labels
 * are words of ours, and few: no tenant, subject or key.
 */
@Singleton
@Bean(preDestroy = "close")
public final class ServerMetrics implements Telemetry, AutoCloseable {

    private static final Logger REQUESTS = LoggerFactory.getLogger("dev.gatehouse.requests");

    private final PrometheusMeterRegistry registry = registry();
    private final JvmGcMetrics garbageCollections = new JvmGcMetrics();
    private final RedisGauges redis = new RedisGauges(registry);
    private final MeterProvider<Counter> requests = Counter.builder("gatehouse.requests")
            .description("Requests answered")
            .withRegistry(registry);
    private final MeterProvider<Timer> durations =
            Latencies.of("gatehouse.request.duration", "From arrival to answer, by function", registry);
    private final MeterProvider<Counter> degraded = Counter.builder("gatehouse.degraded.decisions")
            .description("Decisions made without Redis, by policy")
            .withRegistry(registry);

    ServerMetrics(RedisSettings settings, BeanProvider<RedisLink> link) {
        // There before anything is counted, for what comes first would else be no increase.
        List.of("authorizer", "idempotency", "rate-limit", "session")
                .forEach(function -> degraded.withTag("function", function));
        if (settings.enabled()) {
            LinkMetrics.count(link.get(), registry);
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
    public void answered(RequestFacts request) {
        requests.withTags(
                        "function", request.function(),
                        "route", request.route(),
                        "outcome", request.outcome(),
                        "source", request.sourceName())
                .increment();
        durations.withTag("function", request.function()).record(request.elapsed());
        if (request.degraded()) {
            degraded.withTag("function", request.function()).increment();
        }
        if (REQUESTS.isDebugEnabled()) {
            log(request);
        }
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

    @Override
    public void looked(RedisFigures figures) {
        redis.show(figures, System.currentTimeMillis());
    }

    /** All there is, in Prometheus's text format. */
    String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        garbageCollections.close();
        registry.close();
    }
}

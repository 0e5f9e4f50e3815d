package dev.gatehouse.local.metrics;

import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.telemetry.RedisFigure;
import dev.gatehouse.telemetry.RedisFigures;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.context.BeanProvider;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what happens, for Prometheus to ask; and at {@code LOG_LEVEL=DEBUG} a line of the log for each request. Labels
 * are words of ours, and few: no tenant, subject or key.
 */
@Singleton
public final class ServerMetrics implements Telemetry {

    private static final Logger REQUESTS = LoggerFactory.getLogger("dev.gatehouse.requests");

    /** The last look at Redis. */
    private record Look(RedisFigures figures, long epochMillis) {}

    private final Counter requests =
            new Counter("gatehouse_requests_total", "Requests answered", "function", "route", "outcome", "source");
    private final Histogram durations =
            new Histogram("gatehouse_request_duration_seconds", "From arrival to answer, by function", "function");
    private final Counter degraded = new Counter(
                    "gatehouse_degraded_decisions_total", "Decisions made without Redis, by policy", "function")
            .startingWith("idempotency")
            .startingWith("rate-limit")
            .startingWith("session");
    private final List<Family> families = new ArrayList<>();
    private volatile @Nullable Look look;

    ServerMetrics(RedisSettings settings, BeanProvider<RedisLink> link) {
        families.addAll(List.of(requests, durations, degraded));
        if (settings.enabled()) {
            families.addAll(linkMetrics(link.get()).families());
        }
        for (var figure : RedisFigure.values()) {
            families.add(Gauge.of(figure.gauge(), figure.description(), () -> known(figure)));
        }
        families.add(Gauge.of(
                "gatehouse_redis_looked_timestamp_seconds",
                "When Redis was last looked at, in seconds since 1970",
                () -> look instanceof Look(var _, var millis) ? millis / 1e3 : null));
        families.add(Gauge.of(
                        "gatehouse_unreadable_sessions_total",
                        "Times that a session's record in Redis could not be read",
                        () -> (double) RedisSessions.unreadable())
                .asCounter());
        families.addAll(ProcessGauges.all());
    }

    private static LinkMetrics linkMetrics(RedisLink link) {
        var metrics = new LinkMetrics(link);
        link.listen(metrics);
        link.overhear(metrics);
        return metrics;
    }

    private @Nullable Double known(RedisFigure figure) {
        var last = look;
        var value = last == null ? null : last.figures.known().get(figure);
        return value == null ? null : value.doubleValue();
    }

    @Override
    public void answered(RequestFacts request) {
        requests.increment(request.function(), request.route(), request.outcome(), request.sourceName());
        durations.observe(request.function(), request.elapsed().toNanos());
        if (request.degraded()) {
            degraded.increment(request.function());
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
    public void looked(RedisFigures redis) {
        look = new Look(redis, System.currentTimeMillis());
    }

    /** All there is, in Prometheus's text format. */
    String text() {
        var text = new Exposition();
        families.forEach(family -> family.writeTo(text));
        return text.toString();
    }
}

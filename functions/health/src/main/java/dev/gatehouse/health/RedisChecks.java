// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisProbe;
import dev.gatehouse.redis.health.ServerInfo;
import dev.gatehouse.telemetry.Telemetry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks Redis, unless it is disabled by choice. The stages complete by their deadline and never exceptionally. */
public final class RedisChecks {

    private static final Logger LOG = LoggerFactory.getLogger(RedisChecks.class);

    private final RedisSettings settings;
    private final @Nullable Target target;

    /** The link to check. */
    private record Target(
            RedisLink link,
            RedisProbe probe,
            Function<Duration, Deadline> deadlines,
            @Nullable Telemetry telemetry,
            CheckLog log) {}

    private RedisChecks(RedisSettings settings, @Nullable Target target) {
        this.settings = settings;
        this.target = target;
    }

    /**
     * Returns the checks of a link, which open no connection before they run. If {@code settings} disable Redis, they
     * report {@link RedisHealth.Absent}.
     *
     * @param link returns the link; not called if Redis is disabled
     * @param deadlines returns the deadline of a check that may take the given time longer than a decision
     * @param telemetry receives the figures of each {@link #deep} check; null for none
     */
    public static RedisChecks of(
            RedisSettings settings,
            Supplier<RedisLink> link,
            Function<Duration, Deadline> deadlines,
            @Nullable Telemetry telemetry) {
        if (!settings.enabled()) {
            return new RedisChecks(settings, null);
        }
        var log = new CheckLog(settings.maskedUrl());
        return new RedisChecks(settings, new Target(link.get(), new RedisProbe(link.get()), deadlines, telemetry, log));
    }

    /** Checks whether Redis can serve a decision now, by one script. */
    public CompletionStage<RedisHealth> script() {
        return target == null ? absent() : target.probe.checkScript(target.deadlines.apply(Duration.ZERO));
    }

    /** Performs the operations of {@code GET /health/redis}, and queries the server info. */
    public CompletionStage<RedisHealth> operations() {
        return check(HealthCheck.OPERATIONS);
    }

    /** Performs the scheduled check, which is deeper than {@link #operations}, and reports it to log and telemetry. */
    public CompletionStage<RedisHealth> deep() {
        return check(HealthCheck.DEEP).thenApply(health -> {
            if (target != null) {
                report(health, target);
            }
            return health;
        });
    }

    private static void report(RedisHealth health, Target target) {
        try {
            if (target.telemetry != null) {
                target.telemetry.recordCheck(CheckFigures.of(health));
            }
            target.log.log(health);
        } catch (RuntimeException e) {
            // A failing report must neither hide the result nor end a schedule.
            LOG.error("The report of a check failed", e);
        }
    }

    /**
     * Queries the server information of Redis.
     *
     * @throws IllegalStateException if Redis is disabled
     */
    public CompletionStage<ServerInfo> serverInfo() {
        if (target == null) {
            throw new IllegalStateException("Redis is disabled");
        }
        return target.probe.serverInfo(target.deadlines.apply(Duration.ZERO));
    }

    private CompletionStage<RedisHealth> check(List<HealthCheck> checks) {
        return target == null
                ? absent()
                : target.probe.check(checks, target.deadlines.apply(target.probe.extraTime(checks)));
    }

    private static CompletionStage<RedisHealth> absent() {
        return CompletableFuture.completedStage(new RedisHealth.Absent());
    }

    /** Returns the address without secrets. */
    public String url() {
        return settings.maskedUrl();
    }

    /** Returns the state of the circuit breaker; null if Redis is disabled. */
    public @Nullable CircuitState circuit() {
        return target == null ? null : target.link.circuitState();
    }
}

package dev.gatehouse.health;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisProbe;
import dev.gatehouse.redis.health.ServerInfo;
import dev.gatehouse.web.Deadlines;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks Redis, unless it is disabled by choice. The stages complete by their deadline and never exceptionally. */
public final class RedisChecks {

    private static final Logger LOG = LoggerFactory.getLogger(RedisChecks.class);

    private final RedisSettings settings;
    private final CheckListener listener;
    private final @Nullable Target target;

    /** The link to check. */
    private record Target(RedisLink link, RedisProbe probe, Deadlines deadlines) {

        Deadline deadline(List<HealthCheck> checks) {
            return deadlines.afterWaiting(probe.extraTime(checks));
        }
    }

    private RedisChecks(RedisSettings settings, CheckListener listener, @Nullable Target target) {
        this.settings = settings;
        this.listener = listener;
        this.target = target;
    }

    static RedisChecks of(RedisLink link, Deadlines deadlines, CheckListener listener) {
        return new RedisChecks(link.settings(), listener, new Target(link, new RedisProbe(link), deadlines));
    }

    /** Returns checks that report {@link RedisHealth.Absent}. */
    static RedisChecks withoutRedis(RedisSettings settings, CheckListener listener) {
        return new RedisChecks(settings, listener, null);
    }

    /** Checks whether Redis can serve a decision now, by one script. */
    public CompletionStage<RedisHealth> script() {
        return target == null ? absent() : target.probe.checkScript(target.deadlines.next());
    }

    /** Performs the operations of {@code GET /health/redis}, and queries the server info. */
    public CompletionStage<RedisHealth> operations() {
        return check(HealthCheck.OPERATIONS);
    }

    /** Performs the scheduled check, which is deeper than {@link #operations}, and notifies the listener. */
    public CompletionStage<RedisHealth> deep() {
        return check(HealthCheck.DEEP).thenApply(health -> {
            try {
                listener.checked(health);
            } catch (RuntimeException e) {
                // A failing listener must neither hide the result nor end a schedule.
                LOG.error("The listener of checks failed", e);
            }
            return health;
        });
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
        return target.probe.serverInfo(target.deadlines.next());
    }

    private CompletionStage<RedisHealth> check(List<HealthCheck> checks) {
        return target == null ? absent() : target.probe.check(checks, target.deadline(checks));
    }

    private static CompletionStage<RedisHealth> absent() {
        return CompletableFuture.completedStage(new RedisHealth.Absent());
    }

    /** Returns the address without secrets. */
    public String url() {
        return settings.maskedUrl();
    }

    /** Returns {@code closed}, {@code open} or {@code half-open}; null if Redis is disabled. */
    public @Nullable String circuit() {
        return target == null ? null : target.link.circuitState();
    }
}

package dev.gatehouse.health.http;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.CheckListener;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisProbe;
import dev.gatehouse.redis.health.ServerFacts;
import dev.gatehouse.web.Deadlines;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at Redis, if there is one, as deep as is asked for. The stages complete by their deadline and never exceptionally. */
public final class RedisChecks {

    private static final Logger LOG = LoggerFactory.getLogger(RedisChecks.class);

    private final RedisSettings settings;
    private final CheckListener listener;
    private final @Nullable Asking asking;

    /** What it takes to ask. */
    private record Asking(RedisLink link, RedisProbe probe, Deadlines deadlines) {

        Deadline deadline(List<HealthCheck> trials) {
            return deadlines.afterWaiting(probe.allowance(trials));
        }
    }

    private RedisChecks(RedisSettings settings, CheckListener listener, @Nullable Asking asking) {
        this.settings = settings;
        this.listener = listener;
        this.asking = asking;
    }

    /** Checks of the Redis behind {@code link}. */
    static RedisChecks of(RedisLink link, Deadlines deadlines, CheckListener listener) {
        return new RedisChecks(link.settings(), listener, new Asking(link, new RedisProbe(link), deadlines));
    }

    /** Checks where there is none by choice: they find so. */
    static RedisChecks withoutRedis(RedisSettings settings, CheckListener listener) {
        return new RedisChecks(settings, listener, null);
    }

    /** Whether decisions can be made now, by one write. */
    CompletionStage<RedisHealth> glance() {
        return asking == null ? absent() : asking.probe.glance(asking.deadlines.next());
    }

    /** The operations of {@code GET /health/redis}, and what Redis tells of itself. */
    CompletionStage<RedisHealth> look() {
        return look(HealthCheck.OPERATIONS);
    }

    /** The scheduled check: deeper than a look, and the listener hears of it. */
    public CompletionStage<RedisHealth> deep() {
        return look(HealthCheck.DEEP).thenApply(this::heardOf);
    }

    private RedisHealth heardOf(RedisHealth health) {
        try {
            listener.checked(health);
        } catch (RuntimeException e) {
            // It must not hide what was found, nor end a schedule.
            LOG.error("The listener to checks failed", e);
        }
        return health;
    }

    /** What Redis tells of itself. */
    CompletionStage<ServerFacts> facts() {
        return asking == null
                ? CompletableFuture.failedStage(new IllegalStateException("there is no Redis"))
                : asking.probe.facts(asking.deadlines.next());
    }

    private CompletionStage<RedisHealth> look(List<HealthCheck> trials) {
        return asking == null ? absent() : asking.probe.look(trials, asking.deadline(trials));
    }

    private static CompletionStage<RedisHealth> absent() {
        return CompletableFuture.completedStage(new RedisHealth.Absent());
    }

    /** The address, without secrets. */
    public String url() {
        return settings.maskedUrl();
    }

    /** {@code closed}, {@code open} or {@code half-open}; null where there is no Redis. */
    @Nullable
    String circuit() {
        return asking == null ? null : asking.link.circuitState();
    }
}

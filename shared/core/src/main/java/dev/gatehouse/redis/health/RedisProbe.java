// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.sentinel.SentinelReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Checks Redis on the function's own link. It opens no connection that a decision would not, and the circuit breaker
 * rejects it like a decision. The stages complete by their deadline and never exceptionally.
 *
 * <p>Thread-safe. A link has one probe, because the probe stores the state of the slow log.
 */
public final class RedisProbe {

    private final RedisLink link;
    private final RedisSettings settings;
    private final SlowLogWatch slowLog = new SlowLogWatch(System::nanoTime);

    public RedisProbe(RedisLink link) {
        this.link = link;
        this.settings = link.settings();
    }

    /** Returns the time that {@link #check} with these {@code checks} may take beyond that of a decision. */
    public Duration extraTime(List<HealthCheck> checks) {
        var commands = settings.timeouts().command().multipliedBy(checks.size() + 1L);
        var sentinels = settings.sentinel();
        return sentinels == null ? commands : commands.plus(settings.sentinelBudget(sentinels));
    }

    /** Checks by one script, similar to a decision, whether Redis can serve decisions. Withholds the server info. */
    public CompletionStage<RedisHealth> checkScript(Deadline deadline) {
        return new HealthCheckRun(link).run(HealthCheck.SCRIPT, deadline).thenApply(result -> {
            var failure = result.reply().failure();
            return failure == null
                    ? connected(List.of(result), ServerInfo.withheld("it was not queried"), null)
                    : unanswered(result.check(), failure, null);
        });
    }

    /**
     * Runs {@code checks} until one does not pass, and queries the server info and the Sentinels. A script runs first: it opens the connection
     * if there is none, and is not part of any latency.
     */
    public CompletionStage<RedisHealth> check(List<HealthCheck> checks, Deadline deadline) {
        var run = new HealthCheckRun(link);
        return run.run(HealthCheck.SCRIPT, deadline)
                .thenCompose(first -> first.passed()
                        ? run.run(checks, deadline).thenCompose(results -> health(results, deadline))
                        : health(List.of(first), deadline));
    }

    /** Queries the server info, without a check. */
    public CompletionStage<ServerInfo> serverInfo(Deadline deadline) {
        return new ServerInfoQuery(link, deadline).send(false);
    }

    private CompletionStage<RedisHealth> health(List<CheckResult> results, Deadline deadline) {
        var failure = results.getLast().reply().failure();
        var scripts = results.getLast().reply() instanceof Answered;
        return link.querySentinels()
                .thenCompose(sentinels -> failure != null
                        ? CompletableFuture.completedStage(
                                unanswered(results.getLast().check(), failure, sentinels))
                        : new ServerInfoQuery(link, deadline)
                                .send(scripts)
                                .thenApply(server -> connected(results, server, sentinels)));
    }

    private RedisHealth connected(List<CheckResult> results, ServerInfo server, @Nullable SentinelReport sentinels) {
        var total = server.slowLogTotal().value();
        var slow = total == null ? 0 : slowLog.recentCount(total);
        var diagnostics = new Diagnostics(settings)
                .addResults(results)
                .addServerInfo(server, slow)
                .addSentinels(sentinels)
                .addSettings();
        return new Connected(results, server, diagnostics.warnings(), sentinels);
    }

    private RedisHealth unanswered(HealthCheck check, FailureReason reason, @Nullable SentinelReport sentinels) {
        var failure = link.failure();
        var isOpen = reason == FailureReason.CIRCUIT_OPEN;
        if (isOpen && failure != null && failure.connected() && failure.code() != null) {
            // Redis replies, each time with the same error.
            return connected(
                    List.of(new CheckResult(check, new Refused<>(failure.code()))),
                    ServerInfo.withheld("it is not queried for a moment, since " + failure.reason()),
                    sentinels);
        }
        var why = failure == null ? reason.text() : failure.reason();
        return new Disconnected(
                isOpen ? why + "; the next attempt follows within two seconds" : why,
                new Diagnostics(settings)
                        .addFailure(failure)
                        .addSentinels(sentinels)
                        .addSettings()
                        .warnings(),
                sentinels);
    }
}

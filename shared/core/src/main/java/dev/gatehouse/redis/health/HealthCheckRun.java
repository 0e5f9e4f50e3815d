// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.Jitter;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs health checks on a link, with the keys {@code gh:{_probe:<random>}:<check>}, which expire within ten seconds. A
 * tenant's name cannot begin with {@code _}, so no tenant has these keys.
 *
 * <p>Scripts affect the circuit breaker, like decisions; plain commands do not. The stages complete by their deadline and
 * never exceptionally.
 */
public final class HealthCheckRun {

    private static final String VALUE = "gatehouse";
    private static final Duration KEY_TTL = Duration.ofSeconds(10);
    private static final Duration SHORT_TTL = Duration.ofMillis(20);
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final String AS_EXPECTED = "as-expected";
    private static final Map<HealthCheck, Script> SCRIPTS = new ConcurrentHashMap<>();

    private final RedisLink link;
    private final String tag;

    public HealthCheckRun(RedisLink link) {
        this.link = link;
        this.tag = Long.toHexString(Jitter.any());
    }

    /** Runs {@code checks} one after the other, and stops after the first that does not pass. */
    public CompletionStage<List<CheckResult>> run(List<HealthCheck> checks, Deadline deadline) {
        return run(checks, deadline, new ArrayList<>(checks.size()));
    }

    private CompletionStage<List<CheckResult>> run(
            List<HealthCheck> checks, Deadline deadline, List<CheckResult> results) {
        if (results.size() == checks.size()
                || (!results.isEmpty() && !results.getLast().passed())) {
            return CompletableFuture.completedStage(List.copyOf(results));
        }
        return run(checks.get(results.size()), deadline).thenCompose(result -> {
            results.add(result);
            return run(checks, deadline, results);
        });
    }

    /** Runs one check. {@link HealthCheck#GET} and {@link HealthCheck#DELETE} need a preceding {@link HealthCheck#SET}. */
    public CompletionStage<CheckResult> run(HealthCheck check, Deadline deadline) {
        var start = System.nanoTime();
        return switch (check) {
            case PING -> result(check, start, link.callUntracked(redis -> redis.ping(), deadline), "PONG");
            case SET -> result(check, start, set(HealthCheck.SET, KEY_TTL, deadline), "OK");
            case GET ->
                result(check, start, link.callUntracked(redis -> redis.get(key(HealthCheck.SET)), deadline), VALUE);
            case DELETE ->
                result(check, start, link.callUntracked(redis -> redis.del(key(HealthCheck.SET)), deadline), 1L);
            case EXPIRY -> expiry(start, deadline);
            case RECONNECTION -> reconnection(start, deadline);
            case SCRIPT, STRING, TIME, HASH, LIST, SORTED_SET, STREAM ->
                result(check, start, script(check, deadline), true);
        };
    }

    private CompletionStage<Reply<String>> set(HealthCheck check, Duration ttl, Deadline deadline) {
        var expiry = SetArgs.Builder.px(ttl.toMillis());
        return link.callUntracked(redis -> redis.set(key(check), VALUE, expiry), deadline);
    }

    private CompletionStage<CheckResult> expiry(long start, Deadline deadline) {
        var check = HealthCheck.EXPIRY;
        return set(check, SHORT_TTL, deadline).thenCompose(set -> {
            if (!(set instanceof Answered)) {
                return CompletableFuture.completedStage(result(check, start, set, "OK"));
            }
            return new CompletableFuture<@Nullable Void>()
                    .completeOnTimeout(null, SHORT_TTL.toMillis() * 2, TimeUnit.MILLISECONDS)
                    .thenCompose(_ -> result(check, start, script(check, deadline), true));
        });
    }

    private CompletionStage<CheckResult> reconnection(long start, Deadline deadline) {
        var check = HealthCheck.RECONNECTION;
        return link.callUntracked(redis -> redis.quit(), deadline)
                .thenCompose(quit -> quit instanceof Answered
                        ? result(check, start, pingUntilAnswered(deadline), "PONG")
                        : CompletableFuture.completedStage(result(check, start, quit, "OK")));
    }

    /** Repeats a {@code PING} that was sent, or rejected, while Redis closed the connection. */
    private CompletionStage<Reply<String>> pingUntilAnswered(Deadline deadline) {
        return link.callUntracked(redis -> redis.ping(), deadline)
                .thenCompose(reply -> reply.failure() == null || deadline.isSpent()
                        ? CompletableFuture.completedStage(reply)
                        : new CompletableFuture<@Nullable Void>()
                                .completeOnTimeout(null, PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                                .thenCompose(_ -> pingUntilAnswered(deadline)));
    }

    private CompletionStage<Reply<Boolean>> script(HealthCheck check, Deadline deadline) {
        return link.run(call(check), deadline).thenApply(reply -> reply.map(values -> values.has(0, AS_EXPECTED)));
    }

    private ScriptCall call(HealthCheck check) {
        if (check == HealthCheck.SCRIPT) {
            return ScriptCall.probe(key(check));
        }
        var script = SCRIPTS.computeIfAbsent(check, _ -> Script.beside(HealthCheckRun.class, "try-" + check.id()));
        return ScriptCall.of(script).key(key(check));
    }

    private String key(HealthCheck check) {
        return "gh:{_probe:" + tag + "}:" + check.id();
    }

    private static CompletionStage<CheckResult> result(
            HealthCheck check, long start, CompletionStage<? extends Reply<?>> sent, Object expected) {
        return sent.thenApply(reply -> result(check, start, reply, expected));
    }

    private static CheckResult result(HealthCheck check, long start, Reply<?> reply, Object expected) {
        var latency = Duration.ofNanos(System.nanoTime() - start);
        return new CheckResult(
                check,
                reply instanceof Answered<?>(var value) && !expected.equals(value)
                        ? new Refused<>(CheckResult.UNEXPECTED)
                        : reply.map(_ -> latency));
    }
}

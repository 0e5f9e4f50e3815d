// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A probe with a link, whose timeouts are longer than even a busy machine needs. */
final class ProbedRedis implements AutoCloseable {

    final RedisLink link;
    final RedisProbe probe;

    private ProbedRedis(RedisSettings settings) {
        link = RedisLink.to(settings);
        probe = new RedisProbe(link);
    }

    static ProbedRedis at(String url, String... namesAndValues) {
        return new ProbedRedis(settings(url, namesAndValues));
    }

    static RedisSettings settings(String url, String... namesAndValues) {
        var environment = new HashMap<>(
                Map.of("REDIS_URL", url, "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000"));
        for (var i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return RedisSettings.fromEnvironment(environment);
    }

    static Deadline far() {
        return Deadline.in(Duration.ofSeconds(50));
    }

    RedisHealth check() {
        return await(probe.check(HealthCheck.OPERATIONS, far()));
    }

    RedisHealth checkScript() {
        return await(probe.checkScript(far()));
    }

    ServerInfo serverInfo() {
        return await(probe.serverInfo(far()));
    }

    List<CheckResult> tryAll(List<HealthCheck> checks) {
        return await(new HealthCheckRun(link).run(checks, far()));
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            // Longer than every deadline: a stage that takes longer hangs.
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no end, or an exception for one", e);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}

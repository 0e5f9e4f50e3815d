// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import dev.gatehouse.health.RedisChecks;
import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reports whether decisions can be made as intended: {@code redis} by the script check, and {@code link} by the circuit breaker.
 * Both are results of one check, so that they show the same moment.
 */
@Singleton
@Readiness
final class RedisHealthIndicator implements HealthIndicator {

    private final RedisChecks checks;

    RedisHealthIndicator(RedisChecks checks) {
        this.checks = checks;
    }

    @Override
    public Publisher<HealthResult> getResult() {
        return Mono.fromCompletionStage(checks::script).flatMapMany(health -> Flux.fromIterable(results(health)));
    }

    private List<HealthResult> results(RedisHealth health) {
        var status = health.isServing() ? HealthStatus.UP : HealthStatus.DOWN;
        var redis = HealthResult.builder("redis", status)
                .details(
                        health instanceof Disconnected disconnected
                                ? Map.of("status", health.status(), "error", disconnected.error())
                                : Map.of("status", health.status()))
                .build();
        var circuit = checks.circuit();
        if (circuit == null) {
            return List.of(redis);
        }
        var link = HealthResult.builder("link", circuit == CircuitState.CLOSED ? HealthStatus.UP : HealthStatus.DOWN)
                .details(Map.of("circuit", circuit.toString(), "connected", !(health instanceof Disconnected)))
                .build();
        return List.of(redis, link);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Liveness;
import jakarta.inject.Singleton;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Reports that the process runs: without any liveness indicator the status would be {@code UNKNOWN}. */
@Singleton
@Liveness
final class ProcessHealthIndicator implements HealthIndicator {

    @Override
    public Publisher<HealthResult> getResult() {
        return Mono.just(HealthResult.builder("process", HealthStatus.UP).build());
    }
}

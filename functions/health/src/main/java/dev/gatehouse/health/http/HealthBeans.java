// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import dev.gatehouse.health.RedisChecks;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.FunctionRoutes;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.web.DeadlineFactory;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Creates the checks of the routes. */
@Factory
final class HealthBeans {

    @Singleton
    FunctionRoutes routes() {
        return new FunctionRoutes("health", "/health", "/redis/");
    }

    @Singleton
    RedisChecks checks(
            RedisSettings settings,
            BeanProvider<RedisLink> link,
            DeadlineFactory deadlines,
            @Nullable Telemetry telemetry) {
        return RedisChecks.of(settings, link::get, deadlines::afterWaiting, telemetry);
    }
}

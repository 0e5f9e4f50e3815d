package dev.gatehouse.health;

import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.web.Deadlines;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Creates the checks; they open no connection before they run. */
@Factory
final class HealthFactory {

    @Singleton
    RedisChecks checks(
            RedisSettings settings, BeanProvider<RedisLink> link, Deadlines deadlines, CheckListener listener) {
        return settings.enabled()
                ? RedisChecks.of(link.get(), deadlines, listener)
                : RedisChecks.withoutRedis(settings, listener);
    }

    @Singleton
    @Requires(missingBeans = CheckListener.class)
    CheckListener listener(RedisSettings settings, @Nullable Telemetry telemetry) {
        var log = new CheckLog(settings.maskedUrl());
        if (telemetry == null) {
            return log;
        }
        var metrics = new CheckMetrics(telemetry);
        return health -> {
            metrics.checked(health);
            log.checked(health);
        };
    }
}

package dev.gatehouse.health.http;

import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.CheckListener;
import dev.gatehouse.telemetry.Telemetry;
import dev.gatehouse.web.Deadlines;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.Environment;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** The checks as the environment wants them; they connect to nothing before they are asked. */
@Factory
final class Health {

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
        var logged = new LoggedChecks(settings.maskedUrl());
        if (telemetry == null) {
            return logged;
        }
        var measured = new MeasuredChecks(telemetry);
        return health -> {
            measured.checked(health);
            logged.checked(health);
        };
    }

    @Singleton
    Service service(
            Environment environment,
            @Property(name = "micronaut.application.name", defaultValue = "gatehouse") String name,
            @Nullable @Property(name = "gatehouse.environment") String stage) {
        var onLambda = environment.getActiveNames().contains(Environment.FUNCTION);
        return new Service(name, Service.ownVersion(), stage != null ? stage : onLambda ? "lambda" : "local");
    }
}

package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.fallback.Outage;
import dev.gatehouse.idempotency.Claims;
import dev.gatehouse.idempotency.Idempotent;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** The executor of a program that has methods which are idempotent, and none of its own. It connects to nothing yet. */
@Factory
@Requires(condition = AnyIdempotentMethod.class)
final class IdempotentExecutor {

    @Singleton
    @Requires(missingBeans = Idempotent.class)
    Idempotent executor(
            BeanProvider<Claims> claims,
            RedisSettings settings,
            BeanProvider<RedisLink> link,
            BeanProvider<Outage> outage) {
        return claims.find(null)
                .map(found -> new Idempotent(found, settings.decisionBudget()))
                .orElseGet(() -> Idempotent.over(link.get(), outage.get()));
    }
}

package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.fallback.Outage;
import dev.gatehouse.idempotency.ClaimStore;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;

/** Provides the executor of a program that has none of its own. It does not connect. */
@Factory
final class IdempotentBeans {

    @Singleton
    @Requires(missingBeans = IdempotentExecutor.class)
    IdempotentExecutor executor(
            BeanProvider<ClaimStore> claims,
            RedisSettings settings,
            BeanProvider<RedisLink> link,
            BeanProvider<Outage> outage) {
        return claims.find(null)
                .map(found -> new IdempotentExecutor(found, settings.decisionBudget()))
                .orElseGet(() -> IdempotentExecutor.over(link.get(), outage.get()));
    }
}

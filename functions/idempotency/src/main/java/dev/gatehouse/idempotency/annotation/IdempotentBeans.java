// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.fallback.Outage;
import dev.gatehouse.idempotency.ClaimStore;
import dev.gatehouse.idempotency.ClaimSwitch;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Provides the executor of a program that has none of its own. It does not connect. */
@Factory
final class IdempotentBeans {

    /** The tenant of calls without a caller that Gatehouse has authenticated. */
    static final String TENANT = "default";

    /**
     * The longest duration of an invocation. A method without a result by then may never return, so its lease ends.
     */
    static final Duration LONGEST_RUN = Duration.ofMinutes(15);

    @Singleton
    @Requires(missingBeans = IdempotentExecutor.class)
    IdempotentExecutor executor(
            BeanProvider<ClaimStore> claims,
            RedisSettings settings,
            BeanProvider<RedisLink> link,
            BeanProvider<Outage> outage,
            ClaimSwitch claimSwitch) {
        if (claimSwitch.isOff()) {
            return IdempotentExecutor.withoutClaims();
        }
        return claims.find(null)
                .map(found -> new IdempotentExecutor(found, settings.decisionBudget()))
                .orElseGet(() -> IdempotentExecutor.over(link.get(), outage.get()));
    }
}

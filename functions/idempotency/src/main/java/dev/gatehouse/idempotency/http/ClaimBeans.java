// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.idempotency.ClaimStore;
import dev.gatehouse.idempotency.ClaimSwitch;
import dev.gatehouse.idempotency.GuardedClaims;
import dev.gatehouse.idempotency.UnstoredClaims;
import dev.gatehouse.idempotency.WaitingClaims;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.FunctionRoutes;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Creates the claims. The bean is eager, so that an invalid setting fails the start; it does not connect. */
@Factory
final class ClaimBeans {

    @Singleton
    FunctionRoutes routes() {
        return new FunctionRoutes("idempotency", "/v1/idempotency/");
    }

    @Context
    ClaimStore claims(
            RedisLink link,
            Outage outage,
            ClaimSwitch claimSwitch,
            @Nullable @Property(name = "gatehouse.idempotency-when-down") String whenDown,
            @Nullable @Property(name = "gatehouse.replays-when-down") String replays) {
        var policy = FallbackPolicy.of(
                "GATEHOUSE_IDEMPOTENCY_WHEN_DOWN", whenDown, FallbackPolicy.CLOSED, FallbackPolicy.LOCAL);
        boolean replaysLocally =
                FallbackPolicy.of("GATEHOUSE_REPLAYS_WHEN_DOWN", replays, FallbackPolicy.LOCAL, FallbackPolicy.CLOSED)
                        == FallbackPolicy.LOCAL;
        return claimSwitch.isOff()
                ? new UnstoredClaims()
                : GuardedClaims.over(link, outage, policy, replaysLocally ? GuardedClaims.DEFAULT_REPLAY_BYTES : 0);
    }

    @Singleton
    WaitingClaims waitingClaims(ClaimStore claims, RedisSettings settings) {
        return new WaitingClaims(claims, DecisionWaiters.DEFAULT_MAX_WAITERS, settings.decisionBudget());
    }
}

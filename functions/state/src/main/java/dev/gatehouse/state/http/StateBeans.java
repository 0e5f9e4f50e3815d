// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.state.GuardedStateStore;
import dev.gatehouse.state.StateFallback;
import dev.gatehouse.state.StateFallback.Recovery;
import dev.gatehouse.state.StateLifetime;
import dev.gatehouse.state.StateStore;
import dev.gatehouse.state.WaitingStateStore;
import dev.gatehouse.telemetry.FunctionRoutes;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Creates the states. The bean is eager, so that an invalid setting fails the start; it does not connect. */
@Factory
final class StateBeans {

    @Singleton
    FunctionRoutes routes() {
        return new FunctionRoutes("state", "/v1/states/");
    }

    @Context
    StateStore states(
            RedisLink link,
            Outage outage,
            @Nullable @Property(name = "gatehouse.state-reads-when-down") String reads,
            @Nullable @Property(name = "gatehouse.state-writes-when-down") String writes,
            @Property(name = "gatehouse.states-on-recovery", defaultValue = "") String recovery,
            @Property(name = "workflow.state.ttl", defaultValue = "") String life) {
        return GuardedStateStore.over(
                link,
                outage,
                new StateFallback(
                        FallbackPolicy.of(
                                "GATEHOUSE_STATE_READS_WHEN_DOWN", reads, FallbackPolicy.LOCAL, FallbackPolicy.CLOSED),
                        FallbackPolicy.of(
                                "GATEHOUSE_STATE_WRITES_WHEN_DOWN",
                                writes,
                                FallbackPolicy.CLOSED,
                                FallbackPolicy.LOCAL),
                        recovery(recovery)),
                StateLifetime.from(Map.of(StateLifetime.SETTING, life)));
    }

    @Singleton
    WaitingStateStore waitingStateStore(StateStore states, RedisSettings settings) {
        return new WaitingStateStore(states, WaitingStateStore.DEFAULT_MAX_WAITERS, settings.decisionBudget());
    }

    private static Recovery recovery(String value) {
        return switch (value.strip()) {
            case "", "drop" -> Recovery.DROP;
            case "offer" -> Recovery.OFFER;
            default -> throw InvalidSetting.notOneOf("GATEHOUSE_STATES_ON_RECOVERY", List.of("drop", "offer"));
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.DenialCache;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.ratelimit.http.policy.PolicyDocument;
import dev.gatehouse.ratelimit.lease.GuardedLeases;
import dev.gatehouse.ratelimit.lease.LeaseStore;
import dev.gatehouse.ratelimit.lease.LocalLeases;
import dev.gatehouse.ratelimit.lease.RedisLeases;
import dev.gatehouse.ratelimit.policy.LocalPolicies;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.RedisPolicies;
import dev.gatehouse.ratelimit.telemetry.LimitReporter;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.FunctionRoutes;
import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Property;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Creates the rate limiter, its policies and the leases from the settings. An invalid setting fails startup. No bean
 * connects to Redis on creation.
 */
@Factory
final class RateLimiting {

    @Singleton
    FunctionRoutes routes() {
        return new FunctionRoutes("rate-limit", "/v1/rate-limits/");
    }

    @Singleton
    LimitReporter reporter(@Nullable Telemetry telemetry) {
        return new LimitReporter(telemetry);
    }

    @Context
    Policies policies(
            RedisSettings settings,
            BeanProvider<RedisLink> link,
            @Nullable @Property(name = "gatehouse.policies") String policies) {
        var declared = PolicyDocument.parse(policies);
        return settings.enabled() ? new RedisPolicies(link.get(), declared) : new LocalPolicies(declared);
    }

    @Context
    RateLimiter rateLimiter(
            RedisSettings settings,
            BeanProvider<RedisLink> link,
            BeanProvider<Outage> outage,
            Policies policies,
            @Property(name = "gatehouse.remember-denials", defaultValue = "on") String rememberDenials,
            @Nullable @Property(name = "gatehouse.rate-limit-when-down") String whenDown,
            @Property(name = "gatehouse.local-share", defaultValue = "1") String localShare) {
        var policy = GuardedRateLimiter.fallback(whenDown);
        boolean cachesDenials = isOn(rememberDenials);
        var local = new LocalRateLimiter(share(localShare), LocalRateLimiter.DEFAULT_MAX_ENTRIES, MicroClock::now);
        if (!settings.enabled()) {
            return local;
        }
        outage.get().onRecovery(local::clear);
        var denials = cachesDenials ? new DenialCache() : null;
        if (denials != null) {
            policies.onChange(denials::clear); // A changed policy may void them.
        }
        return new GuardedRateLimiter(new RedisRateLimiter(link.get(), denials), local, policy);
    }

    @Context
    LeaseStore leases(
            RedisSettings settings,
            BeanProvider<RedisLink> link,
            BeanProvider<Outage> outage,
            @Nullable @Property(name = "gatehouse.leases-when-down") String whenDown,
            @Property(name = "gatehouse.local-share", defaultValue = "1") String localShare) {
        var policy =
                FallbackPolicy.of("GATEHOUSE_LEASES_WHEN_DOWN", whenDown, FallbackPolicy.CLOSED, FallbackPolicy.LOCAL);
        var local = new LocalLeases(share(localShare), LocalLeases.DEFAULT_MAX_LEASES, MicroClock::now);
        if (!settings.enabled()) {
            return local;
        }
        outage.get().onRecovery(local::clear);
        return new GuardedLeases(new RedisLeases(link.get()), local, policy);
    }

    private static boolean isOn(String rememberDenials) {
        return switch (rememberDenials) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new InvalidSetting("GATEHOUSE_REMEMBER_DENIALS", "must be on or off");
        };
    }

    private static int share(String localShare) {
        if (!localShare.matches("[1-9][0-9]{0,5}")) {
            throw new InvalidSetting("GATEHOUSE_LOCAL_SHARE", "must be a whole number from 1 to 999999");
        }
        return Integer.parseInt(localShare);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rate limits for a JVM program, with blocking calls:
 *
 * {@snippet :
 * try (var limits = RateLimits.fromEnvironment()) {
 *     var result = limits.check(Limit.of("api", 100, 60), "user-42");
 *     System.out.println(result.allowed() ? "pass" : "come back in " + result.retryAfter());
 * }
 * }
 *
 * <p>One instance serves a whole program and any number of threads. It opens one connection to Redis on first use. A
 * call blocks for at most {@link RedisSettings#decisionBudget}; then the limit's fallback policy decides. Threads that
 * must not block use {@link #limiter}.
 */
public final class RateLimits implements AutoCloseable {

    /** The tenant of a program's own limits. */
    public static final String TENANT = "app";

    private final RedisLink link;
    private final RateLimiter limiter;

    private RateLimits(RedisLink link) {
        this.link = link;
        this.limiter = over(link, new Outage(link));
    }

    /**
     * Opens limits on the Redis that the environment configures by {@code REDIS_URL}.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if a setting is invalid
     */
    public static RateLimits fromEnvironment() {
        return new RateLimits(RedisLink.fromEnvironment());
    }

    /** Opens limits as {@link #fromEnvironment} does, but configured by {@code environment}. */
    public static RateLimits from(Map<String, String> environment) {
        return new RateLimits(RedisLink.retrying(RedisSettings.fromEnvironment(environment)));
    }

    /**
     * Returns a limiter over {@code link}. It decides on Redis, caches denials, and falls back to local memory unless a
     * limit has another policy.
     *
     * @param outage the only outage tracker of the link
     */
    public static RateLimiter over(RedisLink link, Outage outage) {
        var local = new LocalRateLimiter();
        if (!link.settings().enabled()) {
            return local;
        }
        outage.onRecovery(local::clear);
        return new GuardedRateLimiter(new RedisRateLimiter(link, new DenialCache()), local, FallbackPolicy.LOCAL);
    }

    /** Returns the underlying non-blocking limiter. */
    public RateLimiter limiter() {
        return limiter;
    }

    /** Charges one unit if there is room for it. */
    public RateLimitResult check(Limit limit, String subject) {
        return check(limit, subject, 1);
    }

    /**
     * Charges {@code cost} units if there is room for them.
     *
     * @throws InvalidLimit if {@code subject} or {@code cost} is out of bounds
     */
    public RateLimitResult check(Limit limit, String subject, long cost) {
        return check(new Check(List.of(new LimitedSubject(limit, subject, cost)), Mode.ALL));
    }

    /**
     * Charges {@code cost} units if there is room for them within {@code maxWait}. The caller waits for
     * {@link RateLimitResult#waitTime} itself before it goes on, or gives the units back by {@link #refund}.
     *
     * @param limit a limit of GCRA
     * @throws InvalidLimit if an argument is out of bounds; see {@link Check}
     */
    public RateLimitResult check(Limit limit, String subject, long cost, Duration maxWait) {
        return check(new Check(List.of(new LimitedSubject(limit, subject, cost)), Mode.ALL, maxWait));
    }

    /**
     * Charges {@code cost} units if there is room for them, and holds them until they are settled or the hold ends. May be
     * repeated.
     *
     * @throws InvalidLimit if {@code subject} or {@code cost} is out of bounds
     */
    public RateLimitResult hold(Limit limit, String subject, long cost, Check.Hold hold) {
        var charge = new LimitedSubject(limit, subject, cost);
        return check(new Check(List.of(charge), Mode.ALL, Duration.ZERO, hold));
    }

    /** Decides several limits in one check. */
    public RateLimitResult check(Check check) {
        return RateLimitResult.of(
                limiter.check(TENANT, check, deadline()).toCompletableFuture().join());
    }

    /** Gives back {@code cost} units, at most the units in use. */
    public void refund(Limit limit, String subject, long cost) {
        var charges = new Check(List.of(new LimitedSubject(limit, subject, cost)), Mode.ALL);
        limiter.refund(TENANT, charges, deadline()).toCompletableFuture().join();
    }

    /** Corrects a charge once the actual cost is known. */
    public void settle(Settlement settlement) {
        limiter.settle(TENANT, settlement, deadline()).toCompletableFuture().join();
    }

    /**
     * Settles a hold by the actual cost. May be repeated.
     *
     * @return empty in the decision if the hold has ended; unavailable if Redis did not reply
     */
    public Decision<Optional<LimitDecision>> settle(Settlement.OfHold settlement) {
        return limiter.settleHold(TENANT, settlement, deadline())
                .toCompletableFuture()
                .join();
    }

    /** Returns the deadline of a call, by which its stage completes. */
    private Deadline deadline() {
        return Deadline.in(link.settings().decisionBudget());
    }

    @Override
    public void close() {
        link.close();
    }
}

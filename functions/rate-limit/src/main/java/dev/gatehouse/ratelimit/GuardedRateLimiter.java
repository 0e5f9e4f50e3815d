// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides on Redis. If Redis is unavailable, each limit's fallback policy applies: local memory, open or closed.
 *
 * <p>Without a reply an operation may have been charged, and a retry could charge it twice. Only a check with a hold and the
 * settlement of a hold are safe to repeat. Memory settles the holds that it made, and no others.
 */
public final class GuardedRateLimiter implements RateLimiter {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final RateLimiter redis;
    private final RateLimiter local;
    private final FallbackPolicy whenDown;

    /**
     * Creates a limiter that falls back from {@code redis} to {@code local}.
     *
     * @param redis decides first; its decisions by the deadline are final
     * @param local decides where the policy is {@link FallbackPolicy#LOCAL}
     * @param whenDown the policy of limits without one of their own
     */
    public GuardedRateLimiter(RateLimiter redis, RateLimiter local, FallbackPolicy whenDown) {
        this.redis = redis;
        this.local = local;
        this.whenDown = whenDown;
    }

    /**
     * Returns the policy of limits without one of their own: {@link FallbackPolicy#LOCAL} unless {@code setting}, the value of
     * {@code GATEHOUSE_RATE_LIMIT_WHEN_DOWN}, is another.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if it is no policy
     */
    public static FallbackPolicy fallback(@Nullable String setting) {
        return FallbackPolicy.of(
                "GATEHOUSE_RATE_LIMIT_WHEN_DOWN",
                setting,
                FallbackPolicy.LOCAL,
                FallbackPolicy.OPEN,
                FallbackPolicy.CLOSED);
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> check(String tenant, Check check, Deadline deadline) {
        return redis.check(tenant, check, deadline)
                .thenCompose(decision -> decision.orElse(
                        unavailable -> byPolicy(check, unavailable, some -> local.check(tenant, some, deadline))));
    }

    /** Decides {@code check} by the fallback policies alone, without a request to Redis. */
    public CompletionStage<Decision<CheckDecision>> withoutRedis(String tenant, Check check, Deadline deadline) {
        return byPolicy(check, new Unavailable<>(RETRY_AFTER), some -> local.check(tenant, some, deadline));
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> refund(String tenant, Check charges, Deadline deadline) {
        return redis.refund(tenant, charges, deadline)
                .thenCompose(decision -> decision.orElse(
                        unavailable -> byPolicy(charges, unavailable, some -> local.refund(tenant, some, deadline))));
    }

    @Override
    public CompletionStage<Decision<LimitDecision>> settle(String tenant, Settlement settlement, Deadline deadline) {
        var limit = settlement.limit();
        return redis.settle(tenant, settlement, deadline)
                .thenCompose(decision -> decision.orElse(unavailable -> switch (policy(limit)) {
                    case LOCAL -> local.settle(tenant, settlement, deadline);
                    case OPEN -> Decision.local(unused(limit));
                    case CLOSED -> CompletableFuture.completedStage(unavailable);
                }));
    }

    @Override
    public CompletionStage<Decision<Optional<LimitDecision>>> settleHold(
            String tenant, Settlement.OfHold settlement, Deadline deadline) {
        return redis.settleHold(tenant, settlement, deadline)
                .thenCompose(decision -> decision.orElseIfFound(
                        () -> local.settleHold(tenant, settlement, deadline), Optional::isPresent));
    }

    /** Returns unavailable without Redis, because its stored use would count again on recovery. */
    @Override
    public CompletionStage<Decision<Boolean>> reset(String tenant, String name, String subject, Deadline deadline) {
        var _ = local.reset(tenant, name, subject, deadline);
        return redis.reset(tenant, name, subject, deadline);
    }

    /** Decides each limit by its own policy. A closed one makes the whole check unavailable. */
    private CompletionStage<Decision<CheckDecision>> byPolicy(
            Check check,
            Unavailable<CheckDecision> unavailable,
            Function<Check, CompletionStage<Decision<CheckDecision>>> locally) {
        var counted = new ArrayList<LimitedSubject>();
        for (var limited : check.limits()) {
            switch (policy(limited.limit())) {
                case CLOSED -> {
                    return CompletableFuture.completedStage(unavailable);
                }
                case LOCAL -> counted.add(limited);
                case OPEN -> {}
            }
        }
        if (counted.isEmpty()) {
            return Decision.local(merged(check, List.of()));
        }
        return locally.apply(new Check(counted, check.mode(), check.maxWait(), check.hold()))
                .thenApply(decision -> decision.map(decided -> merged(check, decided.limits())
                        .heldUntil(decided.holdEndsAt() == null ? null : MicroClock.micros(decided.holdEndsAt()))));
    }

    private CheckDecision merged(Check check, List<LimitDecision> counted) {
        var decisions = counted.iterator();
        var limits = new ArrayList<LimitDecision>(check.limits().size());
        for (var limited : check.limits()) {
            limits.add(policy(limited.limit()) == FallbackPolicy.LOCAL ? decisions.next() : unused(limited.limit()));
        }
        return CheckDecision.of(limits);
    }

    private FallbackPolicy policy(Limit limit) {
        if (!limit.isCounted()) {
            return FallbackPolicy.LOCAL; // Its decision does not depend on Redis.
        }
        var policy = limit.whenDown() == null ? whenDown : limit.whenDown();
        // A shadow limit never denies, so it must not fail closed.
        return limit.shadow() && policy == FallbackPolicy.CLOSED ? FallbackPolicy.OPEN : policy;
    }

    /** Returns the decision of an unused limit, because its use is unknown. */
    private static LimitDecision unused(Limit limit) {
        return new Allowed(limit.capacity(), Duration.ZERO);
    }
}

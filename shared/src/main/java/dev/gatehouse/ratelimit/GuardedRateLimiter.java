package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Answer;
import dev.gatehouse.fallback.Answer.Decided;
import dev.gatehouse.fallback.Answer.Source;
import dev.gatehouse.fallback.Answer.Unavailable;
import dev.gatehouse.fallback.WhenDown;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides on Redis and, when it has no answer, by policy: from this process's memory, by letting pass, or not at all.
 *
 * <p>Redis is asked once. What got no answer may have been charged, and to ask again could charge it twice.
 */
public final class GuardedRateLimiter implements RateLimiter {

    private final RateLimiter redis;
    private final RateLimiter local;
    private final WhenDown whenDown;

    /**
     * @param redis its answers by the deadline are final
     * @param local decides instead when the policy is {@link WhenDown#LOCAL}
     */
    public GuardedRateLimiter(RateLimiter redis, RateLimiter local, WhenDown whenDown) {
        this.redis = redis;
        this.local = local;
        this.whenDown = whenDown;
    }

    @Override
    public CompletionStage<Answer<CheckDecision>> check(String tenant, Check check, Deadline deadline) {
        return redis.check(tenant, check, deadline).thenCompose(answer -> switch (answer) {
            case Decided<CheckDecision> decided -> CompletableFuture.completedStage(decided);
            case Unavailable<CheckDecision> unavailable ->
                switch (whenDown) {
                    case LOCAL -> local.check(tenant, check, deadline);
                    case OPEN -> CompletableFuture.completedStage(new Decided<>(letPass(check), Source.LOCAL));
                    case CLOSED -> CompletableFuture.completedStage(unavailable);
                };
        });
    }

    /** As if every limit were unused: nothing is known of them. */
    private static CheckDecision letPass(Check check) {
        var limits = check.limits().stream()
                .<LimitDecision>map(asked -> new Allowed(asked.limit().burst(), Duration.ZERO))
                .toList();
        return new CheckDecision(true, limits);
    }
}

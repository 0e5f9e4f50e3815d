package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Rate limits for a JVM program, by calls that wait for their answer:
 *
 * {@snippet :
 * try (var limits = RateLimits.fromEnvironment()) {
 *     var verdict = limits.check(Limit.of("api", 100, 60), "user-42");
 *     System.out.println(verdict.allowed() ? "pass" : "come back in " + verdict.retryAfter());
 * }
 * }
 *
 * <p>One is enough for a whole program: it holds one connection to Redis, made when it is first needed, and serves any
 * number of threads. A call waits for as long as {@link RedisSettings#decisionBudget} at most; then the limit's policy for
 * the time without Redis decides. What is asked many times a second from threads that must not wait goes to {@link #limiter}.
 */
public final class RateLimits implements AutoCloseable {

    /** Whose limits they are that a program checks for itself. */
    public static final String TENANT = "app";

    private final RedisLink link;
    private final RateLimiter limiter;

    private RateLimits(RedisLink link) {
        this.link = link;
        this.limiter = over(link, new Outage(link));
    }

    /**
     * On the Redis that the environment names, as {@code REDIS_URL}.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if it is named wrongly
     */
    public static RateLimits fromEnvironment() {
        return new RateLimits(RedisLink.fromEnvironment());
    }

    /** As {@link #fromEnvironment}, from an environment of one's own. */
    public static RateLimits from(Map<String, String> environment) {
        return new RateLimits(RedisLink.retrying(RedisSettings.fromEnvironment(environment)));
    }

    /**
     * A limiter over {@code link}: on Redis, denials remembered, and by memory while Redis does not answer, unless a limit
     * says otherwise.
     *
     * @param outage the link's, of which there is one
     */
    public static RateLimiter over(RedisLink link, Outage outage) {
        var local = new LocalRateLimiter();
        if (!link.settings().enabled()) {
            return local;
        }
        outage.onRecovery(local::clear);
        return new GuardedRateLimiter(new RedisRateLimiter(link, new DenialCache()), local, FallbackPolicy.LOCAL);
    }

    /** The same limiter, to be asked without waiting. */
    public RateLimiter limiter() {
        return limiter;
    }

    /** Charges one unit. */
    public RateLimitResult check(Limit limit, String subject) {
        return check(limit, subject, 1);
    }

    /**
     * Charges {@code cost} units if there is room for them.
     *
     * @throws InvalidLimit if subject or cost is out of its bounds
     */
    public RateLimitResult check(Limit limit, String subject, long cost) {
        return check(new Check(List.of(new LimitedSubject(limit, subject, cost)), Mode.ALL));
    }

    /** Decides several limits at once. */
    public RateLimitResult check(Check check) {
        return RateLimitResult.of(await(limiter.check(TENANT, check, deadline()).toCompletableFuture()));
    }

    /** Gives back what a check charged. */
    public void refund(Limit limit, String subject, long cost) {
        var charges = new Check(List.of(new LimitedSubject(limit, subject, cost)), Mode.ALL);
        await(limiter.refund(TENANT, charges, deadline()).toCompletableFuture());
    }

    /** Puts right what was charged before the cost was known. */
    public void settle(Settlement settlement) {
        await(limiter.settle(TENANT, settlement, deadline()).toCompletableFuture());
    }

    private Deadline deadline() {
        return Deadline.in(link.settings().decisionBudget());
    }

    /** It completes by the deadline, so this does not wait for ever. */
    private static <T> Decision<T> await(CompletableFuture<Decision<T>> answer) {
        return answer.join();
    }

    @Override
    public void close() {
        link.close();
    }
}

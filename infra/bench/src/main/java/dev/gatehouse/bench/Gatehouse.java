package dev.gatehouse.bench;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The library as functions use it: link, circuit, deadline, script and guard. */
final class Gatehouse implements Contestant {

    private static final Limit LIMIT = Limit.of("bench", 1_000_000, 1);

    private final RedisLink link;
    private final RateLimiter limiter;

    Gatehouse(String url) {
        link = RedisLink.to(RedisSettings.fromEnvironment(Map.of("REDIS_URL", url)));
        limiter = new GuardedRateLimiter(new RedisRateLimiter(link), new LocalRateLimiter(), FallbackPolicy.LOCAL);
    }

    @Override
    public String name() {
        return "Gatehouse";
    }

    @Override
    public void decide(String subject) throws Exception {
        var check = new Check(List.of(new LimitedSubject(LIMIT, subject, 1)), Mode.ALL);
        var answer = limiter.check("bench", check, Deadline.in(Duration.ofSeconds(1)))
                .toCompletableFuture()
                .get();
        if (!(answer instanceof Decided<CheckDecision>(var decision, var source))
                || source != Source.REDIS
                || !decision.allowed()) {
            throw new IllegalStateException("Not admitted by Redis: " + answer);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}

package dev.gatehouse.bench;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.DenialCache;
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

/** The library for callers who are over their limit and do not stop: what Redis denied is denied from memory. */
final class KnownDenial implements Contestant {

    private static final Limit LIMIT = Limit.of("exhausted", 1, Limit.MAX_WINDOW_SECONDS);

    private final RedisLink link;
    private final RateLimiter limiter;

    KnownDenial(String url) {
        link = RedisLink.to(RedisSettings.fromEnvironment(Map.of("REDIS_URL", url)));
        limiter = new GuardedRateLimiter(
                new RedisRateLimiter(link, new DenialCache()), new LocalRateLimiter(), FallbackPolicy.CLOSED);
    }

    @Override
    public String name() {
        return "Gatehouse, denied before";
    }

    /** The first decision about a subject admits, all others deny. */
    @Override
    public void decide(String subject) throws Exception {
        var check = new Check(List.of(new LimitedSubject(LIMIT, subject, 1)), Mode.ALL);
        limiter.check("bench", check, Deadline.in(Duration.ofSeconds(1)))
                .toCompletableFuture()
                .get();
    }

    @Override
    public void close() {
        link.close();
    }
}

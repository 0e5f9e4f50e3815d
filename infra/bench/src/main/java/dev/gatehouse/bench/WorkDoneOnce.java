package dev.gatehouse.bench;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Claims;
import dev.gatehouse.idempotency.Completion.Recorded;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.LeaseLength;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.RedisClaims;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** A claim of a new key and its completion with a small response. */
final class WorkDoneOnce implements Contestant {

    private static final Response RESPONSE = new Response(201, List.of(), ResponseBody.of("{\"order\":1}"));

    private final AtomicLong works = new AtomicLong();
    private final RedisLink link;
    private final Claims claims;

    WorkDoneOnce(String url) {
        link = RedisLink.to(RedisSettings.fromEnvironment(Map.of("REDIS_URL", url)));
        claims = new RedisClaims(link);
    }

    @Override
    public String name() {
        return "Gatehouse, claim and complete";
    }

    @Override
    public void decide(String subject) throws Exception {
        var key = new IdempotencyKey("bench", subject + "-" + works.incrementAndGet());
        var claim = new Claim(key, Owner.random());
        var request = new ClaimRequest(claim, new Fingerprint(""), "bench", new LeaseLength(30_000), new Lifetime(60));
        require(claims.claim("bench", request, soon()), Claimed.class);
        require(claims.complete("bench", claim, RESPONSE, Optional.empty(), soon()), Recorded.class);
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(1));
    }

    private static <T> void require(CompletionStage<Decision<T>> answer, Class<? extends T> outcome) throws Exception {
        var told = answer.toCompletableFuture().get();
        if (!(told instanceof Decided<T>(var decision, var source))
                || source != Source.REDIS
                || !outcome.isInstance(decision)) {
            throw new IllegalStateException("Not so by Redis: " + told);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}

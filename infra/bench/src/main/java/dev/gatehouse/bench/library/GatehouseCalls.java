// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import dev.gatehouse.authorizer.Access;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.AuthorizationRequest;
import dev.gatehouse.authorizer.AuthorizationRequest.OnLimit;
import dev.gatehouse.authorizer.ChargedLimit;
import dev.gatehouse.authorizer.RedisAuthorizer;
import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.bench.BenchSessions;
import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.Lifetime;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.RedisClaims;
import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.DenialCache;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.TokenReuse;
import dev.gatehouse.session.Touch;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Calls the library as the functions do, on one link: circuit breaker, deadline, script, guard. */
final class GatehouseCalls implements AutoCloseable {

    private static final String TENANT = "bench";
    private static final Limit NEVER_DENIES = Limit.of("bench", 1_000_000, 1);
    private static final Limit EXHAUSTED = Limit.of("exhausted", 1, Limit.MAX_WINDOW_SECONDS);
    private static final List<ChargedLimit> USER_LIMITS = List.of(
            new ChargedLimit(Limit.of("burst", 1_000_000, 1), 1),
            new ChargedLimit(Limit.of("hour", 1_000_000_000, 60), 1));
    private static final Response RESPONSE = new Response(201, List.of(), ResponseBody.of("{\"order\":1}"));

    private final RedisLink link;
    private final RedisSessions sessions;
    private final BenchSessions created;
    private final AtomicLong works = new AtomicLong();

    GatehouseCalls(String url) {
        link = BenchRedis.link(url);
        sessions = new RedisSessions(link);
        created = new BenchSessions(sessions, TENANT);
    }

    Operation check() {
        var limiter = new GuardedRateLimiter(new RedisRateLimiter(link), new LocalRateLimiter(), FallbackPolicy.LOCAL);
        return new Operation(
                "Gatehouse",
                Role.OURS,
                subject -> require(check(limiter, NEVER_DENIES, subject), CheckDecision::allowed));
    }

    /** Denies from memory. Only the first two checks of a subject and one every ten seconds go to Redis. */
    Operation knownDenial() {
        // Room for the hot subject, too: a full cache takes it when another one expires.
        var denials = new DenialCache(2 * DenialCache.DEFAULT_MAX_ENTRIES, () -> System.nanoTime() / 1000);
        var limiter = new GuardedRateLimiter(
                new RedisRateLimiter(link, denials), new LocalRateLimiter(), FallbackPolicy.CLOSED);
        return new Operation("Gatehouse, denied before", Role.OURS, subject -> {
            if (BenchRedis.decided(check(limiter, EXHAUSTED, subject)).allowed()) {
                require(check(limiter, EXHAUSTED, subject), decision -> !decision.allowed());
            }
        });
    }

    Operation lookup() {
        return new Operation(
                "Gatehouse",
                Role.OURS,
                subject -> require(
                        sessions.lookup(TENANT, created.of(subject), Touch.TOUCH, BenchRedis.deadline()),
                        lookup -> lookup instanceof Found(var session)
                                && session.attributes().equals(BenchSessions.ATTRIBUTES)));
    }

    Operation authorize() {
        var authorizer = new RedisAuthorizer(link, null, TokenReuse.LOG);
        return new Operation("Gatehouse, session and two limits", Role.OURS, subject -> {
            var request = new AuthorizationRequest(
                    Access.SESSION, created.of(subject), USER_LIMITS, "192.0.2.1", List.of(), OnLimit.DENY);
            require(authorizer.authorize(TENANT, request, BenchRedis.deadline()), Authorized.class::isInstance);
        });
    }

    Operation claimAndComplete() {
        var claims = new RedisClaims(link);
        return new Operation("Gatehouse, claim and complete", Role.OURS, subject -> {
            var claim = new Claim(new IdempotencyKey("bench", subject + "-" + works.incrementAndGet()), Owner.random());
            var request =
                    new ClaimRequest(claim, new Fingerprint(""), "bench", new ClaimLease(30_000), new Lifetime(60));
            require(claims.claim(TENANT, request, BenchRedis.deadline()), Claimed.class::isInstance);
            require(
                    claims.complete(TENANT, claim, RESPONSE, Optional.empty(), BenchRedis.deadline()),
                    Held.class::isInstance);
        });
    }

    private static CompletionStage<Decision<CheckDecision>> check(RateLimiter limiter, Limit limit, String subject) {
        var check = new Check(List.of(new LimitedSubject(limit, subject, 1)), Mode.ALL);
        return limiter.check(TENANT, check, BenchRedis.deadline());
    }

    private static <T> void require(CompletionStage<Decision<T>> stage, Predicate<T> expected) {
        var outcome = BenchRedis.decided(stage);
        if (!expected.test(outcome)) {
            throw new IllegalStateException("unexpected outcome: " + outcome);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}

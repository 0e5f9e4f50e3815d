// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.authorizer.Authorization.Unauthorized.Reason;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.session.Grace;
import dev.gatehouse.session.GuardedSessions;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.Rotation;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.TokenReuse;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Verifies the contract on Redis, and the decisions without it. */
class GuardedAuthorizerTest extends AccessContract {

    private final RedisProcess redis = RedisProcess.start();
    private final FaultProxy wire = FaultProxy.inFrontOf(redis);
    private final RedisLink link = LinkOnClock.toServer(wire.port(), NOW::get);
    private final SessionCache cache = new SessionCache(SessionCache.DEFAULT_MAX_BYTES, NOW::get);
    private final SessionStore sessions = new GuardedSessions(new RedisSessions(link), cache);
    private final LocalRateLimiter local = new LocalRateLimiter(1, 1000, NOW::get);
    private final Authorizer authorizer = guarded(link, FallbackPolicy.LOCAL);

    @AfterEach
    void close() {
        link.close();
        wire.close();
        redis.close();
    }

    private Authorizer guarded(RedisLink link, FallbackPolicy whenDown) {
        return new GuardedAuthorizer(
                new RedisAuthorizer(link, null, TokenReuse.LOG),
                new GuardedSessions(new RedisSessions(link), cache),
                cache,
                new GuardedRateLimiter(new RedisRateLimiter(link), local, whenDown));
    }

    @Override
    Authorizer authorizer() {
        return authorizer;
    }

    @Override
    SessionStore sessions() {
        return sessions;
    }

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(link);
    }

    @Override
    Source source() {
        return Source.REDIS;
    }

    @Test
    void authorizesARecentSessionWithoutRedisAndCountsItsLimitsInMemory() {
        var ada = begin("ada");
        decide(ada.token(), List.of(TWO), List.of(PER_ADDRESS));
        redis.kill();

        for (int i = 0; i < 2; i++) {
            var decision = decided(request(ada.token(), List.of(TWO), List.of(PER_ADDRESS)));
            assertThat(decision.source()).isEqualTo(Source.LOCAL);
            assertThat(decision.value()).isInstanceOfSatisfying(Authorized.class, authorized -> {
                assertThat(authorized.session()).isEqualTo(ada.session());
                assertThat(authorized.quotas().all()).hasSize(2);
            });
        }
        var over = decided(request(ada.token(), List.of(TWO), List.of(PER_ADDRESS)));
        assertThat(over.source()).isEqualTo(Source.LOCAL);
        assertThat(((OverLimit) over.value()).quotas().exceededNames()).containsExactly("two");
        assertThat(((OverLimit) decided(request(ada.token(), List.of(TWO), List.of(PER_ADDRESS)))
                                .value())
                        .quotas()
                        .exceededNames())
                .as("counted in memory each time")
                .containsExactly("address");
    }

    @Test
    void authorizesFromMemoryForAMinuteAfterTheLastLookup() {
        var ada = begin("ada");
        decide(ada.token(), List.of(), List.of());
        redis.kill();
        pass(60 * SECOND - 1);
        assertThat(authorization(request(ada.token(), List.of(), List.of()))).isInstanceOf(Decided.class);
        pass(1);
        assertThat(authorization(request(ada.token(), List.of(), List.of()))).isInstanceOf(Unavailable.class);
    }

    @Test
    void isUnavailableRatherThanUnauthorizedForAnUnknownSessionWithoutRedis() {
        var uncached = begin("ada");
        var cached = begin("ada");
        decide(cached.token(), List.of(), List.of());
        redis.kill();

        assertThat(authorization(request(uncached.token(), List.of(TEN), List.of(PER_ADDRESS))))
                .isInstanceOf(Unavailable.class);
        assertThat(authorization(request(cached.stranger(), List.of(TEN), List.of(PER_ADDRESS))))
                .isInstanceOf(Unavailable.class);
        assertThat(decided(request(null, List.of(TEN), List.of(PER_ADDRESS))).value())
                .as("no token, no lookup")
                .isEqualTo(new Unauthorized());
    }

    @Test
    void forgetsASessionThatRedisReportsInvalid() {
        var ada = begin("ada");
        decide(ada.token(), List.of(), List.of());
        // Another process revokes it.
        join(new RedisSessions(link).revoke(tenant(), ada.token().id(), deadline()));
        assertThat(decide(ada.token(), List.of(), List.of())).isEqualTo(new Unauthorized());
        redis.kill();
        assertThat(authorization(request(ada.token(), List.of(), List.of()))).isInstanceOf(Unavailable.class);
    }

    @Test
    void aReusedTokenEndsTheSessionAndItsCopyInMemoryIfConfigured() {
        var revoking = new GuardedAuthorizer(
                new RedisAuthorizer(link, null, TokenReuse.REVOKE),
                sessions,
                cache,
                new GuardedRateLimiter(new RedisRateLimiter(link), local, FallbackPolicy.LOCAL));
        var old = begin("ada").token();
        var rotation = join(sessions.rotate(tenant(), old, new Grace(0), deadline()));
        var current = ((Rotation.Rotated) rotation).token();
        assertThat(decide(current, List.of(), List.of())).isInstanceOf(Authorized.class);

        var reuse = join(revoking.authorize(tenant(), request(old, List.of(TEN), List.of()), deadline()));

        assertThat(reuse).isEqualTo(new Unauthorized(Reason.TOKEN_REUSED));
        assertThat(used(TEN, "ada")).isZero();
        redis.kill();
        assertThat(authorization(request(current, List.of(), List.of()))).isInstanceOf(Unavailable.class);
    }

    @Test
    void appliesItsOwnRevocationsWithoutRedis() {
        var ada = begin("ada");
        decide(ada.token(), List.of(), List.of());
        redis.kill();
        var _ = sessions.revoke(tenant(), ada.token().id(), deadline())
                .toCompletableFuture()
                .join();
        assertThat(authorization(request(ada.token(), List.of(), List.of()))).isInstanceOf(Unavailable.class);
    }

    @Test
    void appliesThePolicyOfEachLimitWithoutRedis() {
        var ada = begin("ada");
        var open = Limit.of("open", 1, 600).whenDown(FallbackPolicy.OPEN);
        var closed = Limit.of("closed", 1, 600).whenDown(FallbackPolicy.CLOSED);
        decide(ada.token(), List.of(), List.of());
        redis.kill();

        for (int i = 0; i < 3; i++) {
            assertThat(decided(request(ada.token(), List.of(open), List.of(open)))
                            .value())
                    .isInstanceOf(Authorized.class);
        }
        assertThat(authorization(request(ada.token(), List.of(closed), List.of())))
                .isInstanceOf(Unavailable.class);
        assertThat(authorization(request(ada.token(), List.of(), List.of(closed))))
                .isInstanceOf(Unavailable.class);
        assertThat(guarded(link, FallbackPolicy.CLOSED)
                        .authorize(tenant(), request(ada.token(), List.of(TEN), List.of()), deadline())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
    }

    /** The limits may have been charged, so only the session is looked up again. */
    @Test
    void decidesAfterALostReplyWithoutASecondCharge() {
        var ada = begin("ada");
        decide(ada.token(), List.of(TEN), List.of());
        var before = redis.calls("hget");

        wire.swallowNextReplyAndReset();
        var decision = decided(request(ada.token(), List.of(TEN), List.of()));

        assertThat(decision.value()).isInstanceOf(Authorized.class);
        assertThat(decision.source()).as("its limits were decided in memory").isEqualTo(Source.LOCAL);
        assertThat(redis.calls("hget") - before).isEqualTo(2);
        assertThat(used(TEN, "ada"))
                .as("once before, and once by the script whose reply was lost")
                .isEqualTo(2);
    }

    /** Otherwise a broken record would lock its user out. */
    @Test
    void appliesThePolicyOfALimitWithAnUnreadableRecord() {
        var ada = begin("ada");
        redis.cli("SET", "gh:{" + tenant() + ":" + HashTag.of("ada") + "}:rl:two", "junk", "PX", "60000");
        var decision = decided(request(ada.token(), List.of(TWO), List.of(PER_ADDRESS)));
        assertThat(decision.value()).isInstanceOf(Authorized.class);
        assertThat(decision.source()).isEqualTo(Source.LOCAL);
        assertThat(used(PER_ADDRESS, IP)).isEqualTo(1);
    }

    @Test
    void refundsTheUserIfTheClosedLimitOfTheAddressIsUnreadable() {
        var ada = begin("ada");
        var closed = PER_ADDRESS.whenDown(FallbackPolicy.CLOSED);
        redis.cli("SET", "gh:{" + tenant() + ":" + HashTag.of(IP) + "}:rl:address", "junk", "PX", "60000");
        assertThat(authorization(request(ada.token(), List.of(TEN), List.of(closed))))
                .isInstanceOf(Unavailable.class);
        assertThat(used(TEN, "ada")).isZero();
    }

    @Test
    void decidesSessionAndUserOnRedisWhileOnlyTheNodeOfTheAddressIsDown() {
        try (var cluster = RedisCluster.start();
                var toCluster = LinkOnClock.toCluster(
                        cluster.masters().stream().map(RedisProcess::port).toList(), NOW::get)) {
            // By default, all masters reject commands while one is down.
            cluster.masters().forEach(node -> node.cli("CONFIG", "SET", "cluster-require-full-coverage", "no"));
            var user = IntStream.range(0, 100)
                    .mapToObj(i -> "user-" + i)
                    .filter(name -> cluster.masterOf(key(name)) != cluster.masterOf(key(IP)))
                    .findFirst()
                    .orElseThrow();
            var guarded = guarded(toCluster, FallbackPolicy.LOCAL);
            var onCluster = new RedisSessions(toCluster);
            var begun = TestSessions.create(onCluster, tenant(), user);
            cluster.masterOf(key(IP)).kill();

            var decision = (Decided<Authorization>)
                    guarded.authorize(tenant(), request(begun.token(), List.of(TEN), List.of(PER_ADDRESS)), deadline())
                            .toCompletableFuture()
                            .join();

            var authorized = (Authorized) decision.value();
            assertThat(authorized.session()).isEqualTo(begun.session());
            assertThat(decision.source()).isEqualTo(Source.LOCAL);
            assertThat((List<?>) cluster.masterOf(key(user)).cli("KEYS", "gh:{" + tenant() + ":*}:rl:ten"))
                    .hasSize(1);
        }
    }

    private String key(String subject) {
        return "gh:{" + tenant() + ":" + HashTag.of(subject) + "}";
    }

    private Decided<Authorization> decided(AuthorizationRequest request) {
        Decision<Authorization> decision = authorization(request);
        assertThat(decision).isInstanceOf(Decided.class);
        return (Decided<Authorization>) decision;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.DenialCache;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.TokenReuse;
import dev.gatehouse.testkit.proxy.FaultProxy;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAuthorizerTest extends AccessContract {

    private static final Limit SECOND_LIMIT = Limit.sliding("sliding", 100, 60);
    private static final Limit THIRD_LIMIT = Limit.fixed("fixed", 100, 60);

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    private final Authorizer authorizer = new RedisAuthorizer(REDIS.link(), null, TokenReuse.LOG);

    @Override
    Authorizer authorizer() {
        return authorizer;
    }

    @Override
    SessionStore sessions() {
        return new RedisSessions(REDIS.link());
    }

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(REDIS.link());
    }

    @Override
    Source source() {
        return Source.REDIS;
    }

    @Test
    void sendsASessionAndThreeLimitsAsTwoScriptsInOneFlush() {
        var ada = begin("ada");
        try (var wire = FaultProxy.inFrontOf(REDIS.server());
                var through = LinkOnClock.toServer(wire.port(), NOW::get)) {
            var authorizer = new RedisAuthorizer(through, null, TokenReuse.LOG);
            var request = request(ada.token(), List.of(TEN, SECOND_LIMIT), List.of(PER_ADDRESS));
            join(authorizer.authorize(tenant(), request, deadline()));
            REDIS.cli("CONFIG", "RESETSTAT");
            var before = wire.traffic();

            assertThat(join(authorizer.authorize(tenant(), request, deadline())))
                    .isInstanceOf(Authorized.class);

            var passed = wire.traffic().since(before);
            assertThat(passed.commandReads()).as("one flush").isEqualTo(1);
            assertThat(passed.forwarded("EVALSHA")).isEqualTo(2);
            assertThat(REDIS.calls("evalsha")).isEqualTo(2);
            assertThat(REDIS.calls("eval")).isZero();
        }
    }

    @Test
    void sendsASessionAndThreeLimitsOfItsUserAsOneScript() {
        var ada = begin("ada");
        var limits = List.of(TEN, SECOND_LIMIT, THIRD_LIMIT);
        decide(ada.token(), limits, List.of());
        REDIS.cli("CONFIG", "RESETSTAT");

        assertThat(decide(ada.token(), limits, List.of())).isInstanceOf(Authorized.class);

        assertThat(REDIS.calls("evalsha")).isEqualTo(1);
        assertThat(REDIS.calls("eval")).isZero();
        assertThat(REDIS.calls("hget")).as("the session").isEqualTo(1);
        assertThat(REDIS.calls("set")).as("its user's limits").isEqualTo(3);
    }

    @Test
    void sendsOnlyTheScriptsThatARequestNeeds() {
        var ada = begin("ada");
        decide(ada.token(), List.of(TEN), List.of(PER_ADDRESS));
        decide(ada.token(), List.of(), List.of());
        REDIS.cli("CONFIG", "RESETSTAT");

        decide(null, List.of(TEN), List.of());
        assertThat(REDIS.calls("evalsha")).as("nothing").isZero();
        decide(null, List.of(TEN), List.of(PER_ADDRESS));
        assertThat(REDIS.calls("evalsha")).as("the address").isEqualTo(1);
        decide(ada.token(), List.of(Limit.unlimited("all")), List.of(Limit.unlimited("all")));
        assertThat(REDIS.calls("evalsha")).as("the session").isEqualTo(2);
        decide(ada.stranger(), List.of(TEN), List.of());
        assertThat(REDIS.calls("evalsha")).as("the session").isEqualTo(3);
        assertThat(REDIS.calls("set")).as("the address's limit alone").isEqualTo(1);
    }

    @Test
    void sendsARefundOnlyIfTheUserWasCharged() {
        var ada = begin("ada");
        exhaust(PER_ADDRESS, IP);
        decide(ada.token(), List.of(TEN), List.of(PER_ADDRESS));
        REDIS.cli("CONFIG", "RESETSTAT");

        decide(ada.token(), List.of(TEN), List.of(PER_ADDRESS));
        assertThat(REDIS.calls("evalsha")).isEqualTo(3);
        decide(ada.stranger(), List.of(TEN), List.of(PER_ADDRESS));
        assertThat(REDIS.calls("evalsha")).isEqualTo(5);
    }

    @Test
    void deniesACachedAddressWithoutRedisUntilItsRetryTime() {
        var ada = begin("ada");
        var authorizer = new RedisAuthorizer(REDIS.link(), new DenialCache(100, NOW::get), TokenReuse.LOG);
        exhaust(PER_ADDRESS, IP);
        // A denial is cached for ten seconds at most.
        pass(95 * SECOND);
        var request = request(ada.token(), List.of(TEN), List.of(PER_ADDRESS));
        var first = (OverLimit) join(authorizer.authorize(tenant(), request, deadline()));
        assertThat(first.quotas().retryAfter()).isEqualTo(inMicros(5 * SECOND));
        REDIS.cli("CONFIG", "RESETSTAT");

        pass(5 * SECOND - 1);
        var known = (OverLimit) join(authorizer.authorize(tenant(), request, deadline()));
        assertThat(known.session()).isNull();
        assertThat(known.quotas().retryAfter()).isEqualTo(inMicros(1));
        assertThat(join(authorizer.authorize(tenant(), request(null, List.of(TEN), List.of(PER_ADDRESS)), deadline())))
                .isInstanceOf(OverLimit.class);
        assertThat(REDIS.calls("evalsha")).isZero();

        pass(1);
        assertThat(join(authorizer.authorize(tenant(), request, deadline()))).isInstanceOf(Authorized.class);
        assertThat(used(TEN, "ada")).isEqualTo(1);
    }

    @Test
    void looksUpTheSessionOfAFlaggedRequestFromACachedAddress() {
        var ada = begin("ada");
        var authorizer = new RedisAuthorizer(REDIS.link(), new DenialCache(100, NOW::get), TokenReuse.LOG);
        exhaust(PER_ADDRESS, IP);
        var request = flagging(ada.token(), List.of(TEN), List.of(PER_ADDRESS));
        join(authorizer.authorize(tenant(), request, deadline()));
        REDIS.cli("CONFIG", "RESETSTAT");

        var flagged = (Authorized) join(authorizer.authorize(tenant(), request, deadline()));
        assertThat(flagged.quotas().exceededNames()).containsExactly("address");
        assertThat(REDIS.calls("evalsha")).isEqualTo(1);

        join(sessions().revoke(tenant(), ada.token().id(), deadline()));
        assertThat(join(authorizer.authorize(tenant(), request, deadline()))).isEqualTo(new Unauthorized());
    }

    /** A caller that sends a user's tag need not be that user. */
    @Test
    void doesNotCacheDenialsOfUsers() {
        var ada = begin("ada");
        var authorizer = new RedisAuthorizer(REDIS.link(), new DenialCache(100, NOW::get), TokenReuse.LOG);
        exhaust(TWO, "ada");
        for (int i = 0; i < 2; i++) {
            assertThat(join(authorizer.authorize(tenant(), request(ada.token(), List.of(TWO), List.of()), deadline())))
                    .isInstanceOf(OverLimit.class);
            assertThat(join(authorizer.authorize(
                            tenant(), request(ada.stranger(), List.of(TWO), List.of()), deadline())))
                    .isEqualTo(new Unauthorized());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-400L * 24, -25, 0, 25, 400L * 24})
    void countsCalendarQuotasByTheClockOfRedis(long hoursAhead) {
        var daily = Limit.calendar("daily", 2, CalendarPeriod.DAY, ZoneId.of("Europe/Berlin"));
        var ofAddress = Limit.calendar("address-daily", 3, CalendarPeriod.DAY, ZoneId.of("Europe/Berlin"));
        var before = NOW.get();
        NOW.set(MicroClock.now() + hoursAhead * 3600 * SECOND);
        try {
            var user = "user" + hoursAhead;
            var token = begin(user).token();
            for (int i = 0; i < 2; i++) {
                assertThat(decide(token, List.of(daily, TEN), List.of(ofAddress)))
                        .isInstanceOf(Authorized.class);
            }
            var over = (OverLimit) decide(token, List.of(daily, TEN), List.of(ofAddress));
            assertThat(over.quotas().exceededNames()).containsExactly("daily");
            assertThat(used(TEN, user)).isEqualTo(2);
            assertThat(((OverLimit) decide(token, List.of(daily, TEN), List.of(ofAddress)))
                            .quotas()
                            .exceededNames())
                    .containsExactly("address-daily");
        } finally {
            NOW.set(before);
        }
    }

    @Test
    void sendsACalendarQuotaInOneRoundTripOnceTheClockOfRedisIsKnown() {
        var daily = Limit.calendar("daily", 9, CalendarPeriod.DAY, ZoneId.of("Europe/Berlin"));
        var ada = begin("ada");
        decide(ada.token(), List.of(daily), List.of());
        REDIS.cli("CONFIG", "RESETSTAT");
        decide(ada.token(), List.of(daily), List.of());
        assertThat(REDIS.calls("evalsha")).isEqualTo(1);
        assertThat(used(daily, "ada")).isEqualTo(2);
    }

    @Test
    void isUnavailableAndChargesNothingIfARecordIsUnreadable() {
        var ada = begin("ada");
        REDIS.cli("SET", key("ada", "two"), "junk", "PX", "60000");
        assertThat(authorization(request(ada.token(), List.of(TEN, TWO), List.of(PER_ADDRESS))))
                .isInstanceOf(Unavailable.class);
        assertThat(REDIS.cli("GET", key("ada", "two"))).isEqualTo("junk");
        assertThat(used(TEN, "ada")).isZero();

        REDIS.cli("SET", key(IP, "address"), "junk", "PX", "60000");
        assertThat(authorization(request(ada.token(), List.of(TEN), List.of(PER_ADDRESS))))
                .isInstanceOf(Unavailable.class);
        assertThat(used(TEN, "ada")).as("refunded").isZero();
    }

    @Test
    void decidesOnTheClockOfRedis() {
        try (var own = RedisLink.to(LinkProbe.patientSettings(REDIS.server().url()))) {
            var before = NOW.get();
            NOW.set(MicroClock.now());
            try {
                var ada = begin("ada");
                var authorized = (Authorized) join(new RedisAuthorizer(own, null, TokenReuse.LOG)
                        .authorize(tenant(), request(ada.token(), List.of(TEN), List.of(PER_ADDRESS)), deadline()));
                assertThat(authorized.session().userId())
                        .isEqualTo(ada.session().userId());
            } finally {
                NOW.set(before);
            }
        }
    }

    @Test
    void storesNoUserAddressOrTokenInKeys() {
        var ada = begin("ada-lovelace");
        decide(ada.token(), List.of(TEN), List.of(PER_ADDRESS));
        for (var key : (List<?>) REDIS.cli("KEYS", "*" + tenant() + "*")) {
            assertThat((String) key)
                    .doesNotContain("ada-lovelace", IP, ada.token().secret());
            assertThat((Long) REDIS.cli("PTTL", (String) key)).isNotEqualTo(-1);
        }
    }

    private String key(String subject, String limit) {
        return "gh:{" + tenant() + ":" + HashTag.of(subject) + "}:rl:" + limit;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisOnClock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisClaimsTest extends ClaimsContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    @Override
    ClaimStore claims() {
        return new RedisClaims(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }

    @Test
    void theRedisKeyRevealsNeitherScopeNorKey() {
        claim("order-42", ADA);

        assertThat((List<?>) REDIS.cli("KEYS", "gh:{" + tenant + ":*"))
                .singleElement()
                .asString()
                .startsWith("gh:{" + tenant + ":" + HashTag.of("order-42") + "}:claim:")
                .matches(".*:claim:[A-Za-z0-9_-]{43}")
                .doesNotContain("order");
    }

    @Test
    void eachExpiryIsRoundedUpAndFollowsTheRecords() {
        var brief = new ClaimRequest(at("a", ADA), Fingerprint.NONE, "", new ClaimLease(1500), new Lifetime(1));
        claims(brief);
        assertThat(millisToLive("a")).isBetween(1L, 1_500L);
        extend("a", ADA, 500);
        assertThat(millisToLive("a")).isBetween(490_000L, 500_000L);
        complete("a", ADA, DONE);
        assertThat(millisToLive("a")).isBetween(1L, 1_000L);
        claims(request("b", ADA, "", 30, DAY));
        assertThat(millisToLive("b")).isBetween(DAY * 1000 - 10_000, DAY * 1000);
    }

    @Test
    void aDecisionWithoutChangeWritesNothing() {
        claims(request("a", ADA, "sha-1", 30, DAY));
        REDIS.cli("PEXPIRE", name("a"), "500000");
        var before = REDIS.cli("GET", name("a"));
        pass(SECOND);

        claim("a", ADA);
        claim("a", GRACE);
        claims(request("a", GRACE, "sha-2", 30, DAY));
        complete("a", GRACE, DONE);
        release("a", GRACE);
        extend("a", GRACE, 50);
        inspect("a");

        assertThat(REDIS.cli("GET", name("a"))).isEqualTo(before);
        assertThat(millisToLive("a")).isLessThanOrEqualTo(500_000);
        inspect("b");
        complete("b", ADA, DONE);
        release("b", ADA);
        extend("b", ADA, 50);
        assertThat(REDIS.cli("EXISTS", name("b"))).isEqualTo(0L);
    }

    @Test
    void aNewClaimRemovesTheCachedResult() {
        claims(request("a", ADA, "sha-1", 30, 60));
        complete("a", ADA, DONE);
        // The caller's clock is ahead of the one of Redis, which still has the key.
        pass(60 * SECOND);

        assertThat(claim("a", GRACE)).isEqualTo(new Claimed(in(30), in(DAY), 1));

        assertThat(inspect("a")).isInstanceOf(Inspection.InFlight.class);
        assertThat((String) REDIS.cli("GET", name("a"))).doesNotContain("sha-1", "/payments/7");
        assertThat(millisToLive("a")).isGreaterThan(60_000);
    }

    @Test
    void aLargeBodyIsCompressedIfThatMakesItSmaller() {
        claim("a", ADA);
        complete("a", ADA, new Response(200, List.of(), ResponseBody.of("abcdefgh".repeat(10_000))));
        assertThat((Long) REDIS.cli("STRLEN", name("a"))).isLessThan(2_000);
        claim("b", ADA);
        complete("b", ADA, new Response(200, List.of(), ResponseBody.of("a".repeat(1024))));
        assertThat((Long) REDIS.cli("STRLEN", name("b"))).isGreaterThan(1024);
    }

    @Test
    void eachOperationIsOneScript() {
        exercise();
        REDIS.cli("CONFIG", "RESETSTAT");

        exercise();

        assertThat(REDIS.calls("evalsha")).isEqualTo(7);
        assertThat(REDIS.calls("eval")).isZero();
    }

    private void exercise() {
        claim("a", ADA);
        extend("a", ADA, 30);
        release("a", ADA);
        claim("a", ADA);
        complete("a", ADA, DONE);
        inspect("a");
        invalidate("a");
    }

    @Test
    void aForeignValueMakesTheDecisionUnavailableAndStaysUnchanged() {
        for (var foreign :
                List.of("junk", "", "\u0001", "\u0001\u0001\u0001\u0001", "\u0003\u0001\u0001\u0001", "{\"a\":1}")) {
            REDIS.cli("SET", name("a"), foreign, "PX", "60000");
            assertAllUnavailable();
            assertThat(REDIS.cli("GET", name("a"))).isEqualTo(foreign);
        }

        REDIS.cli("DEL", name("a"));
        REDIS.cli("HSET", name("a"), "some", "thing");
        REDIS.cli("PEXPIRE", name("a"), "60000");
        assertAllUnavailable();
        assertThat(REDIS.cli("HGETALL", name("a"))).isEqualTo(List.of("some", "thing"));
    }

    @Test
    void anUnreadableResultMakesTheDecisionUnavailable() {
        for (var foreign : List.of("", "\u0007", "\u0001\u0002junk that is not deflated", "\u0001\u0000\u0000")) {
            REDIS.cli(
                    "EVAL",
                    "return redis.call('SET', KEYS[1], cmsgpack.pack(2, 'ada', '', 2^52, 1, ARGV[1]), 'PX', 60000)",
                    "1",
                    name("a"),
                    foreign);
            assertUnavailable(claims().claim(tenant, request("a", GRACE, "", 30, DAY), patience()));
            assertUnavailable(claims().inspect(tenant, key("a"), patience()));
        }
    }

    private void assertAllUnavailable() {
        assertUnavailable(claims().claim(tenant, request("a", ADA, "", 30, DAY), patience()));
        assertUnavailable(claims().complete(tenant, at("a", ADA), DONE, Optional.empty(), patience()));
        assertUnavailable(claims().release(tenant, at("a", ADA), patience()));
        assertUnavailable(claims().extend(tenant, at("a", ADA), new ClaimLease(1), patience()));
        assertUnavailable(claims().inspect(tenant, key("a"), patience()));
    }

    private static <T> void assertUnavailable(CompletionStage<Decision<T>> stage) {
        assertThat(stage.toCompletableFuture().join()).isInstanceOf(Unavailable.class);
    }

    private long millisToLive(String key) {
        return (Long) REDIS.cli("PTTL", name(key));
    }

    private String name(String key) {
        return key(key).redisKey(tenant);
    }
}

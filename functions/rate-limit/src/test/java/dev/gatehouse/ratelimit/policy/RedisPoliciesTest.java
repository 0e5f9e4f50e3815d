// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.redis.RedisOnClock;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisPoliciesTest extends PoliciesContract {

    private static final long TEN_YEARS_MILLIS = 315_360_000_000L;

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(MicroClock::now);

    private final Policies policies = new RedisPolicies(REDIS.link());

    @Override
    Policies policies() {
        return policies;
    }

    @Override
    Decision.Source source() {
        return Source.REDIS;
    }

    @AfterEach
    void everyKeyExpiresAndCountsWhatItHolds() {
        for (var key : (List<?>) REDIS.cli("KEYS", "*")) {
            if (REDIS.cli("TYPE", (String) key).equals("hash")) {
                assertThat((Long) REDIS.cli("PTTL", (String) key))
                        .as("%s", key)
                        .isBetween(TEN_YEARS_MILLIS - 600_000, TEN_YEARS_MILLIS);
                var fields = ((List<?>) REDIS.cli("HKEYS", (String) key))
                        .stream().map(String.class::cast).toList();
                assertThat(REDIS.cli("HMGET", (String) key, "policies", "overrides"))
                        .isEqualTo(
                                List.of(count(fields, "policy:", "policies"), count(fields, "override:", "overrides")));
            }
        }
        REDIS.cli("FLUSHALL");
    }

    private static String count(List<String> fields, String prefix, String counter) {
        assertThat(fields).contains(counter, "version");
        return Long.toString(
                fields.stream().filter(field -> field.startsWith(prefix)).count());
    }

    @Test
    void aTenantHasOneKeyThatDoesNotRevealItsSubjects() {
        put(STRICT);
        override("user-42@example.org", GENEROUS.inShadow());

        assertThat((List<?>) REDIS.cli("KEYS", "*")).isEqualTo(List.of(key()));
        assertThat(everything())
                .hasSize(5)
                .containsKey("version")
                .containsEntry("policies", "1")
                .containsEntry("overrides", "1")
                .containsEntry("policy:api", "algorithm=gcra limit=10 windowSeconds=60 burst=10")
                .containsEntry(
                        "override:api:" + HashTag.of("user-42@example.org"),
                        "algorithm=gcra limit=1000 windowSeconds=60 burst=1000 shadow");
        assertThat(everything().toString()).doesNotContain("user-42").doesNotContain("example");
    }

    @Test
    void eachOperationIsOneScript() {
        for (int i = 0; i < 2; i++) {
            REDIS.cli("CONFIG", "RESETSTAT");
            put(STRICT);
            override("vip", GENEROUS);
            find("api");
            book();
            removeOverride("api", "vip");
            remove("api");
        }
        assertThat(REDIS.calls("evalsha")).isEqualTo(6);
        assertThat(REDIS.calls("eval")).isZero();
    }

    @Test
    void eachWriteRenewsTheTenYears() {
        put(STRICT);
        override("vip", GENEROUS);
        override("vip2", GENEROUS);
        put(Limit.of("other", 1, 1));
        for (Runnable write : List.<Runnable>of(
                () -> put(STRICT),
                () -> put(GENEROUS),
                () -> override("vip", GENEROUS),
                () -> override("vip", STRICT),
                () -> removeOverride("api", "vip"),
                () -> remove("api"))) {
            REDIS.cli("PEXPIRE", key(), "60000");
            write.run();
            assertThat((Long) REDIS.cli("PTTL", key())).isGreaterThan(TEN_YEARS_MILLIS - 600_000);
        }
    }

    @Test
    void onlyAChangeRaisesTheVersion() {
        put(STRICT);
        override("vip", GENEROUS);
        var version = version();
        assertThat(version).isBetween(MicroClock.now() - 60_000_000, MicroClock.now());

        put(STRICT);
        override("vip", GENEROUS);
        removeOverride("api", "nobody");
        remove("other");
        override("vip", Limit.of("other", 1, 1));
        assertThat(version()).isEqualTo(version);

        for (Runnable change : List.<Runnable>of(
                () -> put(GENEROUS),
                () -> override("vip", STRICT),
                () -> removeOverride("api", "vip"),
                () -> remove("api"))) {
            long before = version();
            change.run();
            assertThat(version()).isGreaterThan(before);
        }
    }

    @Test
    void theVersionGrowsIfTheClockGoesBack() {
        put(STRICT);
        long ahead = MicroClock.now() + 3_600_000_000L;
        REDIS.cli("HSET", key(), "version", Long.toString(ahead));

        put(GENEROUS);
        assertThat(version()).isEqualTo(ahead + 1);
        override("vip", STRICT);
        assertThat(version()).isEqualTo(ahead + 2);
    }

    @Test
    void anUnreadableLimitIsTreatedAsAbsentAndUnchanged() {
        put(STRICT);
        put(Limit.of("other", 5, 60));
        override("vip", GENEROUS);
        override("vip", Limit.of("other", 50, 60));
        REDIS.cli("HSET", key(), "policy:api", "junk", "override:other:" + HashTag.of("vip"), "limit=");
        REDIS.cli("HINCRBY", key(), "version", "1");

        var elsewhere = new RedisPolicies(REDIS.link());
        var book = bookOf(elsewhere);

        assertThat(find("api")).isEmpty();
        assertThat(book.limitFor("api", "a")).isNull();
        assertThat(book.limitFor("api", "vip")).isNull();
        assertThat(book.limitFor("other", "vip")).isEqualTo(Limit.of("other", 5, 60));
        assertThat(everything()).containsEntry("policy:api", "junk");

        put(STRICT);
        assertThat(book().limitFor("api", "vip")).isEqualTo(GENEROUS);
    }

    @Test
    void aForeignValueIsUnavailableAndUnchanged() {
        REDIS.cli("SET", key(), "junk", "PX", "60000");
        assertAllUnavailable();
        assertThat(policies.find(tenant(), "api", patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(policies.snapshot(tenant(), patience()).toCompletableFuture().join())
                .isInstanceOf(Unavailable.class);
        assertThat(REDIS.cli("GET", key())).isEqualTo("junk");
    }

    @Test
    void aHashWithInvalidCountsIsNotWritten() {
        for (var field : List.of("version", "policies", "overrides")) {
            REDIS.cli("DEL", key());
            REDIS.cli("HSET", key(), field, "junk", "policy:api", "limit=1", "override:api:" + HashTag.of("vip"), "");
            REDIS.cli("PEXPIRE", key(), "60000");
            var before = everything();
            assertAllUnavailable();
            assertThat(everything()).isEqualTo(before);
        }
        REDIS.cli("DEL", key());
    }

    private void assertAllUnavailable() {
        for (var decision : List.of(
                policies.put(tenant(), STRICT, patience()),
                policies.remove(tenant(), "api", patience()),
                policies.override(tenant(), "vip", PolicyOverride.of(GENEROUS), patience()),
                policies.removeOverride(tenant(), "api", "vip", patience()))) {
            assertThat((Object) decision.toCompletableFuture().join()).isInstanceOf(Unavailable.class);
        }
    }

    private PolicySnapshot bookOf(Policies elsewhere) {
        var decision =
                elsewhere.snapshot(tenant(), patience()).toCompletableFuture().join();
        return ((Decision.Decided<PolicySnapshot>) decision).value();
    }

    private long version() {
        return Long.parseLong((String) REDIS.cli("HGET", key(), "version"));
    }

    private TreeMap<String, String> everything() {
        var reply = (List<?>) REDIS.cli("HGETALL", key());
        var fields = new TreeMap<String, String>();
        for (int i = 0; i < reply.size(); i += 2) {
            fields.put((String) reply.get(i), (String) reply.get(i + 1));
        }
        return fields;
    }

    private String key() {
        return "gh:{" + tenant() + ":policies}:rl";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisOnClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisOverridesTest extends OverridesContract {

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    private final Policies policies = new RedisPolicies(REDIS.link(), declared, System::nanoTime, NOW::get);

    /** Another process, which declares nothing and whose snapshots never age. */
    private final Policies elsewhere = new RedisPolicies(REDIS.link(), DeclaredPolicies.NONE, () -> 0, NOW::get);

    @Override
    Policies policies() {
        return policies;
    }

    @Test
    void theNextWriteRemovesEndedOverrides() {
        put(FREE);
        var override = PolicyOverride.of(FREE);
        for (int n = 1; n <= 6; n++) {
            override("s" + n, override.until(in(Duration.ofSeconds(n))).labelled("label expiresAt=1"));
        }
        override("stays", override.labelled("expiresAt=1"));
        assertThat(overridesInRedis())
                .containsExactlyInAnyOrderElementsOf(tagsOf("s1", "s2", "s3", "s4", "s5", "s6", "stays"));

        for (var write : List.<Runnable>of(
                () -> put(FREE),
                () -> remove("none"),
                () -> removeOverride("api", "nobody"),
                () -> override("stays", PolicyOverride.ofPolicy("api", "api")),
                () -> put(PRO))) {
            NOW.addAndGet(1_000_000);
            write.run();
            assertThat(Integer.toString(overridesInRedis().size())).isEqualTo(REDIS.cli("HGET", key(), "overrides"));
            assertThat(REDIS.cli("HGET", key(), "expiry"))
                    .isEqualTo(Long.toString(in(Duration.ofSeconds(1)).toEpochMilli()));
        }
        assertThat(overridesInRedis()).containsExactlyInAnyOrderElementsOf(tagsOf("s6", "stays"));
        NOW.addAndGet(1_000_000);
        put(FREE);
        assertThat(overridesInRedis()).containsExactlyElementsOf(tagsOf("stays"));
        assertThat(REDIS.cli("HEXISTS", key(), "expiry")).isEqualTo(0L);
    }

    @Test
    void anOverrideOfAPolicyThatIsNotDeclaredHereHasNoEffect() {
        override("vip", PolicyOverride.of(Limit.of("declared", 500, 60)));

        assertThat(decided(elsewhere.current(tenant, patience())).limitFor("declared", "vip"))
                .isNull();
        assertThat(decided(elsewhere.override(tenant, "vip", PolicyOverride.of(DECLARED), patience())))
                .isEqualTo(StoreResult.NO_SUCH_POLICY);
        assertThat(decided(elsewhere.current(tenant, patience())).overrides("declared", "", 10))
                .as("it is listed, so that it can be removed")
                .hasSize(1);
        assertThat(decided(elsewhere.remove(tenant, "declared", patience()))).isTrue();
        assertThat(decided(policies.current(tenant, patience())).limitFor("declared", "vip"))
                .isEqualTo(DECLARED);
    }

    @Test
    void aListingShowsTheWritesOfOthersAtOnce() {
        assertThat(decided(elsewhere.snapshot(tenant, patience())).policies("", 10))
                .isEmpty();
        put(FREE);

        assertThat(decided(elsewhere.snapshot(tenant, patience())).policies("", 10))
                .as("no time passes there")
                .isEmpty();
        assertThat(decided(elsewhere.current(tenant, patience())).policies("", 10))
                .hasSize(1);
        assertThat(decided(elsewhere.snapshot(tenant, patience())).policies("", 10))
                .hasSize(1);
    }

    @Test
    void anUnchangedListingIsReadOnce() {
        put(FREE);
        current();
        REDIS.cli("CONFIG", "RESETSTAT");
        IntStream.range(0, 10).forEach(_ -> current());

        assertThat(REDIS.calls("evalsha")).isEqualTo(10);
        assertThat(REDIS.calls("hgetall")).isZero();
    }

    @Test
    void anUnreadablePolicyGivesWayToTheDeclaredOne() {
        put(Limit.of("declared", 7, 60));
        REDIS.cli("HSET", key(), "policy:declared", "junk", "override:api:" + HashTag.of("vip"), "policy=a limit=1");
        REDIS.cli("HINCRBY", key(), "version", "1");

        assertThat(find("declared")).contains(new Policy(DECLARED, Policy.Source.DECLARED));
        assertThat(current().limitFor("declared", "anyone")).isEqualTo(DECLARED);
        assertThat(current().overrides("api", "", 10)).isEmpty();
    }

    /** Each page is read anew, while other overrides come and go. */
    @Test
    void aFullListingIsReadInPages() {
        put(FREE);
        REDIS.cli(
                "EVAL",
                "for n = 1, 10000 do redis.call('HSET', KEYS[1], 'override:api:' .. ('%012d'):format(2 * n), ARGV[1]) end"
                        + " return redis.call('HSET', KEYS[1], 'overrides', '10000')",
                "1",
                key(),
                "policy=api-pro expiresAt=253402300799999 label=trial");
        REDIS.cli("HINCRBY", key(), "version", "1");

        var listed = new ArrayList<String>();
        var after = "";
        for (int page = 1; page <= 100; page++) {
            var entries = current().overrides("api", after, 100);
            entries.forEach(entry -> listed.add(entry.getKey()));
            after = listed.getLast();
            if (page % 25 == 0) {
                REDIS.cli("HDEL", key(), "override:api:" + listed.getFirst());
                REDIS.cli("HSET", key(), "override:api:000000000001", "policy=api-pro");
                REDIS.cli("HINCRBY", key(), "version", "1");
            }
        }
        assertThat(current().overrides("api", after, 100)).isEmpty();
        assertThat(listed)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 10_000)
                        .mapToObj(n -> "%012d".formatted(2 * n))
                        .toList());
    }

    private List<String> overridesInRedis() {
        return ((List<?>) REDIS.cli("HKEYS", key()))
                .stream()
                        .map(String.class::cast)
                        .filter(field -> field.startsWith("override:api:"))
                        .map(field -> field.substring("override:api:".length()))
                        .toList();
    }

    private static List<String> tagsOf(String... subjects) {
        return Stream.of(subjects).map(HashTag::of).toList();
    }

    private String key() {
        return "gh:{" + tenant + ":policies}:rl";
    }
}

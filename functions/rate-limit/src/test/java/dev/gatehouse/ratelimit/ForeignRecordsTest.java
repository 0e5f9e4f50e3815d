// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisOnClock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests keys that Gatehouse did not write: no limit reads or changes them. */
class ForeignRecordsTest {

    private static final long NOW = 1_790_000_000_000_000L;

    private static final List<Limit> OF_EVERY_KIND = List.of(
            Limit.of("limit", 10, 60),
            Limit.fixed("limit", 10, 60),
            Limit.sliding("limit", 10, 60),
            Limit.calendar("limit", 10, CalendarPeriod.DAY, ZoneId.of("UTC")));

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(() -> NOW);

    private final String tenant = "tenant-" + UUID.randomUUID();
    private final RateLimiter limiter = new RedisRateLimiter(REDIS.link());

    /** @param record in Lua; {@code p} packs */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "''",
                "'junk'",
                "'{\"json\":1}'",
                "string.rep('x', 100)",
                "p('shape')",
                "p('shape', 1, 2)",
                "p('shape', 1, 2, 3)",
                "p(1, 2, 3, 4)",
                "p({}, 2, 3, 4)",
                // a kind that is not known, as a later Gatehouse may write
                "p(p('leaky', 10, 60000000, 15, 4000000), 1, 2, 3)",
                // numbers that are missing, or none
                "p(p('gcra', 10, 60000000, 0), 1)",
                "p(p('gcra', 10, 60000000, 0), '1', 2)",
                "p(p('gcra', 10, 60000000, 0), 1, '2')",
                "p(p('gcra', 10), 1, 2)",
                "p(p('gcra', 10, 60000000, 10), 1, 2, '3')",
                "p(p('fixed', 10, 60000000), 1)",
                "p(p('fixed', 10, 60000000), 0, 29833333)",
                "p(p('fixed', 10, 60000000), 5, 29833333)",
                "p(p('fixed', 10, 60000000), 5, 1)",
                "p(p('fixed', 10, 60000000), '5', 29833333, 1790000040000000)",
                "p(p('fixed', 10, 60000000), 5, 29833333, true)",
                "p(p('fixed', 10, 86400000000 + 10800000000, 'DAY', 'UTC'), 0, 20717)",
                "p(p('fixed'), 1, 2, 3)",
                "p(p('sliding', 10, 60000000, 15, 4000000), 0, 0)",
                "p(p('sliding', 10, 60000000, 15, 4000000), 1, 2)",
                "p(p('sliding', 10, 60000000, 15, 4000000), 1, 2, '3')",
                "p(p('sliding', 10, 60000000), 1, 2, 3)",
                // cut off
                "string.sub(p(p('fixed', 10, 60000000), 5, 29833333, 1790000040000000), 1, -3)",
                "string.sub(p(p('gcra', 10, 60000000, 0), 1790000040000000, 0), 1, -2)",
            })
    void aForeignRecordIsUnavailableAndUnchanged(String record) {
        var writing = "local p = cmsgpack.pack redis.call('SET', KEYS[1], " + record + ", 'PX', 600000)";
        REDIS.cli("EVAL", writing, "1", key("foreign"));
        var before = REDIS.cli("EVAL", "return redis.sha1hex(redis.call('GET', KEYS[1]))", "1", key("foreign"));
        for (var limit : OF_EVERY_KIND) {
            var foreign = new LimitedSubject(limit, "foreign", 1);
            var other = new LimitedSubject(limit, "other", 1);
            for (var charges : List.of(List.of(foreign), List.of(other, foreign), List.of(foreign, other))) {
                for (var mode : Mode.values()) {
                    isUnavailable(limiter.check(tenant, new Check(charges, mode), patience()));
                }
                isUnavailable(limiter.refund(tenant, new Check(charges, Mode.ALL), patience()));
            }
            isUnavailable(limiter.check(
                    tenant, new Check(List.of(new LimitedSubject(limit, "foreign", 0)), Mode.ALL), patience()));
            isUnavailable(limiter.settle(tenant, new Settlement(limit, "foreign", 1, 2), patience()));
            isUnavailable(limiter.settle(tenant, new Settlement(limit, "foreign", 2, 1), patience()));
        }
        assertThat(REDIS.cli("EVAL", "return redis.sha1hex(redis.call('GET', KEYS[1]))", "1", key("foreign")))
                .isEqualTo(before);
        assertThat(REDIS.cli("EXISTS", key("other"))).isEqualTo(0L);

        // but it can be reset
        var reset = limiter.reset(tenant, "limit", "foreign", patience());
        assertThat(reset.toCompletableFuture().join()).isEqualTo(new Decided<>(true, Decision.Source.REDIS));
    }

    private static void isUnavailable(CompletionStage<? extends Decision<?>> decision) {
        assertThat(decision.toCompletableFuture().join()).isInstanceOf(Unavailable.class);
    }

    private String key(String subject) {
        return "gh:{" + tenant + ":" + HashTag.of(subject) + "}:rl:limit";
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

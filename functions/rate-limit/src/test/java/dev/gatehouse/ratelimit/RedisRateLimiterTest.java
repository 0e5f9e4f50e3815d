// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisOnClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisRateLimiterTest extends DelayContract {

    private static final Limit TEN = Limit.of("ten", 10, 60);

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    @Override
    RateLimiter limiter() {
        return new RedisRateLimiter(REDIS.link());
    }

    @Override
    Decision.Source source() {
        return Decision.Source.REDIS;
    }

    @AfterEach
    void noKeyLivesForEver() {
        for (var key : (List<?>) REDIS.cli("KEYS", "*")) {
            // -2: gone since it was listed
            assertThat((Long) REDIS.cli("PTTL", (String) key))
                    .as("%s", key)
                    .isNotEqualTo(-1)
                    .isLessThan(600_000_000L);
        }
    }

    @Test
    void aLimitHasOneKeyThatHidesItsSubjectAndLivesUntilTheTat() {
        check(TEN, "user-42", 1);

        var key = key("user-42");
        assertThat((List<?>) REDIS.cli("KEYS", "gh:{" + tenant() + ":*")).isEqualTo(List.of(key));
        assertThat(Record.at(REDIS.server(), key))
                .isEqualTo((NOW.get() + 6_000_000) + " 0 " + NOW.get() + " 10 60000000 10");
        assertThat((Long) REDIS.cli("PTTL", key)).isBetween(1L, 6000L);
    }

    @Test
    void aRecordInTheEarlierFormatIsRead() {
        // given seven of ten used, before records had a time and shapes the window and burst
        var writing = "local p = cmsgpack.pack redis.call('SET', KEYS[1], p(p('gcra', 10, 60000000, 0), "
                + (NOW.get() + 42_000_000) + ", 0), 'PX', 42000)";
        REDIS.cli("EVAL", writing, "1", key("old"));
        REDIS.cli("EVAL", writing, "1", key("changed"));
        REDIS.cli("EVAL", writing, "1", key("other"));

        assertThat(check(TEN, "old", 1)).isEqualTo(allowed(2, 48));
        assertThat(Record.at(REDIS.server(), key("old")))
                .isEqualTo((NOW.get() + 48_000_000) + " 0 " + NOW.get() + " 10 60000000 10");
        assertThat(check(Limit.of("ten", 20, 60), "changed", 1)).isEqualTo(allowed(12, 24));
        assertThat(check(Limit.sliding("ten", 10, 60), "other", 1).remaining()).isEqualTo(2);
    }

    @Test
    void readsAndDenialsWriteNothing() {
        check(TEN, "a", 0);
        check(TEN, "a", 11);
        assertThat((List<?>) REDIS.cli("KEYS", "gh:{" + tenant() + ":*")).isEqualTo(List.of());

        check(TEN, "a", 10);
        REDIS.cli("PEXPIRE", key("a"), "500000");
        check(TEN, "a", 0);
        check(TEN, "a", 1);
        assertThat((Long) REDIS.cli("PTTL", key("a"))).isGreaterThan(400_000);
    }

    @Test
    void aRecordLivesUntilItsLockOutEnds() {
        var blocking = TEN.blocking(600);
        check(blocking, "a", 11);
        assertThat((Long) REDIS.cli("PTTL", key("a"))).isBetween(590_000L, 600_000L);

        REDIS.cli("PEXPIRE", key("a"), "500000");
        check(blocking, "a", 1);
        check(blocking, "a", 0);
        assertThat((Long) REDIS.cli("PTTL", key("a"))).as("nothing written").isLessThan(500_001);
        pass(600_000_000);
        check(blocking, "a", 1);
        assertThat((Long) REDIS.cli("PTTL", key("a"))).isBetween(1L, 6000L);
    }

    @Test
    void anUnusedRecordOfAnotherShapeIsDeleted() {
        for (var was : List.of(TEN, Limit.fixed("ten", 10, 60), Limit.sliding("ten", 10, 60))) {
            check(was, "a", 1);
            REDIS.cli("PEXPIRE", key("a"), "60000");
            pass(120_000_000);

            check(Limit.of("ten", 10, 600), "a", 11);
            assertThat(REDIS.cli("EXISTS", key("a"))).isEqualTo(0L);
        }
    }

    @Test
    void aCheckIsOneScript() {
        check(TEN, "a", 1);
        REDIS.cli("CONFIG", "RESETSTAT");

        decide(Mode.ALL, charge(TEN, "a", 1), charge(TEN, "b", 1), charge(TEN, "c", 1));

        assertThat(REDIS.calls("evalsha")).isEqualTo(1);
        assertThat(REDIS.calls("eval")).isZero();
    }

    @Test
    void anUnreadableRecordIsUnavailableAndUnchanged() {
        for (var foreign :
                List.of("", "junk", "1 2 3", "-1 0 10 60000000 0", "1e9 0 10 60000000 0", "1 0 10 60000000 0 7")) {
            REDIS.cli("SET", key("a"), foreign, "PX", "60000");

            assertThat(decision(charge(TEN, "b", 1), charge(TEN, "a", 1))).isInstanceOf(Unavailable.class);
            assertThat(REDIS.cli("GET", key("a"))).isEqualTo(foreign);
            assertThat(REDIS.cli("EXISTS", key("b"))).isEqualTo(0L);
        }
        REDIS.cli("DEL", key("a"));
        REDIS.cli("LPUSH", key("a"), "junk");
        REDIS.cli("PEXPIRE", key("a"), "60000");
        assertThat(decision(charge(TEN, "a", 1))).isInstanceOf(Unavailable.class);
        assertThat(REDIS.cli("TYPE", key("a"))).isEqualTo("list");
    }

    @Test
    void itDecidesOnTheClockOfRedis() {
        try (var own = RedisLink.to(LinkProbe.patientSettings(REDIS.server().url()))) {
            var limit = Limit.of("hourly", 1, 3600);
            var check = new Check(List.of(charge(limit, "a", 1)), Mode.ALL);
            var limiter = new RedisRateLimiter(own);

            var first = limiter.check(tenant(), check, patience())
                    .toCompletableFuture()
                    .join();
            var second = limiter.check(tenant(), check, patience())
                    .toCompletableFuture()
                    .join();

            assertThat(first).isEqualTo(new Decided<>(new CheckDecision(true, List.of(allowed(0, 3600))), source()));
            var denied = ((Decided<CheckDecision>) second).value().limits().getFirst();
            assertThat(denied.resetAfter()).isBetween(Duration.ofSeconds(3500), Duration.ofSeconds(3600));
        }
    }

    private Decision<CheckDecision> decision(LimitedSubject... charges) {
        return limiter()
                .check(tenant(), new Check(List.of(charges), Mode.EACH), patience())
                .toCompletableFuture()
                .join();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private String key(String subject) {
        return "gh:{" + tenant() + ":" + HashTag.of(subject) + "}:rl:ten";
    }
}

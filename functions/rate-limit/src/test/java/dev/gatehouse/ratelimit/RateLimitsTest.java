// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the limiter of a JVM program. */
class RateLimitsTest {

    private static final Limit TWO = Limit.of("two", 2, 3600);

    private final RedisProcess redis = RedisProcess.start();
    private final RateLimits limits = RateLimits.from(
            Map.of("REDIS_URL", redis.url(), "REDIS_COMMAND_TIMEOUT", "10000", "REDIS_CONNECTION_TIMEOUT", "10000"));

    @AfterEach
    void close() {
        limits.close();
        redis.close();
    }

    @Test
    void aLimitIsCheckedInOneCall() {
        assertThat(limits.check(TWO, "user-42").remaining()).isEqualTo(1);
        assertThat(limits.check(TWO, "user-42").allowed()).isTrue();

        var result = limits.check(TWO, "user-42");

        assertThat(result.allowed()).isFalse();
        assertThat(result.degraded()).isFalse();
        assertThat(result.retryAfter()).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(30));
        assertThat(limits.check(TWO, "user-43").allowed()).isTrue();
    }

    @Test
    void aCheckMayWaitForItsUnits() {
        var hourly = Limit.of("hourly", 4, 3600);
        assertThat(limits.check(hourly, "user-42", 4, Check.MAX_WAIT).waitTime())
                .isEqualTo(Duration.ZERO);

        var result = limits.check(hourly, "user-42", 1, Check.MAX_WAIT);

        assertThat(result.allowed()).isTrue();
        assertThat(result.waitTime()).isBetween(Duration.ofMinutes(14), Duration.ofMinutes(15));
        assertThat(limits.check(hourly, "user-42", 1, Check.MAX_WAIT).allowed()).isFalse();
    }

    @Test
    void refundedUnitsCanBeUsedAndADebtDelaysChecks() {
        limits.check(TWO, "user-42", 2);

        limits.refund(TWO, "user-42", 1);
        assertThat(limits.check(TWO, "user-42").allowed()).isTrue();

        limits.settle(new Settlement(TWO, "user-42", 1, 3));
        assertThat(limits.check(TWO, "user-42").retryAfter()).isGreaterThan(Duration.ofMinutes(80));
    }

    @Test
    void heldUnitsAreSettledByTheActualCost() {
        var hold = Check.Hold.of(Duration.ofMinutes(2), true);
        assertThat(limits.hold(TWO, "user-42", 2, hold).allowed()).isTrue();
        assertThat(limits.hold(TWO, "user-42", 2, hold).allowed()).isTrue();
        assertThat(limits.check(TWO, "user-42").allowed()).isFalse();

        var settlement = new Settlement.OfHold(TWO, "user-42", hold.id(), 1);
        assertThat(limits.settle(settlement))
                .isInstanceOfSatisfying(Decided.class, settled -> assertThat((Optional<?>) settled.value())
                        .isPresent());
        assertThat(limits.check(TWO, "user-42").allowed()).isTrue();
    }

    @Test
    void aCostThatNeverFitsHasNoRetryTime() {
        var result = limits.check(TWO, "user-42", 3);

        assertThat(result.allowed()).isFalse();
        assertThat(result.retryAfter()).isNull();
    }

    @Test
    void withoutRedisItCountsLocallyAndIsDegraded() {
        redis.kill();

        assertThat(limits.check(TWO, "user-42").degraded()).isTrue();
        assertThat(limits.check(TWO, "user-42").allowed()).isTrue();
        assertThat(limits.check(TWO, "user-42").allowed()).isFalse();
        var closed = limits.check(Limit.of("closed", 2, 3600).whenDown(FallbackPolicy.CLOSED), "user-42");
        assertThat(closed.allowed()).isFalse();
        assertThat(closed.retryAfter()).isPositive();
    }

    @Test
    void anInvalidSubjectIsRejectedByName() {
        assertThatThrownBy(() -> limits.check(TWO, ""))
                .isInstanceOfSatisfying(InvalidLimit.class, invalid -> assertThat(invalid.field())
                        .isEqualTo("subject"));
    }
}

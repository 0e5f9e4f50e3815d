// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests that cached denials need no round trip and that all other checks are sent. */
class DenialCacheTest {

    private static final long SECOND = 1_000_000;

    /** A unit is freed every six seconds. */
    private static final Limit TEN = Limit.of("ten", 10, 60);

    private static final Limit HOURLY = Limit.fixed("hourly", 5, 3600);

    private static final Duration WINDOW_LEFT = Duration.ofSeconds(2800);

    private static final AtomicLong NOW = new AtomicLong();

    @RegisterExtension
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    private final DenialCache denials = new DenialCache(100, NOW::get);
    private final String tenant = "tenant-" + UUID.randomUUID();
    private RedisRateLimiter limiter = new RedisRateLimiter(REDIS.link(), denials);

    @BeforeEach
    void setTheClock() {
        NOW.set(1_790_000_000 * SECOND);
        REDIS.cli("CONFIG", "RESETSTAT");
    }

    @Test
    void aCachedDenialNeedsNoRoundTripAndStaysExact() {
        check(TEN, 8);
        assertThat(check(TEN, 5)).isEqualTo(new Denied(2, seconds(48), seconds(18)));
        assertThat(scriptCalls()).isEqualTo(2);

        NOW.addAndGet(6 * SECOND);
        assertThat(check(TEN, 5)).isEqualTo(new Denied(3, seconds(42), seconds(12)));
        NOW.addAndGet(4 * SECOND - 1);
        assertThat(check(TEN, 5)).isEqualTo(new Denied(3, micros(38 * SECOND + 1), micros(8 * SECOND + 1)));
        assertThat(scriptCalls()).isEqualTo(2);
    }

    @Test
    void redisDecidesFromTheRetryTimeOn() {
        check(TEN, 10);
        assertThat(check(TEN, 1)).isEqualTo(new Denied(0, seconds(60), seconds(6)));

        NOW.addAndGet(6 * SECOND - 1);
        assertThat(check(TEN, 1)).isEqualTo(new Denied(0, micros(54 * SECOND + 1), micros(1)));
        assertThat(scriptCalls()).isEqualTo(2);
        NOW.addAndGet(1);
        assertThat(check(TEN, 1)).isInstanceOf(Allowed.class);
        assertThat(scriptCalls()).isEqualTo(3);
    }

    @Test
    void aDenialIsCachedForAtMostTenSeconds() {
        check(HOURLY, 5);
        check(HOURLY, 1);
        decision(new RedisRateLimiter(REDIS.link()).reset(tenant, "hourly", "a", patience()));

        NOW.addAndGet(10 * SECOND - 1);
        assertThat(check(HOURLY, 1)).isInstanceOf(Denied.class);
        NOW.addAndGet(1);
        assertThat(check(HOURLY, 1)).isInstanceOf(Allowed.class);
    }

    @Test
    void aLockOutIsCachedUntilItEnds() {
        var blocking = TEN.blocking(4);
        check(blocking, 10);
        assertThat(check(blocking, 1)).isEqualTo(new Denied(0, seconds(60), seconds(6), true));

        NOW.addAndGet(4 * SECOND - 1);
        assertThat(check(blocking, 1)).isEqualTo(new Denied(0, micros(56 * SECOND + 1), micros(2 * SECOND + 1), true));
        assertThat(scriptCalls()).isEqualTo(2);
        // the next denial starts another, on Redis
        NOW.addAndGet(1);
        assertThat(check(blocking, 1)).isEqualTo(new Denied(0, seconds(56), seconds(4), true));
        assertThat(scriptCalls()).isEqualTo(3);
    }

    @Test
    void aDenialIsCachedForChecksOfTheSameMaximumWaitOnly() {
        check(TEN, 10);
        var ofOne = List.of(charge(TEN, "a", 1));
        check(TEN, 1);

        assertThat(decide(new Check(ofOne, Mode.ALL, seconds(6))).allowed()).isTrue();
        assertThat(scriptCalls()).isEqualTo(3);
        var impatient = new Check(ofOne, Mode.ALL, seconds(2));
        assertThat(decide(impatient).limits()).containsExactly(new Denied(0, seconds(66), seconds(10)));
        NOW.addAndGet(9 * SECOND);
        assertThat(decide(impatient).limits()).containsExactly(new Denied(0, seconds(57), seconds(1)));
        assertThat(scriptCalls()).isEqualTo(4);
    }

    @Test
    void aDenialForGoodIsCachedForTenSeconds() {
        assertThat(check(HOURLY, 6)).isEqualTo(new Denied(5, Duration.ZERO, null));
        assertThat(check(HOURLY, 6)).isEqualTo(new Denied(5, Duration.ZERO, null));
        assertThat(scriptCalls()).isEqualTo(1);

        NOW.addAndGet(10 * SECOND);
        check(HOURLY, 6);
        assertThat(scriptCalls()).isEqualTo(2);
    }

    @Test
    void aCorrectionOfAnyOfItsLimitsInvalidatesADenial() {
        var both = new Check(List.of(charge(TEN, "b", 1), charge(HOURLY, "a", 1)), Mode.ALL);
        for (int correction = 0; correction < 6; correction++) {
            check(HOURLY, 5);
            decide(both);
            decide(both);
            long before = scriptCalls();

            var other = correction % 2 == 0 ? charge(TEN, "b", 0) : charge(HOURLY, "a", 0);
            switch (correction / 2) {
                case 0 -> decision(limiter.refund(tenant, new Check(List.of(other), Mode.ALL), patience()));
                case 1 ->
                    decision(limiter.settle(tenant, new Settlement(other.limit(), other.subject(), 1, 1), patience()));
                default -> decision(limiter.reset(tenant, other.limit().name(), other.subject(), patience()));
            }
            decide(both);
            assertThat(scriptCalls()).as("%d", correction).isEqualTo(before + 2);
            decision(limiter.reset(tenant, "hourly", "a", patience()));
        }
    }

    @Test
    void correctionsOfOtherLimitsDoNotInvalidateADenial() {
        check(HOURLY, 5);
        check(HOURLY, 1);
        decision(limiter.reset(tenant, "hourly", "b", patience()));
        decision(limiter.reset(tenant, "ten", "a", patience()));
        decision(limiter.reset("another", "hourly", "a", patience()));
        long before = scriptCalls();

        assertThat(check(HOURLY, 1)).isInstanceOf(Denied.class);
        assertThat(scriptCalls()).isEqualTo(before);
    }

    @Test
    void anyOtherCheckIsSentToRedis() {
        check(HOURLY, 3);
        check(HOURLY, 3);
        assertThat(check(HOURLY, 2)).isEqualTo(new Allowed(0, WINDOW_LEFT));
        assertThat(check(HOURLY, 3)).as("still known").isEqualTo(new Denied(2, WINDOW_LEFT, WINDOW_LEFT));
        assertThat(scriptCalls()).isEqualTo(3);

        check(HOURLY, 1);
        check(HOURLY, 0);
        check(Limit.fixed("hourly", 6, 3600), 3);
        decide(new Check(List.of(charge(HOURLY, "b", 3)), Mode.ALL));
        decide(new Check(List.of(charge(HOURLY, "a", 3)), Mode.EACH));
        decide("another", new Check(List.of(charge(HOURLY, "a", 3)), Mode.ALL));
        assertThat(scriptCalls()).isEqualTo(9);
    }

    @Test
    void checksOfSeveralLimitsInModeEachAreNotCached() {
        check(HOURLY, 5);
        var each = new Check(List.of(charge(HOURLY, "a", 1), charge(TEN, "a", 1)), Mode.EACH);
        for (int left = 9; left >= 5; left--) {
            assertThat(decide(each).limits().getLast().remaining()).isEqualTo(left);
        }
    }

    @Test
    void aDenialWithoutRoomIsNotCached() {
        limiter = new RedisRateLimiter(REDIS.link(), new DenialCache(1, NOW::get));
        check(HOURLY, 6);
        check(TEN, 11);
        check(TEN, 11);
        check(HOURLY, 6);
        assertThat(scriptCalls()).isEqualTo(3);
    }

    @Test
    void limitsInShadowAreNeitherDeniedNorCached() {
        check(HOURLY, 5);
        for (int i = 0; i < 3; i++) {
            var decision = decide(new Check(List.of(charge(HOURLY.inShadow(), "a", 1)), Mode.ALL));
            assertThat(decision.allowed()).isTrue();
        }
        assertThat(scriptCalls()).isEqualTo(4);
    }

    private static long scriptCalls() {
        return REDIS.calls("evalsha");
    }

    private LimitDecision check(Limit limit, long cost) {
        return decide(new Check(List.of(charge(limit, "a", cost)), Mode.ALL))
                .limits()
                .getFirst();
    }

    private CheckDecision decide(Check check) {
        return decide(tenant, check);
    }

    private CheckDecision decide(String as, Check check) {
        return decision(limiter.check(as, check, patience()));
    }

    private static <T> T decision(CompletionStage<Decision<T>> stage) {
        return ((Decided<T>) stage.toCompletableFuture().join()).value();
    }

    private static LimitedSubject charge(Limit limit, String subject, long cost) {
        return new LimitedSubject(limit, subject, cost);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * 1000);
    }
}

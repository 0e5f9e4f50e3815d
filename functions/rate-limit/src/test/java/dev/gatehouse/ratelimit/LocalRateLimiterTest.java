// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalRateLimiterTest extends DelayContract {

    private static final Limit TEN = Limit.of("ten", 10, 60);

    private LocalRateLimiter limiter = new LocalRateLimiter(1, 1000, NOW::get);

    @Override
    RateLimiter limiter() {
        return limiter;
    }

    @Override
    Decision.Source source() {
        return Decision.Source.LOCAL;
    }

    @Test
    void onlyNewSubjectsAreDeniedWhileMemoryIsFull() {
        limiter = new LocalRateLimiter(1, 2, NOW::get);
        check(TEN, "a", 1);
        check(TEN, "b", 1);

        assertThat(check(TEN, "c", 1)).isEqualTo(denied(0, 1, 1));
        assertThat(check(TEN, "c", 0)).isEqualTo(allowed(0, 1));
        assertThat(check(TEN, "c", 11)).isEqualTo(new LimitDecision.Denied(0, Duration.ofSeconds(1), null));
        assertThat(check(TEN, "a", 1)).isEqualTo(allowed(8, 12));
        assertThat(check(TEN, "b", 9)).isEqualTo(allowed(0, 60));
    }

    @Test
    void aCheckWithoutRoomForAllItsLimitsChargesNothing() {
        limiter = new LocalRateLimiter(1, 2, NOW::get);
        check(TEN, "a", 1);

        assertThat(decide(Mode.ALL, charge(TEN, "a", 1), charge(TEN, "b", 1), charge(TEN, "c", 1)))
                .isEqualTo(new CheckDecision(false, List.of(allowed(9, 6), allowed(10, 0), denied(0, 1, 1))));
        assertThat(decide(Mode.EACH, charge(TEN, "a", 1), charge(TEN, "b", 1), charge(TEN, "c", 1)))
                .isEqualTo(new CheckDecision(false, List.of(allowed(8, 12), allowed(9, 6), denied(0, 1, 1))));
    }

    @Test
    void memoryThatIsFullLocksNobodyOut() {
        limiter = new LocalRateLimiter(1, 1, NOW::get);
        var blocking = TEN.blocking(600);
        assertThat(check(blocking, "a", 11))
                .isInstanceOfSatisfying(LimitDecision.Denied.class, denied -> assertThat(denied.blocked())
                        .isTrue());

        assertThat(check(blocking, "b", 11)).isEqualTo(new LimitDecision.Denied(0, Duration.ofSeconds(1), null));
        pass(600_000_000);
        assertThat(check(blocking, "b", 1)).isEqualTo(allowed(9, 6));
    }

    @Test
    void anUnusedLimitMakesRoom() {
        limiter = new LocalRateLimiter(1, 1, NOW::get);
        check(TEN, "a", 1);

        pass(8_000_000);
        assertThat(check(TEN, "b", 1)).isEqualTo(allowed(9, 6));
        assertThat(check(TEN, "a", 1)).isEqualTo(denied(0, 1, 1));
    }

    @Test
    void afterADeepStepBackAnUnusedLimitStillMakesRoom() {
        limiter = new LocalRateLimiter(1, 1, NOW::get);
        check(TEN, "a", 1);
        pass(-3_600_000_000L);
        assertThat(check(TEN, "b", 1)).isEqualTo(denied(0, 1, 1));

        pass(6_000_000);
        assertThat(check(TEN, "b", 1)).isEqualTo(allowed(9, 6));
        pass(3_600_000_000L);
    }

    @Test
    void clearDeletesAllUse() {
        check(TEN, "a", 10);

        limiter.clear();
        assertThat(check(TEN, "a", 1)).isEqualTo(allowed(9, 6));
    }

    @Test
    void aShareDividesRateAndBurst() {
        limiter = new LocalRateLimiter(4, 1000, NOW::get);

        // a quarter of ten a minute, two of ten at once: one in 24 seconds
        assertThat(check(TEN, "a", 2)).isEqualTo(allowed(0, 48));
        assertThat(check(TEN, "a", 1)).isEqualTo(denied(0, 48, 24));
        // down to a burst of one, and the rate still a quarter
        assertThat(check(Limit.of("one", 1, 60), "a", 1)).isEqualTo(allowed(0, 240));
    }

    @Test
    void aShareDividesEveryAlgorithm() {
        var extremes = List.of(
                new Limit("limit", 1, Limit.MAX_WINDOW_SECONDS, 1),
                new Limit("limit", 3, Limit.MAX_WINDOW_SECONDS, 3),
                new Limit("limit", 1, 1, Limit.MAX_WINDOW_SECONDS),
                new Limit("limit", Limit.MAX_UNITS, 1, 1),
                new Limit("limit", Limit.MAX_UNITS, Limit.MAX_WINDOW_SECONDS, Limit.MAX_UNITS));
        for (int share : new int[] {1, 2, 3, 1000, Integer.MAX_VALUE}) {
            limiter = new LocalRateLimiter(share, 1000, NOW::get);
            for (var limit : extremes) {
                assertThat(check(limit, "a", 0).remaining()).isEqualTo(Math.max(1, limit.capacity() / share));
            }
        }
    }

    @Test
    void itDecidesOnTheSystemClock() {
        var now = new LocalRateLimiter();
        var check = new Check(List.of(charge(TEN, "a", 1)), Mode.ALL);

        var decision = now.check("tenant", check, Deadline.in(Duration.ZERO)).toCompletableFuture();

        assertThat(decision)
                .isCompletedWithValue(
                        new Decided<>(new CheckDecision(true, List.of(allowed(9, 6))), Decision.Source.LOCAL));
    }

    @Test
    void theShareAndTheMaximumAreAtLeastOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LocalRateLimiter(0, 1, NOW::get));
        assertThatIllegalArgumentException().isThrownBy(() -> new LocalRateLimiter(1, 0, NOW::get));
    }
}

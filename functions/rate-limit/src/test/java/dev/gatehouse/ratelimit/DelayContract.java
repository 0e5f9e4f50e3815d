package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the contract of checks that wait for their units. */
abstract class DelayContract extends RateLimiterContract {

    private static final long SECOND = 1_000_000;

    /** Ten a minute, two at once: a unit is freed every six seconds. */
    private static final Limit TEN = new Limit("ten", 10, 60, 2);

    private static final Duration TWENTY_SECONDS = Duration.ofSeconds(20);

    @Test
    void aCheckThatMayWaitIsChargedNowAndReportsItsWait() {
        check(TEN, "a", 2);
        pass(SECOND);

        assertThat(waiting(TEN, "a", 1)).isEqualTo(new Allowed(0, Duration.ofSeconds(17), Duration.ofSeconds(5)));
        assertThat(waiting(TEN, "a", 1)).isEqualTo(new Allowed(0, Duration.ofSeconds(23), Duration.ofSeconds(11)));
        assertThat(check(TEN, "a", 0)).isEqualTo(allowed(0, 23));
        assertThat(check(TEN, "a", 1)).isEqualTo(denied(0, 23, 17));
    }

    @Test
    void aCheckWithRoomDoesNotWait() {
        assertThat(waiting(TEN, "a", 2)).isEqualTo(new Allowed(0, Duration.ofSeconds(12), Duration.ZERO));
        assertThat(waiting(TEN, "a", 0)).isEqualTo(new Allowed(0, Duration.ofSeconds(12), Duration.ZERO));
    }

    /** After the wait of one subject, and no earlier, an equal check of an equal subject is admitted without one. */
    @Test
    void aWaitIsExactToTheMicrosecond() {
        for (var limit : List.of(TEN, Limit.of("seven", 7, 60), new Limit("uneven", 999_983, 86_413, 10))) {
            check(limit, "a", limit.capacity());
            check(limit, "b", limit.capacity());
            pass(61_234);
            var wait = ((Allowed) waiting(limit, "a", 2)).waitTime();

            pass(micros(wait) - 1);
            assertThat(check(limit, "b", 2)).isInstanceOf(Denied.class);
            pass(1);
            assertThat(check(limit, "b", 2)).isInstanceOf(Allowed.class);
        }
    }

    @Test
    void aCheckIsDeniedUntilItsWaitSuffices() {
        check(TEN, "a", 2);
        for (int waiter = 0; waiter < 3; waiter++) {
            assertThat(waiting(TEN, "a", 1)).isInstanceOf(Allowed.class);
        }

        // the fourth would wait for 24 seconds
        assertThat(waiting(TEN, "a", 1)).isEqualTo(denied(0, 30, 4));
        pass(4 * SECOND - 1);
        assertThat(waiting(TEN, "a", 1)).isInstanceOf(Denied.class);
        pass(1);
        assertThat(waiting(TEN, "a", 1)).isEqualTo(new Allowed(0, Duration.ofSeconds(32), TWENTY_SECONDS));
    }

    @Test
    void aCostBeyondTheBurstIsDeniedHoweverLongItMayWait() {
        var check = new Check(List.of(charge(TEN, "a", 3)), Mode.ALL, Check.MAX_WAIT);

        assertThat(decide(check)).isEqualTo(new CheckDecision(false, List.of(new Denied(2, Duration.ZERO, null))));
    }

    @Test
    void aCheckWaitsForTheSlowestOfItsLimits() {
        var slow = new Limit("slow", 1, 15, 1);
        check(TEN, "a", 2);
        check(slow, "b", 1);
        for (var mode : Mode.values()) {
            var decision =
                    decide(new Check(List.of(charge(TEN, "a", 1), charge(slow, "b", 1)), mode, Duration.ofSeconds(60)));

            assertThat(decision.allowed()).isTrue();
            int round = mode == Mode.ALL ? 1 : 2;
            assertThat(decision.limits())
                    .containsExactly(
                            new Allowed(0, Duration.ofSeconds(12 + 6 * round), Duration.ofSeconds(6 * round)),
                            new Allowed(0, Duration.ofSeconds(15 + 15 * round), Duration.ofSeconds(15 * round)));
            assertThat(decision.waitTime()).isEqualTo(Duration.ofSeconds(15 * round));
        }
    }

    @Test
    void aDenialOfOneLimitChargesNoneAndNobodyWaits() {
        var slow = new Limit("slow", 1, 60, 1);
        check(TEN, "a", 2);
        check(slow, "b", 1);

        var decision = decide(new Check(List.of(charge(TEN, "a", 1), charge(slow, "b", 1)), Mode.ALL, TWENTY_SECONDS));

        assertThat(decision).isEqualTo(new CheckDecision(false, List.of(allowed(0, 12), denied(0, 60, 40))));
        assertThat(decision.waitTime()).isEqualTo(Duration.ZERO);
        assertThat(check(TEN, "a", 0)).isEqualTo(allowed(0, 12));
    }

    @Test
    void aLimitInShadowDelaysNothing() {
        check(TEN, "a", 2);

        assertThat(waiting(TEN.inShadow(), "a", 1)).isEqualTo(allowed(0, 18));
        assertThat(waiting(TEN, "a", 1)).isEqualTo(new Allowed(0, Duration.ofSeconds(24), Duration.ofSeconds(12)));
    }

    @Test
    void aRefundFreesTheUnitsOfAWait() {
        check(TEN, "a", 2);
        waiting(TEN, "a", 1);

        limiter()
                .refund(tenant(), new Check(List.of(charge(TEN, "a", 1)), Mode.ALL, TWENTY_SECONDS), deadline())
                .toCompletableFuture()
                .join();

        assertThat(waiting(TEN, "a", 1)).isEqualTo(new Allowed(0, Duration.ofSeconds(18), Duration.ofSeconds(6)));
    }

    @Test
    void onlyGcraLetsACheckWait() {
        for (var limit : List.of(Limit.fixed("limit", 5, 60), Limit.sliding("limit", 5, 60))) {
            assertThatThrownBy(() -> new Check(List.of(charge(limit, "a", 1)), Mode.ALL, TWENTY_SECONDS))
                    .isInstanceOfSatisfying(InvalidLimit.class, invalid -> assertThat(invalid.field())
                            .isEqualTo("maxWaitMillis"));
        }
        var others = List.of(
                charge(Limit.unlimited("unlimited"), "a", 1),
                charge(Limit.fixed("closed", 0, 60), "a", 0),
                charge(TEN, "a", 1));
        assertThat(decide(new Check(others, Mode.ALL, TWENTY_SECONDS)).allowed())
                .isTrue();
        for (var wait : List.of(Duration.ofNanos(-1), Check.MAX_WAIT.plusNanos(1))) {
            assertThatThrownBy(() -> new Check(List.of(charge(TEN, "a", 1)), Mode.ALL, wait))
                    .isInstanceOf(InvalidLimit.class);
        }
    }

    private LimitDecision waiting(Limit limit, String subject, long cost) {
        return decide(new Check(List.of(charge(limit, subject, cost)), Mode.ALL, TWENTY_SECONDS))
                .limits()
                .getFirst();
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}

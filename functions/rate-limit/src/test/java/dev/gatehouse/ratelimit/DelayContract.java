// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Tests the contract of checks that wait for their units, and of lock-outs. */
abstract class DelayContract extends RateLimiterContract {

    private static final long SECOND = 1_000_000;

    /** Ten a minute, two at once: a unit is freed every six seconds. */
    private static final Limit TEN = new Limit("ten", 10, 60, 2);

    private static final Duration TWENTY_SECONDS = Duration.ofSeconds(20);

    @Test
    void aCheckThatMayWaitIsChargedNowAndReportsItsWait() {
        check(TEN, "a", 2);
        pass(SECOND);

        assertThat(waiting(TEN, "a", 1)).isEqualTo(waits(17, 5));
        assertThat(waiting(TEN, "a", 1)).isEqualTo(waits(23, 11));
        assertThat(check(TEN, "a", 0)).isEqualTo(allowed(0, 23));
        assertThat(check(TEN, "a", 1)).isEqualTo(denied(0, 23, 17));
    }

    @Test
    void aCheckWithRoomDoesNotWait() {
        assertThat(waiting(TEN, "a", 2)).isEqualTo(waits(12, 0));
        assertThat(waiting(TEN, "a", 0)).isEqualTo(waits(12, 0));
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
        assertThat(waiting(TEN, "a", 1)).isEqualTo(waits(32, 20));
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
                    .containsExactly(waits(12 + 6 * round, 6 * round), waits(15 + 15 * round, 15 * round));
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
        assertThat(waiting(TEN, "a", 1)).isEqualTo(waits(24, 12));
    }

    @Test
    void aRefundFreesTheUnitsOfAWait() {
        check(TEN, "a", 2);
        waiting(TEN, "a", 1);

        refund(TEN, "a", 1);

        assertThat(waiting(TEN, "a", 1)).isEqualTo(waits(18, 6));
    }

    @Test
    void racingWaitersTakeOneTurnEach() throws Exception {
        var waits = new ConcurrentLinkedQueue<Duration>();

        int admitted = race(64, () -> {
            if (!(waiting(TEN, "a", 1) instanceof Allowed allowed)) {
                return false;
            }
            return waits.add(allowed.waitTime());
        });

        assertThat(admitted).isEqualTo(5);
        assertThat(waits)
                .containsExactlyInAnyOrder(
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ofSeconds(6),
                        Duration.ofSeconds(12),
                        Duration.ofSeconds(18));
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

    @Test
    void theFirstDenialLocksTheSubjectOutAndNoLaterOneExtendsIt() {
        for (var limit : List.of(
                TEN,
                Limit.sliding("limit", 2, 60),
                Limit.fixed("limit", 2, 60),
                Limit.calendar("limit", 2, CalendarPeriod.MINUTE, ZoneId.of("UTC")))) {
            var blocking = limit.blocking(600);
            var subject = limit.algorithm().toString();
            check(blocking, subject, 2);

            assertThat(check(blocking, subject, 1)).isEqualTo(lockedOut(600));
            pass(60 * SECOND);
            assertThat(check(blocking, subject, 1)).isEqualTo(lockedOut(540));
            pass(540 * SECOND - 1);
            assertThat(check(blocking, subject, 1))
                    .isEqualTo(new Denied(0, Duration.ofNanos(1_000), Duration.ofNanos(1_000), true));
            assertThat(check(blocking, "other", 1)).isInstanceOf(Allowed.class);
            pass(1);
            assertThat(check(blocking, subject, 1))
                    .isInstanceOfSatisfying(Allowed.class, allowed -> assertThat(allowed.blocked())
                            .isFalse());
        }
    }

    @Test
    void aLockOutEndsBeforeTheLimitHasRoom() {
        var blocking = TEN.blocking(2);
        check(blocking, "a", 2);

        assertThat(check(blocking, "a", 1))
                .isEqualTo(new Denied(0, Duration.ofSeconds(12), Duration.ofSeconds(6), true));
        pass(5 * SECOND);
        // the next denial locks out again, and ends after the room comes
        assertThat(check(blocking, "a", 1))
                .isEqualTo(new Denied(0, Duration.ofSeconds(7), Duration.ofSeconds(2), true));
        pass(2 * SECOND);
        assertThat(check(blocking, "a", 1)).isEqualTo(allowed(0, 11));
    }

    @Test
    void aCostOfZeroShowsALockOutAndStartsNone() {
        var blocking = TEN.blocking(600);
        settle(blocking, "a", 100);
        assertThat(check(blocking, "a", 0)).isEqualTo(allowed(0, 600));
        check(blocking, "a", 1);

        assertThat(check(blocking, "a", 0)).isEqualTo(new Allowed(0, Duration.ofSeconds(600), Duration.ZERO, true));
        assertThat(decide(Mode.ALL, charge(blocking, "a", 0), charge(TEN, "b", 1))
                        .allowed())
                .isTrue();
    }

    @Test
    void aCostThatNeverFitsLocksOutAllTheSame() {
        var blocking = TEN.blocking(600);

        assertThat(check(blocking, "a", 3)).isEqualTo(new Denied(0, Duration.ofSeconds(600), null, true));
        assertThat(check(blocking, "a", 1)).isEqualTo(lockedOut(600));
        pass(600 * SECOND);
        assertThat(check(blocking, "a", 1)).isEqualTo(allowed(1, 6));
    }

    @Test
    void aResetLiftsALockOutAndACorrectionDoesNot() {
        var blocking = TEN.blocking(600);
        check(blocking, "a", 2);
        check(blocking, "a", 1);

        refund(blocking, "a", 2);
        assertThat(check(blocking, "a", 1)).isEqualTo(lockedOut(600));
        settle(blocking, "a", 1);
        refund(blocking, "a", 1);
        assertThat(check(blocking, "a", 1)).isEqualTo(lockedOut(600));
        limiter().reset(tenant(), "ten", "a", deadline()).toCompletableFuture().join();
        assertThat(check(blocking, "a", 1)).isEqualTo(allowed(1, 6));
    }

    @Test
    void aLimitInShadowReportsItsLockOut() {
        var blocking = TEN.inShadow().blocking(600);
        check(blocking, "a", 2);
        for (int minute = 0; minute < 10; minute++) {
            var left = Duration.ofSeconds(600 - 60 * minute);
            var decision = decide(Mode.ALL, charge(blocking, "a", 1));

            assertThat(decision).isEqualTo(new CheckDecision(true, List.of(new WouldDeny(0, left, left, true))));
            pass(60 * SECOND);
        }
        assertThat(check(blocking, "a", 1)).isEqualTo(allowed(1, 6));
    }

    @Test
    void aLockOutDeniesTheWholeCheckAndChargesNothing() {
        var blocking = new Limit("blocking", 1, 60, 1).blocking(600);
        check(blocking, "a", 1);

        for (int round = 0; round < 2; round++) {
            assertThat(decide(Mode.ALL, charge(TEN, "b", 1), charge(blocking, "a", 1)))
                    .isEqualTo(new CheckDecision(false, List.of(allowed(2, 0), lockedOut(600))));
        }
        assertThat(decide(Mode.EACH, charge(TEN, "b", 1), charge(blocking, "a", 1)))
                .isEqualTo(new CheckDecision(false, List.of(allowed(1, 6), lockedOut(600))));
    }

    @Test
    void aLimitThatOnlyAnotherDeniedLocksNobodyOut() {
        var blocking = TEN.blocking(600);
        var full = Limit.of("full", 0, 60);
        assertThat(decide(Mode.ALL, charge(blocking, "a", 1), charge(full, "a", 1))
                        .allowed())
                .isFalse();

        assertThat(check(blocking, "a", 1)).isEqualTo(allowed(1, 6));
    }

    @Test
    void aChangedLimitKeepsALockOutAndOneWithoutIgnoresIt() {
        var blocking = TEN.blocking(600);
        check(blocking, "a", 2);
        check(blocking, "a", 1);
        pass(100 * SECOND);

        assertThat(check(TEN.blocking(3600), "a", 1)).isEqualTo(lockedOut(500));
        assertThat(check(Limit.fixed("ten", 100, 60).blocking(600), "a", 1)).isEqualTo(lockedOut(500));
        assertThat(check(TEN, "a", 1)).isEqualTo(allowed(1, 6));
        assertThat(check(blocking, "a", 1)).isEqualTo(lockedOut(500));
        assertThat(check(TEN.blocking(30), "a", 1)).isEqualTo(lockedOut(30));
        assertThat(check(blocking, "a", 1)).isEqualTo(lockedOut(30));
    }

    @Test
    void aLockOutBeginsAgainAfterAStepBackOfTheClockBeyondItsStart() {
        var blocking = TEN.blocking(600);
        check(blocking, "a", 2);
        check(blocking, "a", 1);
        pass(-60 * SECOND);

        assertThat(check(blocking, "a", 1)).isEqualTo(lockedOut(600));
        pass(300 * SECOND);
        assertThat(check(blocking, "a", 1)).isEqualTo(lockedOut(300));
        // a step back that does not reach its start adds itself
        pass(-100 * SECOND);
        assertThat(check(blocking, "a", 1)).isEqualTo(lockedOut(400));
        pass(400 * SECOND);
        assertThat(check(blocking, "a", 1)).isInstanceOf(Allowed.class);
    }

    @Test
    void aSubjectThatIsLockedOutMayNotWait() {
        var blocking = TEN.blocking(10);
        check(blocking, "a", 2);
        for (int waiter = 0; waiter < 3; waiter++) {
            assertThat(waiting(blocking, "a", 1)).isInstanceOf(Allowed.class);
        }

        assertThat(waiting(blocking, "a", 1))
                .isEqualTo(new Denied(0, Duration.ofSeconds(30), Duration.ofSeconds(10), true));
        pass(10 * SECOND - 1);
        assertThat(waiting(blocking, "a", 1)).isInstanceOf(Denied.class);
        pass(1);
        assertThat(waiting(blocking, "a", 1)).isEqualTo(waits(26, 14));
    }

    @Test
    void manyThreadsAreAdmittedUpToTheLimitAndThenNone() throws Exception {
        var five = Limit.of("five", 5, 3600).blocking(7200);

        assertThat(race(64, () -> check(five, "a", 1) instanceof Allowed)).isEqualTo(5);
        pass(7199 * SECOND);
        assertThat(check(five, "a", 1)).isEqualTo(lockedOut(1));
    }

    private void settle(Limit limit, String subject, long actual) {
        limiter()
                .settle(tenant(), new Settlement(limit, subject, 0, actual), deadline())
                .toCompletableFuture()
                .join();
    }

    private void refund(Limit limit, String subject, long cost) {
        limiter()
                .refund(tenant(), new Check(List.of(charge(limit, subject, cost)), Mode.ALL), deadline())
                .toCompletableFuture()
                .join();
    }

    private static Denied lockedOut(long seconds) {
        return new Denied(0, Duration.ofSeconds(seconds), Duration.ofSeconds(seconds), true);
    }

    private LimitDecision waiting(Limit limit, String subject, long cost) {
        return decide(new Check(List.of(charge(limit, subject, cost)), Mode.ALL, TWENTY_SECONDS))
                .limits()
                .getFirst();
    }

    private static Allowed waits(long resetAfterSeconds, long seconds) {
        return new Allowed(0, Duration.ofSeconds(resetAfterSeconds), Duration.ofSeconds(seconds), false);
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.algorithm.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Tests the contract of {@link RateLimiter}. The clock moves only when a test advances it. */
@ResourceLock("RateLimiterContract") // Its classes share the clock.
abstract class RateLimiterContract {

    private static final long SECOND = 1_000_000;

    /** The time in microseconds, for the limiters of all tests. */
    static final AtomicLong NOW = new AtomicLong(1_790_000_000 * SECOND);

    /** Ten a minute, four at once: a unit is freed every six seconds. */
    private static final Limit TEN = new Limit("ten", 10, 60, 4);

    private static final Limit THREE = Limit.of("three", 3, 600);

    /** Differs between tests, so that they are isolated. */
    private final String tenant = "tenant-" + UUID.randomUUID();

    abstract RateLimiter limiter();

    abstract Decision.Source source();

    @Test
    void exactlyTheBurstIsAdmittedAtOnce() {
        assertThat(check(TEN, "a", 1)).isEqualTo(allowed(3, 6));
        assertThat(check(TEN, "a", 1)).isEqualTo(allowed(2, 12));
        assertThat(check(TEN, "a", 2)).isEqualTo(allowed(0, 24));
        assertThat(check(TEN, "a", 1)).isEqualTo(denied(0, 24, 6));
    }

    @Test
    void aUnitIsEarnedBackEveryEmissionInterval() {
        check(TEN, "a", 4);
        for (int unit = 0; unit < 5; unit++) {
            pass(6 * SECOND);
            assertThat(check(TEN, "a", 1)).isEqualTo(allowed(0, 24));
            assertThat(check(TEN, "a", 1)).isEqualTo(denied(0, 24, 6));
        }
    }

    @Test
    void retryAfterIsExactToTheMicrosecond() {
        for (var limit :
                List.of(TEN, THREE, Limit.of("seven", 7, 3600), new Limit("uneven", 999_983, 86_413, 999_983))) {
            check(limit, "a", limit.capacity());
            pass(61_234);
            var denied = (Denied) check(limit, "a", 3);

            pass(micros(denied.retryAfter()) - 1);
            assertThat(check(limit, "a", 3)).isInstanceOf(Denied.class);
            pass(1);
            assertThat(check(limit, "a", 3)).isInstanceOf(Allowed.class);
        }
    }

    @Test
    void aCostThatNeverFitsIsDeniedAndChargesNothing() {
        assertThat(check(TEN, "a", 5)).isEqualTo(new Denied(4, Duration.ZERO, null));
        check(TEN, "a", 1);
        assertThat(check(TEN, "a", Limit.MAX_UNITS)).isEqualTo(new Denied(3, Duration.ofSeconds(6), null));
        assertThat(check(TEN, "a", 3)).isEqualTo(allowed(0, 24));
    }

    @Test
    void aCostOfZeroReadsAndChangesNothing() {
        assertThat(check(TEN, "a", 0)).isEqualTo(allowed(4, 0));
        check(TEN, "a", 4);
        for (int look = 0; look < 3; look++) {
            assertThat(check(TEN, "a", 0)).isEqualTo(allowed(0, 24));
        }
        pass(6 * SECOND);
        assertThat(check(TEN, "a", 0)).isEqualTo(allowed(1, 18));
    }

    @Test
    void aCostOfZeroIsAllowedInDebtAndDeniesNothingBesideIt() {
        for (var limit : List.of(TEN, Limit.sliding("sliding", 5, 60), Limit.fixed("fixed", 5, 60))) {
            limiter()
                    .settle(tenant, new Settlement(limit, "a", 0, 50), Deadline.in(Duration.ofSeconds(20)))
                    .toCompletableFuture()
                    .join();

            assertThat(check(limit, "a", 1)).isInstanceOf(Denied.class);
            assertThat(check(limit, "a", 0)).isInstanceOfSatisfying(Allowed.class, look -> assertThat(look.remaining())
                    .isZero());
            for (var subject : List.of("a", "b")) {
                var both = decide(Mode.ALL, charge(limit, "a", 0), charge(THREE, subject, 1));
                assertThat(both.allowed()).isTrue();
            }
            assertThat(check(THREE, "a", 0).remaining()).isEqualTo(2);
            limiter()
                    .reset(tenant, "three", "a", Deadline.in(Duration.ofSeconds(20)))
                    .toCompletableFuture()
                    .join();
        }
    }

    @Test
    void modeAllChargesEveryLimitOrNone() {
        check(THREE, "a", 3);

        var decision = decide(Mode.ALL, charge(TEN, "a", 1), charge(THREE, "a", 1), charge(TEN, "b", 2));

        assertThat(decision)
                .isEqualTo(new CheckDecision(false, List.of(allowed(4, 0), denied(0, 600, 200), allowed(4, 0))));
        assertThat(decide(Mode.ALL, charge(TEN, "a", 1), charge(TEN, "b", 2)))
                .isEqualTo(new CheckDecision(true, List.of(allowed(3, 6), allowed(2, 12))));
    }

    @Test
    void aDenialInModeAllReportsTheRemainingUnits() {
        check(TEN, "a", 1);
        check(TEN, "c", 2);
        check(THREE, "b", 3);

        assertThat(decide(Mode.ALL, charge(TEN, "a", 1), charge(THREE, "b", 1), charge(TEN, "c", 2)))
                .isEqualTo(new CheckDecision(false, List.of(allowed(3, 6), denied(0, 600, 200), allowed(2, 12))));
        assertThat(check(TEN, "a", 0)).isEqualTo(allowed(3, 6));
        assertThat(check(TEN, "c", 0)).isEqualTo(allowed(2, 12));
    }

    @Test
    void modeEachChargesTheLimitsWithRoom() {
        check(THREE, "a", 3);

        assertThat(decide(Mode.EACH, charge(TEN, "a", 1), charge(THREE, "a", 1), charge(TEN, "b", 2)))
                .isEqualTo(new CheckDecision(false, List.of(allowed(3, 6), denied(0, 600, 200), allowed(2, 12))));
        assertThat(check(TEN, "a", 0)).isEqualTo(allowed(3, 6));
        assertThat(check(TEN, "b", 0)).isEqualTo(allowed(2, 12));
    }

    @Test
    void decisionsComeInTheOrderOfTheCheck() {
        var charges = new LimitedSubject[Check.MAX_LIMITS];
        Arrays.setAll(charges, i -> charge(new Limit("limit-" + i / 7, 10, 600, 10 + i), "subject-" + i % 7, i % 10));

        var decision = decide(Mode.ALL, charges);

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.limits()).hasSize(20);
        for (int i = 0; i < charges.length; i++) {
            assertThat(decision.limits().get(i)).as("limit %d", i).isEqualTo(allowed(10 + i - i % 10, i % 10 * 60));
        }
    }

    @Test
    void subjectsNamesAndTenantsAreIsolated() {
        check(TEN, "a", 4);

        assertThat(check(TEN, "b", 0)).isEqualTo(allowed(4, 0));
        assertThat(check(new Limit("eleven", 10, 60, 4), "a", 0)).isEqualTo(allowed(4, 0));
        assertThat(decide(tenant + ":x", new Check(List.of(charge(TEN, "a", 0)), Mode.ALL))
                        .limits())
                .containsExactly(allowed(4, 0));
        assertThat(check(TEN, "größe 🙂 \u0000 {x}:y", 1)).isEqualTo(allowed(3, 6));
    }

    @Test
    void aRaisedLimitHelpsAtOnce() {
        var fivePerHour = Limit.of("plan", 5, 3600);
        for (var raised : List.of(
                Limit.of("plan", 100, 3600),
                Limit.sliding("plan", 100, 3600),
                Limit.fixed("plan", 100, 3600),
                Limit.calendar("plan", 100, CalendarPeriod.DAY, ZoneId.of("UTC")))) {
            for (var used : List.of(
                    fivePerHour,
                    Limit.sliding("plan", 5, 3600),
                    Limit.fixed("plan", 5, 3600),
                    Limit.calendar("plan", 5, CalendarPeriod.DAY, ZoneId.of("UTC")))) {
                var subject = used.algorithm() + " " + raised.algorithm();
                check(used, subject, 5);
                assertThat(check(used, subject, 1)).isInstanceOf(Denied.class);

                assertThat(check(raised, subject, 1))
                        .as(subject)
                        .isInstanceOfSatisfying(Allowed.class, one -> assertThat(one.remaining())
                                .isEqualTo(94));
                // and back: the six fitted the higher limit, so they are no debt under the lower one
                assertThat(check(used, subject, 1)).isInstanceOf(Denied.class);
                assertThat(check(raised, subject, 0).remaining()).isEqualTo(95);
            }
        }
    }

    @Test
    void aLoweredLimitLeavesItsCapacityLessTheUse() {
        check(new Limit("changing", 10, 60, 10), "a", 5);

        // a unit takes three seconds now
        assertThat(check(new Limit("changing", 20, 60, 20), "a", 1)).isEqualTo(allowed(14, 18));
        // and three minutes
        assertThat(check(new Limit("changing", 20, 3600, 20), "a", 0)).isEqualTo(allowed(14, 1080));
        assertThat(check(new Limit("changing", 20, 60, 8), "a", 0)).isEqualTo(allowed(2, 18));
        assertThat(check(new Limit("changing", 1, 600, 1), "a", 1)).isEqualTo(denied(0, 600, 600));
    }

    @Test
    void retryAfterIsExactAfterTheLimitChanged() {
        check(new Limit("changing", 10, 60, 10), "a", 10);
        var longer = new Limit("changing", 10, 3600, 10);
        assertThat(check(longer, "a", 1)).isEqualTo(denied(0, 3600, 360));

        pass(360 * SECOND - 1);
        assertThat(check(longer, "a", 1)).isInstanceOf(Denied.class);
        pass(1);
        assertThat(check(longer, "a", 1)).isEqualTo(allowed(0, 3600));
    }

    @Test
    void aReadWithAChangedLimitChangesNothing() {
        check(TEN, "a", 2);
        check(new Limit("ten", 1, 600, 1), "a", 0);
        pass(6 * SECOND);

        assertThat(check(TEN, "a", 0)).isEqualTo(allowed(3, 6));
    }

    @Test
    void aClockThatGoesBackGivesNothingBack() {
        check(TEN, "a", 4);
        pass(-60 * SECOND);

        assertThat(check(TEN, "a", 1)).isEqualTo(denied(0, 84, 66));
        assertThat(check(TEN, "a", 0)).isEqualTo(allowed(0, 84));
        pass(66 * SECOND);
        assertThat(check(TEN, "a", 1)).isEqualTo(allowed(0, 24));
    }

    @Test
    void aDeepStepBackFreesALimitThatIsUsedOnlyAheadOfTheClock() {
        check(TEN, "a", 4);
        pass(-10 * SECOND);
        settle(TEN, "a", 4, 0);
        pass(-61 * SECOND);

        assertThat(check(TEN, "a", 5)).isEqualTo(new Denied(4, Duration.ZERO, null));
        assertThat(check(TEN, "a", 4)).isEqualTo(allowed(0, 24));
    }

    @Test
    void afterADeepStepBackALimitWaitsNoLongerAndKeepsItsDebt() {
        for (var limit : List.of(
                Limit.of("deep", 10, 10),
                Limit.sliding("deep", 10, 10),
                Limit.fixed("deep", 10, 10),
                Limit.calendar("deep", 10, CalendarPeriod.MINUTE, ZoneId.of("UTC")))) {
            long window = limit.algorithm() instanceof CalendarWindow ? 60 : 10;
            for (var several : List.of(false, true)) {
                var subject = limit.algorithm() + " " + several;
                var beside = several ? new LimitedSubject[] {charge(TEN, subject, 0)} : new LimitedSubject[0];
                // At the start of all windows: Redis forgets by its own clock.
                pass(60 * SECOND - NOW.get() % (60 * SECOND));
                check(limit, subject, 10);
                pass(-3600 * SECOND);

                var denied = (Denied) decide(Mode.ALL, concat(charge(limit, subject, 1), beside))
                        .limits()
                        .getFirst();
                assertThat(denied.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2 * window));
                pass(micros(denied.retryAfter()) - 1);
                assertThat(check(limit, subject, 1)).isInstanceOf(Denied.class);
                pass(1);
                assertThat(check(limit, subject, 1)).isInstanceOf(Allowed.class);
                // and forward again: no more than the limit
                pass(3600 * SECOND);
                assertThat(check(limit, subject, 0).remaining()).isEqualTo(10);

                // given a debt of ten windows
                settle(limit, subject, 0, 100);
                var debt = check(limit, subject, 0).resetAfter();
                pass(-3600 * SECOND);
                assertThat(check(limit, subject, 1)).isInstanceOf(Denied.class);
                assertThat(check(limit, subject, 0).resetAfter())
                        .isBetween(debt.minusSeconds(window), debt.plusSeconds(2 * window));
                pass(3600 * SECOND);
            }
        }
    }

    private static LimitedSubject[] concat(LimitedSubject first, LimitedSubject[] more) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray(LimitedSubject[]::new);
    }

    private void settle(Limit limit, String subject, long reserved, long actual) {
        var settlement = new Settlement(limit, subject, reserved, actual);
        limiter()
                .settle(tenant, settlement, Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
    }

    @Test
    void aLimitOfFiveAdmitsFiveOfAHundredThreads() throws Exception {
        var five = Limit.of("five", 5, 3600);

        int admitted = race(100, () -> check(five, "a", 1) instanceof Allowed);

        assertThat(admitted).isEqualTo(5);
        assertThat(check(five, "a", 0)).isEqualTo(allowed(0, 3600));
    }

    @Test
    void racingChecksOfSeveralSubjectsLeaveTheUnusedUnits() throws Exception {
        var five = Limit.of("five", 5, 3600);
        var eight = Limit.of("eight", 8, 3600);

        int admitted =
                race(100, () -> decide(Mode.ALL, charge(eight, "a", 1), charge(five, "b", 1), charge(five, "c", 1))
                        .allowed());

        // A denied check may hold units until its charge is undone, so fewer may be admitted; the rest is still free.
        assertThat(admitted).isBetween(1, 5);
        assertThat(check(eight, "a", 0).remaining()).isEqualTo(8 - admitted);
        assertThat(check(five, "b", 0).remaining()).isEqualTo(5 - admitted);
        assertThat(check(five, "c", 0).remaining()).isEqualTo(5 - admitted);
    }

    final LimitDecision check(Limit limit, String subject, long cost) {
        return decide(Mode.ALL, charge(limit, subject, cost)).limits().getFirst();
    }

    final CheckDecision decide(Mode mode, LimitedSubject... charges) {
        return decide(new Check(List.of(charges), mode));
    }

    final CheckDecision decide(Check check) {
        return decide(tenant, check);
    }

    private CheckDecision decide(String as, Check check) {
        var result = limiter()
                .check(as, check, Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        assertThat(result).isInstanceOf(Decided.class);
        var decided = (Decided<CheckDecision>) result;
        assertThat(decided.source()).isEqualTo(source());
        return decided.value();
    }

    final String tenant() {
        return tenant;
    }

    static void pass(long micros) {
        NOW.addAndGet(micros);
    }

    static LimitedSubject charge(Limit limit, String subject, long cost) {
        return new LimitedSubject(limit, subject, cost);
    }

    static Allowed allowed(long remaining, long resetAfterSeconds) {
        return new Allowed(remaining, Duration.ofSeconds(resetAfterSeconds));
    }

    static Denied denied(long remaining, long resetAfterSeconds, long retryAfterSeconds) {
        return new Denied(remaining, Duration.ofSeconds(resetAfterSeconds), Duration.ofSeconds(retryAfterSeconds));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    /** Returns how many of the threads that start together are admitted. */
    static int race(int threads, Callable<Boolean> attempt) throws Exception {
        var barrier = new CyclicBarrier(threads);
        var yes = new AtomicInteger();
        // A hang fails the test and holds up nobody.
        var pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().factory());
        try {
            var attempts = IntStream.range(0, threads)
                    .mapToObj(_ -> pool.submit(() -> {
                        barrier.await(30, TimeUnit.SECONDS);
                        yes.addAndGet(attempt.call() ? 1 : 0);
                        return null;
                    }))
                    .toList();
            for (var each : attempts) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        return yes.get();
    }
}

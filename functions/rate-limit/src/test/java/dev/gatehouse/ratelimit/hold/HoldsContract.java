// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.Check.Hold;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.Settlement;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.ratelimit.algorithm.LimitRecord;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the holds of {@link RateLimiter}. The clock moves only when a test advances it. */
@ResourceLock("HoldsContract") // Its classes share the clock.
abstract class HoldsContract {

    private static final long SECOND = 1_000_000;
    private static final long START = 1_790_000_000 * SECOND - 1_790_000_000 * SECOND % (86_400 * SECOND);

    static final AtomicLong NOW = new AtomicLong(START);

    /** A unit is freed every six minutes. */
    private static final Limit TEN = Limit.of("ten", 10, 3600);

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final String tenant = "tenant-" + UUID.randomUUID();

    abstract RateLimiter limiter();

    static Stream<Limit> limits() {
        return Stream.of(
                TEN,
                Limit.fixed("ten", 10, 3600),
                Limit.calendar("ten", 10, CalendarPeriod.DAY, ZoneId.of("UTC")),
                Limit.sliding("ten", 10, 3600));
    }

    @BeforeEach
    void resetTheClock() {
        NOW.set(START + 600 * SECOND);
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aHoldThatEndsUnsettledReturnsItsUnitsOrKeepsThem(Limit limit) {
        var held = hold(limit, "returns", 7, true);
        assertThat(held.allowed()).isTrue();
        assertThat(held.holdEndsAt()).isEqualTo(MicroClock.instant(NOW.get() + 60 * SECOND));
        hold(limit, "keeps", 2, false);
        assertThat(remaining(limit)).isEqualTo(1);

        pass(60 * SECOND - 1);
        assertThat(check(limit, 2)).isInstanceOf(Denied.class);
        pass(1);
        assertThat(remaining(limit)).isEqualTo(8);
        assertThat(check(limit, 8)).isInstanceOf(Allowed.class);
        assertThat(check(limit, 1)).isInstanceOf(Denied.class);
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aHoldIsSettledByTheActualUnits(Limit limit) {
        hold(limit, "less", 6, true);
        assertThat(settle(limit, "less", 2).orElseThrow().remaining()).isEqualTo(8);
        hold(limit, "more", 3, false);
        assertThat(settle(limit, "more", 7).orElseThrow().remaining()).isEqualTo(1);
        hold(limit, "equal", 1, true);
        assertThat(settle(limit, "equal", 1).orElseThrow().remaining()).isZero();

        // then nothing comes back at the end
        pass(60 * SECOND);
        assertThat(check(limit, 1)).isInstanceOf(Denied.class);
    }

    @ParameterizedTest
    @MethodSource("limits")
    void anExcessBeyondTheLimitIsADebt(Limit limit) {
        hold(limit, "a", 5, true);

        assertThat(settle(limit, "a", 25).orElseThrow().remaining()).isZero();
        pass(Duration.ofMinutes(40).toNanos() / 1000);
        assertThat(check(limit, 1)).isInstanceOf(Denied.class);
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aRepeatedHoldChargesNothingAndRepeatsItsDecision(Limit limit) {
        var first = hold(limit, "a", 4, true);
        check(limit, 1);

        // while it is open, ended and for ten minutes after, also by other units
        assertThat(hold(limit, "a", 4, true)).isEqualTo(first);
        assertThat(hold(limit, "a", 9, false)).isEqualTo(first);
        assertThat(remaining(limit)).isEqualTo(5);
        pass(60 * SECOND);
        assertThat(remaining(limit)).isEqualTo(9);
        assertThat(hold(limit, "a", 4, true)).isEqualTo(first);
        assertThat(remaining(limit)).isEqualTo(9);
    }

    @Test
    void aRepeatedSettlementRepeatsItsResult() {
        var first = hold(TEN, "a", 4, true);
        var settled = settle(TEN, "a", 6);
        check(TEN, 1);

        assertThat(settle(TEN, "a", 6)).isEqualTo(settled);
        assertThat(settle(TEN, "a", 1)).isEqualTo(settled);
        assertThat(hold(TEN, "a", 4, true)).isEqualTo(first);
        assertThat(remaining(TEN)).isEqualTo(3);
        pass(60 * SECOND);
        assertThat(settle(TEN, "a", 6)).isEqualTo(settled);
    }

    @ParameterizedTest
    @MethodSource("limits")
    void anEndedOrUnknownHoldIsNotSettled(Limit limit) {
        hold(limit, "a", 4, true);
        hold(limit, "b", 1, false);
        pass(60 * SECOND);
        long before = remaining(limit);

        assertThat(settle(limit, "a", 6)).isEmpty();
        assertThat(settle(limit, "b", 0)).isEmpty();
        assertThat(settle(limit, "unknown", 6)).isEmpty();
        assertThat(remaining(limit)).isEqualTo(before);
    }

    @Test
    void unitsFreedAndSpentSinceAreNotReturned() {
        // given five of ten held, two of them freed, and seven charged by others
        hold(TEN, "a", 5, Duration.ofMinutes(15), true);
        pass(Duration.ofMinutes(12).toNanos() / 1000);
        assertThat(check(TEN, 7)).isInstanceOf(Allowed.class);

        // then at its end it returns the 15 of its 30 minutes that are left
        pass(Duration.ofMinutes(3).toNanos() / 1000);
        assertThat(resetAfter(TEN)).isEqualTo(Duration.ofMinutes(72 - 15 - 15));
    }

    @Test
    void aReturnMovesTheLaterHoldsAhead() {
        // given A in line before B
        hold(TEN, "a", 2, Duration.ofMinutes(1), true);
        hold(TEN, "b", 3, Duration.ofMinutes(15), true);
        // when A ends, B is freed by so much earlier
        pass(Duration.ofMinutes(14).toNanos() / 1000);
        assertThat(check(TEN, 7)).isInstanceOf(Allowed.class);

        // then at its end B returns the 4 minutes left of its 18 minutes, not the 15 of its place behind A
        pass(Duration.ofMinutes(1).toNanos() / 1000);
        assertThat(resetAfter(TEN)).isEqualTo(Duration.ofMinutes(19 + 42 - 4 - 15));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aPassedWindowReturnsNothing(Limit limit) {
        pass((86_400 - 600 - 30) * SECOND);
        hold(limit, "a", 5, true);
        pass(24 * 3600 * SECOND);
        check(limit, 10);

        assertThat(settle(limit, "a", 0)).isEmpty();
        assertThat(check(limit, 1)).isInstanceOf(Denied.class);
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aRefundedHoldLeavesTheLimitUnusedWhenTheClockStepsBack(Limit limit) {
        // given a step into the window before
        hold(limit, "a", 2, Duration.ofMinutes(15), true);
        refund(limit, 2);
        pass(-700 * SECOND);
        assertThat(resetAfter(limit)).isZero();

        // then a charge is in the window of the clock, and the hold returns none of it
        var unused = new LimitedSubject(limit, "another", 3);
        var expected = decide(new Check(List.of(unused), Mode.ALL)).limits().getFirst();
        assertThat(check(limit, 3)).isEqualTo(expected);
        assertThat(settle(limit, "a", 0)).contains(expected);
    }

    @Test
    void aChangedLimitReturnsNothing() {
        hold(TEN, "a", 5, true);
        hold(TEN, "b", 1, true);
        var twenty = Limit.of("ten", 20, 3600);
        check(twenty, 1);

        assertThat(settle(twenty, "b", 0).orElseThrow().remaining()).isEqualTo(13);
        pass(60 * SECOND);
        assertThat(remaining(twenty)).isEqualTo(13);
        assertThat(settle(twenty, "a", 5)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aResetEndsTheHolds(Limit limit) {
        hold(limit, "a", 5, true);
        limiter().reset(tenant, "ten", "user", patience()).toCompletableFuture().join();
        check(limit, 3);

        assertThat(settle(limit, "a", 9)).isEmpty();
        pass(60 * SECOND);
        assertThat(remaining(limit)).isEqualTo(7);
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aRefundStillLetsHoldsEnd(Limit limit) {
        hold(limit, "a", 3, true);
        check(limit, 4);
        refund(limit, 4);
        assertThat(remaining(limit)).isEqualTo(7);

        pass(60 * SECOND);
        assertThat(remaining(limit)).isGreaterThanOrEqualTo(7);
        assertThat(settle(limit, "a", 3)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aHoldBeginsAgainIfTheClockGoesBackByMoreThanItsLength(Limit limit) {
        hold(limit, "a", 5, true);
        pass(-120 * SECOND);
        check(limit, 1);

        pass(60 * SECOND - 1);
        long before = remaining(limit);
        assertThat(before).isBetween(3L, 4L);
        pass(1);
        assertThat(remaining(limit)).isEqualTo(before + 5);
    }

    @ParameterizedTest
    @MethodSource("limits")
    void afterADeepStepBackAHoldReturnsNothingAndStillEnds(Limit limit) {
        hold(limit, "a", 5, true);
        pass(-3 * 86_400 * SECOND);
        check(limit, 1);

        assertThat(settle(limit, "a", 5)).isPresent();
        hold(limit, "b", 1, true);
        pass(60 * SECOND);
        assertThat(settle(limit, "b", 1)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aDenialCountsOpenHoldsAsKept(Limit limit) {
        hold(limit, "a", 10, true);
        var denied = (Denied) check(limit, 1);
        assertThat(denied.retryAfter()).isGreaterThan(Duration.ofMinutes(1));

        pass(60 * SECOND);
        assertThat(check(limit, 10)).isInstanceOf(Allowed.class);
    }

    @Test
    void aDeniedCheckHoldsNothing() {
        check(TEN, 8);
        assertThat(hold(TEN, "a", 3, true).holdEndsAt()).isNull();
        assertThat(settle(TEN, "a", 1)).isEmpty();

        pass(Duration.ofMinutes(6).toNanos() / 1000);
        assertThat(hold(TEN, "a", 3, true).allowed()).isTrue();
    }

    @Test
    void severalLimitsAreHeldTogetherOrEachAlone() {
        var three = Limit.fixed("three", 3, 3600);
        var charges = List.of(new LimitedSubject(TEN, "user", 5), new LimitedSubject(three, "other", 2));
        var hold = new Hold("both", 60_000, true);

        assertThat(decide(new Check(charges, Mode.ALL, Duration.ZERO, hold)).holdEndsAt())
                .isNotNull();
        var denied = decide(new Check(charges, Mode.ALL, Duration.ZERO, new Hold("second", 60_000, true)));
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.holdEndsAt()).isNull();
        assertThat(remaining(TEN)).isEqualTo(5);

        var each = decide(new Check(charges, Mode.EACH, Duration.ZERO, new Hold("third", 60_000, true)));
        assertThat(each.allowed()).isFalse();
        assertThat(each.holdEndsAt()).isNotNull();
        assertThat(settle(TEN, "third", 0)).isPresent();
        assertThat(settle(three, "other", "third", 0)).isEmpty();
        assertThat(settle(three, "other", "both", 0).orElseThrow().remaining()).isEqualTo(3);
        pass(60 * SECOND);
        assertThat(remaining(TEN)).isEqualTo(10);
    }

    @Test
    void aDeniedRepetitionLeavesTheHoldsOfTheFirst() {
        var other = new LimitedSubject(TEN, "other", 4);
        var check = new Check(
                List.of(new LimitedSubject(TEN, "user", 4), other),
                Mode.ALL,
                Duration.ZERO,
                new Hold("a", Hold.MAX_MILLIS, true));
        assertThat(decide(check).allowed()).isTrue();
        assertThat(settle(TEN, "other", "a", 4)).isPresent();
        pass(600 * SECOND);
        decide(new Check(List.of(new LimitedSubject(TEN, "other", 7)), Mode.ALL));

        assertThat(decide(check).allowed()).isFalse();
        assertThat(settle(TEN, "a", 4)).isPresent();
    }

    @Test
    void limitsThatHoldNothingAreSettledAllTheSame() {
        var shadow = Limit.of("shadow", 1, 3600).inShadow();
        var unlimited = Limit.unlimited("unlimited");
        var charges = List.of(new LimitedSubject(shadow, "user", 5), new LimitedSubject(unlimited, "user", 5));

        var decision = decide(new Check(charges, Mode.ALL, Duration.ZERO, new Hold("a", 60_000, true)));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.holdEndsAt()).isNull();
        assertThat(decision.limits().getFirst()).isInstanceOf(WouldDeny.class);
        assertThat(settle(shadow, "a", 5).orElseThrow().remaining()).isEqualTo(1);
        assertThat(settle(unlimited, "a", 5)).isPresent();
    }

    @Test
    void aHoldOutlivesTheWindowOfItsLimit() {
        var quick = Limit.of("ten", 10, 1);
        hold(quick, "a", 5, true);
        hold(quick, "b", 5, true);
        pass(30 * SECOND);
        assertThat(remaining(quick)).isEqualTo(10);

        assertThat(settle(quick, "a", 1).orElseThrow().remaining()).isEqualTo(10);
        assertThat(settle(quick, "b", 12).orElseThrow().remaining()).isEqualTo(3);
    }

    @Test
    void atMostAThousandHoldsAreOpen() {
        var many = Limit.of("ten", 5000, 3600);
        for (int i = 0; i < LimitRecord.MAX_HOLDS; i++) {
            hold(many, "hold-" + i, 1, Duration.ofMillis(60_000 + i), true);
        }

        assertThat(hold(many, "further", 1, true).limits().getFirst()).isInstanceOfSatisfying(Denied.class, denied -> {
            assertThat(denied.remaining()).isEqualTo(4000);
            assertThat(denied.retryAfter()).isEqualTo(MINUTE);
        });
        assertThat(hold(many, "hold-7", 1, true).allowed()).isTrue();
        assertThat(check(many, 1)).isInstanceOf(Allowed.class);
        pass(60 * SECOND);
        assertThat(hold(many, "further", 1, true).allowed()).isTrue();
        pass(60 * SECOND);
        // The unit that was charged behind the holds is still in use.
        assertThat(remaining(many)).isEqualTo(4999);
    }

    @Test
    void tenantsAndSubjectsHaveTheirOwnHolds() {
        hold(TEN, "a", 4, true);

        var foreign = new Settlement.OfHold(TEN, "user", "a", 0);
        assertThat(((Decided<Optional<LimitDecision>>) limiter()
                                .settleHold("another", foreign, patience())
                                .toCompletableFuture()
                                .join())
                        .value())
                .isEmpty();
        assertThat(settle(TEN, "another", "a", 0)).isEmpty();
        assertThat(remaining(TEN)).isEqualTo(6);
    }

    @Test
    void aHoldNeedsUnitsAValidIdAndABoundedLength() {
        assertThatExceptionOfType(InvalidLimit.class).isThrownBy(() -> check(TEN, 0, new Hold("a", 1, true)));
        for (var id : List.of("", " ", "ä", "a".repeat(129))) {
            assertThatExceptionOfType(InvalidLimit.class).isThrownBy(() -> new Hold(id, 1, true));
            assertThatExceptionOfType(InvalidLimit.class).isThrownBy(() -> new Settlement.OfHold(TEN, "user", id, 1));
        }
        for (long millis : new long[] {0, -1, 900_001}) {
            assertThatExceptionOfType(InvalidLimit.class).isThrownBy(() -> new Hold("a", millis, true));
        }
    }

    @Test
    void aHoldLastsLongerThanTheWaitForItsTurn() {
        check(TEN, 10);
        var limits = List.of(new LimitedSubject(TEN, "user", 1));

        assertThatExceptionOfType(InvalidLimit.class)
                .isThrownBy(() -> new Check(limits, Mode.ALL, MINUTE.multipliedBy(7), new Hold("a", 420_000, true)));
        var held = decide(new Check(limits, Mode.ALL, MINUTE.multipliedBy(7), new Hold("a", 420_001, true)));
        assertThat(held.waitTime()).isEqualTo(MINUTE.multipliedBy(6));
        pass(360 * SECOND);
        assertThat(settle(TEN, "a", 1)).isPresent();
    }

    final CheckDecision hold(Limit limit, String id, long cost, boolean returns) {
        return hold(limit, id, cost, MINUTE, returns);
    }

    private CheckDecision hold(Limit limit, String id, long cost, Duration length, boolean returns) {
        return decide(check(limit, cost, new Hold(id, length.toMillis(), returns)));
    }

    final Optional<LimitDecision> settle(Limit limit, String id, long actual) {
        return settle(limit, "user", id, actual);
    }

    private Optional<LimitDecision> settle(Limit limit, String subject, String id, long actual) {
        var settlement = new Settlement.OfHold(limit, subject, id, actual);
        var settled = limiter().settleHold(tenant, settlement, patience());
        return ((Decided<Optional<LimitDecision>>) settled.toCompletableFuture().join()).value();
    }

    private void refund(Limit limit, long cost) {
        limiter()
                .refund(tenant, check(limit, cost, null), patience())
                .toCompletableFuture()
                .join();
    }

    private LimitDecision check(Limit limit, long cost) {
        return decide(check(limit, cost, null)).limits().getFirst();
    }

    private static Check check(Limit limit, long cost, @Nullable Hold hold) {
        return new Check(List.of(new LimitedSubject(limit, "user", cost)), Mode.ALL, Duration.ZERO, hold);
    }

    final long remaining(Limit limit) {
        return check(limit, 0).remaining();
    }

    private CheckDecision decide(Check check) {
        var decision = limiter().check(tenant, check, patience());
        return ((Decided<CheckDecision>) decision.toCompletableFuture().join()).value();
    }

    private Duration resetAfter(Limit limit) {
        return decide(check(limit, 0, null)).limits().getFirst().resetAfter();
    }

    static void pass(long micros) {
        NOW.addAndGet(micros);
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests {@link GuardedRateLimiter} without Redis for limits with different policies in one check. */
class PoliciesOfEachLimitTest {

    private static final long NOW = 1_790_000_000_000_000L;
    private static final Limit TWO = Limit.of("two", 2, 3600);
    private static final Limit LOCAL = TWO.whenDown(FallbackPolicy.LOCAL);
    private static final Limit OPEN = new Limit("open", 3, 60, 3).whenDown(FallbackPolicy.OPEN);
    private static final Limit CLOSED = new Limit("closed", 5, 60, 5).whenDown(FallbackPolicy.CLOSED);

    private static final Allowed UNKNOWN = new Allowed(3, Duration.ZERO);
    private static final Allowed ONE_LEFT = new Allowed(1, Duration.ofMinutes(30));
    private static final Allowed NONE_LEFT = new Allowed(0, Duration.ofHours(1));
    private static final Denied NO_ROOM = new Denied(0, Duration.ofHours(1), Duration.ofMinutes(30));

    private static RedisLink link;

    private final LocalRateLimiter local = new LocalRateLimiter(1, 100, () -> NOW);

    @BeforeAll
    static void start() {
        try (var gone = RedisProcess.start()) {
            link = LinkOnClock.toServer(gone.port(), () -> NOW);
        }
    }

    @AfterAll
    static void stop() {
        link.close();
    }

    @Test
    void memoryCountsLocalLimitsAndAdmitsOpenOnes() {
        assertThat(check(Mode.ALL, OPEN, LOCAL)).isEqualTo(decided(true, UNKNOWN, ONE_LEFT));
        assertThat(check(Mode.ALL, OPEN, LOCAL)).isEqualTo(decided(true, UNKNOWN, NONE_LEFT));
        assertThat(check(Mode.ALL, OPEN, LOCAL)).isEqualTo(decided(false, UNKNOWN, NO_ROOM));
        assertThat(check(Mode.EACH, LOCAL, OPEN)).isEqualTo(decided(false, NO_ROOM, UNKNOWN));
        assertThat(check(Mode.ALL, OPEN)).isEqualTo(decided(true, UNKNOWN));
    }

    @Test
    void aClosedLimitMakesTheCheckUnavailableAndChargesNoOther() {
        for (var mode : Mode.values()) {
            assertThat(check(mode, LOCAL, CLOSED)).isInstanceOf(Unavailable.class);
            assertThat(check(mode, CLOSED, OPEN, LOCAL)).isInstanceOf(Unavailable.class);
        }
        assertThat(check(Mode.ALL, LOCAL)).isEqualTo(decided(true, ONE_LEFT));
    }

    @Test
    void aLimitWithoutAPolicyUsesTheDefault() {
        assertThat(guarded(FallbackPolicy.OPEN, Mode.ALL, TWO)).isEqualTo(decided(true, new Allowed(2, Duration.ZERO)));
        assertThat(guarded(FallbackPolicy.CLOSED, Mode.ALL, TWO)).isInstanceOf(Unavailable.class);
        assertThat(guarded(FallbackPolicy.LOCAL, Mode.ALL, TWO)).isEqualTo(decided(true, ONE_LEFT));
        assertThat(guarded(FallbackPolicy.CLOSED, Mode.ALL, OPEN)).isEqualTo(decided(true, UNKNOWN));
        assertThat(guarded(FallbackPolicy.OPEN, Mode.ALL, CLOSED)).isInstanceOf(Unavailable.class);
    }

    @Test
    void aClosedLimitInShadowDeniesNothing() {
        assertThat(check(Mode.ALL, CLOSED.inShadow(), LOCAL))
                .isEqualTo(decided(true, new Allowed(5, Duration.ZERO), ONE_LEFT));
        assertThat(guarded(FallbackPolicy.CLOSED, Mode.ALL, TWO.inShadow()))
                .isEqualTo(decided(true, new Allowed(2, Duration.ZERO)));
    }

    @Test
    void uncountedLimitsDecideAsAlways() {
        var nothing = Limit.fixed("nothing", 0, 60).whenDown(FallbackPolicy.OPEN);
        var all = Limit.unlimited("all").whenDown(FallbackPolicy.CLOSED);

        assertThat(check(Mode.ALL, all, LOCAL))
                .isEqualTo(decided(true, new Allowed(Limit.MAX_UNITS, Duration.ZERO), ONE_LEFT));
        assertThat(check(Mode.ALL, nothing, LOCAL, OPEN))
                .isEqualTo(decided(false, new Denied(0, Duration.ZERO, null), ONE_LEFT, UNKNOWN));
        assertThat(check(Mode.ALL, LOCAL)).as("it was not charged").isEqualTo(decided(true, NONE_LEFT));
    }

    @Test
    void correctionsFollowTheSamePolicies() {
        check(Mode.ALL, LOCAL);
        var guard = guard(FallbackPolicy.CLOSED);
        var some = new Check(List.of(charge(OPEN), charge(LOCAL)), Mode.ALL);
        var withClosed = new Check(List.of(charge(LOCAL), charge(CLOSED)), Mode.ALL);

        assertThat(guard.refund("tenant", withClosed, patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(check(Mode.ALL, LOCAL)).isEqualTo(decided(true, NONE_LEFT));
        assertThat(guard.refund("tenant", some, patience())
                        .toCompletableFuture()
                        .join())
                .isEqualTo(decided(true, UNKNOWN, ONE_LEFT));
        assertThat(settled(guard, LOCAL)).isEqualTo(new Decided<>(NONE_LEFT, Source.LOCAL));
        assertThat(settled(guard, OPEN)).isEqualTo(new Decided<>(UNKNOWN, Source.LOCAL));
        assertThat(settled(guard, CLOSED)).isInstanceOf(Unavailable.class);
        assertThat(guard.reset("tenant", "two", "a", patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
    }

    private static Decision<LimitDecision> settled(RateLimiter guard, Limit limit) {
        return guard.settle("tenant", new Settlement(limit, "a", 1, 2), patience())
                .toCompletableFuture()
                .join();
    }

    private Decision<CheckDecision> check(Mode mode, Limit... limits) {
        return guarded(FallbackPolicy.CLOSED, mode, limits);
    }

    private Decision<CheckDecision> guarded(FallbackPolicy whenDown, Mode mode, Limit... limits) {
        var charges =
                List.of(limits).stream().map(PoliciesOfEachLimitTest::charge).toList();
        return guard(whenDown)
                .check("tenant", new Check(charges, mode), patience())
                .toCompletableFuture()
                .join();
    }

    private RateLimiter guard(FallbackPolicy whenDown) {
        return new GuardedRateLimiter(new RedisRateLimiter(link), local, whenDown);
    }

    private static LimitedSubject charge(Limit limit) {
        return new LimitedSubject(limit, "a", 1);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static Decision<CheckDecision> decided(boolean allowed, LimitDecision... limits) {
        return new Decided<>(new CheckDecision(allowed, List.of(limits)), Source.LOCAL);
    }
}

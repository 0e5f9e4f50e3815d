// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.lease.Acquisition.Exhausted;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.ratelimit.lease.Extension.Lost;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedLeasesTest {

    private static final long NOW = 1_790_000_000_000_000L;
    private static final Instant END =
            Instant.EPOCH.plus(NOW, ChronoUnit.MICROS).plusSeconds(30);
    private static final long MILLIS = 30_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RedisProcess redis = RedisProcess.start();
    private final RedisLink link = LinkOnClock.toServer(redis.port(), () -> NOW);
    private final LocalLeases local = new LocalLeases(1, 100, () -> NOW);
    private final LeaseStore closed = new GuardedLeases(new RedisLeases(link), local, FallbackPolicy.CLOSED);
    private final LeaseStore degrading = new GuardedLeases(new RedisLeases(link), local, FallbackPolicy.LOCAL);
    private final Lease lease = new Lease("exports", "a", Lease.newId());

    @AfterEach
    void close() {
        link.close();
        redis.close();
    }

    @Test
    void redisDecidesWhileItIsAvailable() {
        for (var leases : new LeaseStore[] {closed, degrading}) {
            assertThat(acquire(leases, lease, PATIENCE))
                    .isEqualTo(new Decided<>(new Granted(NOW, END, 1), Source.REDIS));
            assertThat(acquire(leases, another(), PATIENCE))
                    .isEqualTo(new Decided<>(new Exhausted(1, Duration.ofSeconds(30)), Source.REDIS));
            assertThat(extend(leases, lease)).isEqualTo(new Decided<>(new Extended(NOW, END), Source.REDIS));
            assertThat(extend(leases, another())).isEqualTo(new Decided<>(new Lost(), Source.REDIS));
            assertThat(release(leases, another())).isEqualTo(new Decided<>(false, Source.REDIS));
        }
        assertThat(release(closed, lease)).isEqualTo(new Decided<>(true, Source.REDIS));
    }

    @Test
    void aClosedGuardIsUnavailableWithoutRedis() {
        redis.kill();

        assertThat(acquire(closed, lease, PATIENCE))
                .isInstanceOfSatisfying(Unavailable.class, unavailable -> assertThat(unavailable.retryAfter())
                        .isPositive());
        assertThat(extend(closed, lease)).isInstanceOf(Unavailable.class);
        assertThat(release(closed, lease)).isInstanceOf(Unavailable.class);
    }

    @Test
    void memoryGrantsItsOwnLeasesWithoutRedis() {
        redis.kill();

        assertThat(acquire(degrading, lease, PATIENCE))
                .isEqualTo(new Decided<>(new Granted(NOW, END, 1), Source.LOCAL));
        assertThat(acquire(degrading, another(), PATIENCE))
                .isEqualTo(new Decided<>(new Exhausted(1, Duration.ofSeconds(30)), Source.LOCAL));
        assertThat(extend(degrading, lease)).isEqualTo(new Decided<>(new Extended(NOW, END), Source.LOCAL));
        assertThat(release(degrading, lease)).isEqualTo(new Decided<>(true, Source.LOCAL));
    }

    @Test
    void memoryDoesNotDecideOnLeasesThatRedisGranted() {
        acquire(degrading, lease, PATIENCE);
        redis.kill();

        assertThat(extend(degrading, lease)).isInstanceOf(Unavailable.class);
        assertThat(release(degrading, lease)).isInstanceOf(Unavailable.class);
    }

    @Test
    void memoryReportsItsLeasesWithoutRedisAndEndsNone() {
        acquire(degrading, lease, PATIENCE);
        assertThat(inspect(degrading)).isEqualTo(new Decided<>(new LeaseUsage(1, List.of(END)), Source.REDIS));
        redis.kill();
        assertThat(inspect(closed)).isInstanceOf(Unavailable.class);
        assertThat(inspect(degrading)).isEqualTo(new Decided<>(new LeaseUsage(0, List.of()), Source.LOCAL));

        acquire(degrading, lease, PATIENCE);

        assertThat(inspect(degrading)).isEqualTo(new Decided<>(new LeaseUsage(1, List.of(END)), Source.LOCAL));
        for (var leases : List.of(closed, degrading)) {
            assertThat(leases.reset("tenant", lease.resource(), Deadline.in(PATIENCE))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(Unavailable.class);
        }
        assertThat(inspect(degrading)).isEqualTo(new Decided<>(new LeaseUsage(1, List.of(END)), Source.LOCAL));
    }

    @Test
    void aSilentRedisIsUnavailableByTheDeadlineAndRepeatsTheGrantAfterwards() {
        // given a Redis that knows the script, receives the call and does not reply
        acquire(closed, lease, PATIENCE);
        release(closed, lease);
        redis.freeze();

        long start = System.nanoTime();
        var decision = acquire(closed, lease, Duration.ofMillis(200));
        var took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(decision).isInstanceOf(Unavailable.class);
        assertThat(took).isBetween(Duration.ofMillis(190), Duration.ofSeconds(5));
        redis.thaw();
        await().untilAsserted(() -> assertThat(extend(closed, lease))
                .as("granted when Redis went on")
                .isEqualTo(new Decided<>(new Extended(NOW + 1, END), Source.REDIS)));
        assertThat(acquire(closed, lease, PATIENCE))
                .isEqualTo(new Decided<>(new Granted(NOW + 1, END, 1), Source.REDIS));
    }

    @Test
    void theOpenPolicyIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GuardedLeases(new RedisLeases(link), local, FallbackPolicy.OPEN));
    }

    private static Lease another() {
        return new Lease("exports", "a", Lease.newId());
    }

    private static Decision<Acquisition> acquire(LeaseStore leases, Lease lease, Duration budget) {
        return leases.acquire("tenant", new LeaseRequest(lease, 1, MILLIS), Deadline.in(budget))
                .toCompletableFuture()
                .join();
    }

    private Decision<LeaseUsage> inspect(LeaseStore leases) {
        return leases.inspect("tenant", lease.resource(), Deadline.in(PATIENCE))
                .toCompletableFuture()
                .join();
    }

    private static Decision<Extension> extend(LeaseStore leases, Lease lease) {
        return leases.extend("tenant", lease, MILLIS, Deadline.in(PATIENCE))
                .toCompletableFuture()
                .join();
    }

    private static Decision<Boolean> release(LeaseStore leases, Lease lease) {
        return leases.release("tenant", lease, Deadline.in(PATIENCE))
                .toCompletableFuture()
                .join();
    }
}

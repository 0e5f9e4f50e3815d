// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.lease.Acquisition.Exhausted;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.ratelimit.lease.Extension.Lost;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.ClockSource;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.RedisSettings.Timeouts;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests leases on the clock of Redis. */
class LeasesOnRedisesClockTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RedisProcess redis = RedisProcess.start();
    private final RedisLink link = RedisLink.to(new RedisSettings(
            true,
            List.of(new Node(redis.host(), redis.port())),
            false,
            null,
            0,
            null,
            ClockSource.REDIS,
            new Timeouts(PATIENCE, PATIENCE, PATIENCE, PATIENCE, Duration.ZERO)));
    private final LeaseStore leases = new RedisLeases(link);

    /**
     * A time in which a lease was held for certain, in microseconds: from its grant until just before it was given
     * up.
     */
    private record Holding(long from, long until, long fence) {}

    @AfterEach
    void close() {
        link.close();
        redis.close();
    }

    @Test
    void aLeaseEndsByItself() {
        var id = Lease.newId();
        var before = Instant.now();
        var granted = granted(acquire(id, 1, 1_500));
        assertThat(granted.endsAt())
                .isBetween(before.plusMillis(1_499), Instant.now().plusMillis(1_500));
        assertThat(acquire(Lease.newId(), 1, 1_500))
                .isInstanceOfSatisfying(Exhausted.class, denied -> assertThat(denied.retryAfter())
                        .isBetween(Duration.ofNanos(1), Duration.ofMillis(1_500)));

        await().pollInterval(Duration.ofMillis(2)).until(() -> acquire(Lease.newId(), 1, 60_000) instanceof Granted);

        assertThat(Instant.now()).isAfterOrEqualTo(granted.endsAt());
        assertThat(extend(id)).isEqualTo(new Lost());
    }

    @Test
    void aFenceIsGreaterAfterRedisLostItsData() {
        var fences = new ArrayList<Long>();
        for (int restart = 0; restart < 3; restart++) {
            for (int n = 0; n < 20; n++) {
                fences.add(granted(acquire(Lease.newId(), 1000, 60_000)).fence());
            }
            redis.restart();
            await().until(() -> leases.release("tenant", new Lease("exports", "a", Lease.newId()), patience())
                            .toCompletableFuture()
                            .join()
                    instanceof Decided);
            assertThat(redis.cli("DBSIZE")).isEqualTo(0L);
        }
        fences.add(granted(acquire(Lease.newId(), 1000, 60_000)).fence());

        assertThat(fences).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void atMostFiveOf64ThreadsHoldALeaseWhileSomeCrashAndSomeExtend() throws Exception {
        var holdings = new ConcurrentLinkedQueue<Holding>();
        var until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        Threads.together(64, thread -> {
            while (System.nanoTime() < until) {
                hold(thread % 4, holdings);
            }
        });

        assertThat(holdings).hasSizeGreaterThan(100);
        var inOrder = holdings.stream()
                .sorted(Comparator.comparingLong(Holding::fence))
                .toList();
        assertThat(inOrder).extracting(Holding::fence).doesNotHaveDuplicates();
        assertThat(inOrder).extracting(Holding::from).isSorted();
        for (var one : inOrder) {
            assertThat(inOrder.stream().filter(other -> other.from <= one.from && one.from < other.until))
                    .as("held when %s was granted", one)
                    .hasSizeLessThanOrEqualTo(5);
        }
        for (var key : (List<?>) redis.cli("KEYS", "*")) {
            assertThat((Long) redis.cli("PTTL", (String) key)).isGreaterThan(0);
        }
    }

    /** Holds a lease of 20 ms, if there is one to be had, in one of four ways. */
    private void hold(int way, ConcurrentLinkedQueue<Holding> holdings) {
        var id = Lease.newId();
        if (!(acquire(id, 5, 20) instanceof Granted granted)) {
            return;
        }
        long ends = micros(granted.endsAt());
        long from = ends - 20_000;
        if (way == 1 && extend(id) instanceof Extended extended) {
            ends = micros(extended.endsAt());
        }
        if (way >= 2) {
            // Redis's clock is this machine's, so it is released after this moment.
            ends = Math.min(ends, micros(Instant.now()));
            leases.release("tenant", new Lease("exports", "a", id), patience())
                    .toCompletableFuture()
                    .join();
        }
        holdings.add(new Holding(from, ends, granted.fence()));
    }

    private Acquisition acquire(String id, long limit, long millis) {
        var request = new LeaseRequest(new Lease("exports", "a", id), limit, millis);
        var decision = leases.acquire("tenant", request, patience())
                .toCompletableFuture()
                .join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<Acquisition>) decision).value();
    }

    private Extension extend(String id) {
        var decision = leases.extend("tenant", new Lease("exports", "a", id), 30, patience())
                .toCompletableFuture()
                .join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<Extension>) decision).value();
    }

    private static Granted granted(Acquisition acquisition) {
        assertThat(acquisition).isInstanceOf(Granted.class);
        return (Granted) acquisition;
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.lease.Acquisition.Exhausted;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.ratelimit.lease.Extension.Lost;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Tests the contract of {@link LeaseStore}. The clock moves only when a test advances it. */
@ResourceLock("LeasesContract") // Its classes share the clock.
abstract class LeasesContract {

    static final long SECOND = 1_000_000;

    /** The time in microseconds, for the leases of all tests. */
    static final AtomicLong NOW = new AtomicLong(1_790_000_000 * SECOND);

    /** Differs between tests, so that they are isolated. */
    private final String tenant = "tenant-" + UUID.randomUUID();

    abstract LeaseStore leases();

    abstract Decision.Source source();

    @Test
    void leasesAreGrantedUpToTheLimit() {
        for (int n = 1; n <= 3; n++) {
            var granted = granted(acquire("a", Lease.newId(), 3, 30));
            assertThat(granted.inUse()).isEqualTo(n);
            assertThat(granted.endsAt()).isEqualTo(in(30));
        }
        assertThat(acquire("a", Lease.newId(), 3, 30)).isEqualTo(exhausted(3, 30));
        assertThat(acquire("b", Lease.newId(), 3, 30)).isInstanceOf(Granted.class);
    }

    @Test
    void anotherLeaseIsGrantedWhenOneEndsAndNotEarlier() {
        acquire("a", Lease.newId(), 2, 20);
        pass(3 * SECOND);
        acquire("a", Lease.newId(), 2, 10);
        pass(123_457);

        var denied = (Exhausted) acquire("a", Lease.newId(), 2, 30);
        assertThat(denied.retryAfter()).isEqualTo(Duration.ofSeconds(10).minusNanos(123_457_000));
        pass(micros(denied.retryAfter()) - 1);
        assertThat(acquire("a", Lease.newId(), 2, 30)).isEqualTo(new Exhausted(2, Duration.of(1, ChronoUnit.MICROS)));
        pass(1);
        assertThat(granted(acquire("a", Lease.newId(), 2, 30)).inUse()).isEqualTo(2);
    }

    @Test
    void aDenialChangesNothing() {
        var id = Lease.newId();
        acquire("a", Lease.newId(), 1, 30);
        assertThat(acquire("a", id, 1, 30)).isEqualTo(exhausted(1, 30));

        assertThat(extend("a", id, 30)).isEqualTo(new Lost());
        assertThat(release("a", id)).isFalse();
        assertThat(acquire("a", Lease.newId(), 1, 30)).isEqualTo(exhausted(1, 30));
    }

    @Test
    void acquiringWithALiveIdRepeatsTheGrant() {
        var id = Lease.newId();
        var first = granted(acquire("a", id, 2, 30));
        pass(SECOND);
        acquire("a", Lease.newId(), 2, 30);

        var again = granted(acquire("a", id, 2, 60));

        assertThat(again).isEqualTo(new Granted(first.fence(), first.endsAt(), 2));
        assertThat(acquire("a", id, 1, 30)).as("also above its limit").isEqualTo(again);
    }

    @Test
    void acquiringWithAnEndedIdGrantsANewLease() {
        var id = Lease.newId();
        var first = granted(acquire("a", id, 1, 30));
        pass(30 * SECOND);

        var second = granted(acquire("a", id, 1, 30));

        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(second.endsAt()).isEqualTo(in(30));
        assertThat(second.inUse()).isEqualTo(1);
    }

    @Test
    void anExtendedLeaseLastsLonger() {
        var id = Lease.newId();
        var first = granted(acquire("a", id, 1, 30));
        pass(29 * SECOND);

        assertThat(extend("a", id, 30)).isEqualTo(new Extended(first.fence(), in(30)));
        pass(29 * SECOND);
        assertThat(acquire("a", Lease.newId(), 1, 30)).isEqualTo(exhausted(1, 1));
        assertThat(granted(acquire("a", id, 1, 30))).isEqualTo(new Granted(first.fence(), in(1), 1));
        pass(SECOND);
        assertThat(acquire("a", Lease.newId(), 1, 30)).isInstanceOf(Granted.class);
    }

    @Test
    void extendingNeverShortens() {
        var id = Lease.newId();
        var first = granted(acquire("a", id, 1, 30));

        assertThat(extend("a", id, 10)).isEqualTo(new Extended(first.fence(), in(30)));
        pass(20 * SECOND);
        assertThat(extend("a", id, 10)).isEqualTo(new Extended(first.fence(), in(10)));
    }

    @Test
    void anEndedLeaseIsLostEvenIfItWasNotReplaced() {
        var id = Lease.newId();
        acquire("a", id, 1, 30);

        pass(30 * SECOND - 1);
        assertThat(extend("a", id, 30)).isInstanceOf(Extended.class);
        pass(30 * SECOND);
        assertThat(extend("a", id, 30)).isEqualTo(new Lost());
        assertThat(acquire("a", Lease.newId(), 1, 30)).isInstanceOf(Granted.class);
    }

    @Test
    void onlyALiveLeaseCanBeExtended() {
        var released = Lease.newId();
        acquire("a", released, 3, 30);
        release("a", released);
        var live = Lease.newId();
        acquire("a", live, 3, 30);

        assertThat(extend("a", released, 30)).isEqualTo(new Lost());
        assertThat(extend("a", Lease.newId(), 30)).isEqualTo(new Lost());
        assertThat(extend("b", live, 30)).isEqualTo(new Lost());
        assertThat(extend("a", live, 30)).isInstanceOf(Extended.class);
    }

    @Test
    void aReleasedLeaseMakesRoomAtOnceAndOnlyOnce() {
        var first = Lease.newId();
        var second = Lease.newId();
        acquire("a", first, 2, 30);
        acquire("a", second, 2, 30);

        assertThat(release("a", first)).isTrue();
        assertThat(release("a", first)).isFalse();
        assertThat(granted(acquire("a", Lease.newId(), 2, 30)).inUse()).isEqualTo(2);
        assertThat(acquire("a", Lease.newId(), 2, 30)).isEqualTo(exhausted(2, 30));
    }

    @Test
    void releasingALeaseThatIsNotLiveChangesNothing() {
        var ended = Lease.newId();
        acquire("a", ended, 1, 10);
        pass(10 * SECOND);
        assertThat(release("a", ended)).isFalse();
        acquire("a", Lease.newId(), 1, 30);

        assertThat(release("a", ended)).isFalse();
        assertThat(release("a", Lease.newId())).isFalse();
        assertThat(release("nobody", Lease.newId())).isFalse();
        assertThat(acquire("a", Lease.newId(), 1, 30)).isEqualTo(exhausted(1, 30));
    }

    @Test
    void aChangedLimitAppliesAtOnceAndRevokesNoLease() {
        var ids = new ArrayList<String>();
        for (int n = 1; n <= 4; n++) {
            ids.add(Lease.newId());
            acquire("a", ids.getLast(), 4, 10 * n);
        }

        // of the four that end after 10, 20, 30 and 40 seconds, all but one have to have ended
        assertThat(acquire("a", Lease.newId(), 2, 30)).isEqualTo(exhausted(4, 30));
        assertThat(acquire("a", Lease.newId(), 1, 30)).isEqualTo(exhausted(4, 40));
        for (var id : ids) {
            assertThat(extend("a", id, 1)).isInstanceOf(Extended.class);
        }
        assertThat(granted(acquire("a", Lease.newId(), 5, 30)).inUse()).isEqualTo(5);
    }

    @Test
    void retryAfterIsExactAfterTheLimitWasLowered() {
        for (int n = 1; n <= 4; n++) {
            acquire("a", Lease.newId(), 4, 10 * n);
        }
        var denied = (Exhausted) acquire("a", Lease.newId(), 2, 30);

        pass(micros(denied.retryAfter()) - 1);
        assertThat(acquire("a", Lease.newId(), 2, 30)).isInstanceOf(Exhausted.class);
        pass(1);
        assertThat(granted(acquire("a", Lease.newId(), 2, 30)).inUse()).isEqualTo(2);
    }

    @Test
    void leasesThatEndedTogetherDoNotCount() {
        for (int n = 0; n < 200; n++) {
            acquire("a", Lease.newId(), 200, 30);
        }
        pass(30 * SECOND);

        for (int n = 1; n <= 3; n++) {
            assertThat(granted(acquire("a", Lease.newId(), 3, 30)).inUse()).isEqualTo(n);
        }
        assertThat(acquire("a", Lease.newId(), 3, 30)).isEqualTo(exhausted(3, 30));
    }

    @Test
    void subjectsNamesAndTenantsAreIsolated() {
        var id = Lease.newId();
        var request = request("a", id, 1, 30);
        acquire("a", id, 1, 30);

        assertThat(acquire("b", Lease.newId(), 1, 30)).isInstanceOf(Granted.class);
        assertThat(acquire("größe 🙂 \u0000 {x}:y", Lease.newId(), 1, 30)).isInstanceOf(Granted.class);
        var otherName = new LeaseRequest(new Lease("other", "a", id), 1, request.millis());
        assertThat(decided(leases().acquire(tenant, otherName, patience()))).isInstanceOf(Granted.class);
        assertThat(decided(leases().release(tenant + ":x", request.lease(), patience())))
                .isEqualTo(false);
        assertThat(decided(leases().acquire(tenant + ":x", request, patience())))
                .isInstanceOf(Granted.class);
    }

    @Test
    void everyGrantHasAGreaterFence() {
        var fences = new ArrayList<Long>();
        for (int n = 0; n < 5; n++) {
            // within a microsecond
            fences.add(granted(acquire("a", Lease.newId(), 100, 1)).fence());
        }
        var released = Lease.newId();
        fences.add(granted(acquire("a", released, 100, 1)).fence());
        release("a", released);
        fences.add(granted(acquire("a", released, 100, 1)).fence());
        pass(SECOND);
        fences.add(granted(acquire("a", Lease.newId(), 100, 1)).fence());
        pass(-600 * SECOND);
        fences.add(granted(acquire("a", Lease.newId(), 100, 1)).fence());
        fences.add(granted(acquire("a", Lease.newId(), 100, 1)).fence());
        pass(600 * SECOND);

        assertThat(fences).isSorted().doesNotHaveDuplicates();
        assertThat(fences.getLast()).isLessThan(1L << 53);
    }

    @Test
    void aClockThatGoesBackEndsNoLease() {
        var id = Lease.newId();
        var first = granted(acquire("a", id, 1, 30));
        pass(-60 * SECOND);

        assertThat(acquire("a", Lease.newId(), 1, 30)).isEqualTo(exhausted(1, 90));
        assertThat(granted(acquire("a", id, 1, 30))).isEqualTo(first);
        assertThat(extend("a", id, 30)).isEqualTo(new Extended(first.fence(), first.endsAt()));
        assertThat(release("a", id)).isTrue();
        assertThat(granted(acquire("a", Lease.newId(), 1, 30)).fence()).isGreaterThan(first.fence());
        pass(60 * SECOND);
    }

    @Test
    void afterADeepStepBackALeaseLastsNoLonger() {
        var id = Lease.newId();
        var first = granted(acquire("a", id, 1, 30));
        var second = granted(acquire("b", Lease.newId(), 1, 30));
        pass(-3600 * SECOND);

        assertThat(acquire("a", Lease.newId(), 1, 30)).isEqualTo(exhausted(1, 30));
        assertThat(granted(acquire("a", id, 1, 30))).isEqualTo(new Granted(first.fence(), in(30), 1));
        pass(10 * SECOND);
        assertThat(acquire("a", Lease.newId(), 1, 30)).isEqualTo(exhausted(1, 20));
        assertThat(extend("a", id, 30)).isEqualTo(new Extended(first.fence(), in(30)));
        pass(30 * SECOND - 1);
        assertThat(acquire("a", Lease.newId(), 1, 30)).isInstanceOf(Exhausted.class);
        pass(1);
        assertThat(granted(acquire("a", Lease.newId(), 1, 30)).fence()).isGreaterThan(first.fence());

        // and after another step
        pass(-7200 * SECOND);
        assertThat(acquire("a", Lease.newId(), 1, 30)).isEqualTo(exhausted(1, 30));
        pass(60 * SECOND);
        assertThat(granted(acquire("b", Lease.newId(), 2, 30)).fence()).isGreaterThan(second.fence());
        pass(10_800 * SECOND);
    }

    @Test
    void theBoundsOfLeasesAreAccepted() {
        var request = new LeaseRequest(
                new Lease("exports", "a", Lease.newId()), LeaseRequest.MAX_LIMIT, LeaseRequest.MAX_MILLIS);
        assertThat(((Granted) decided(leases().acquire(tenant, request, patience()))).endsAt())
                .isEqualTo(in(86_400));
        var brief = new LeaseRequest(new Lease("exports", "b", Lease.newId()), 1, 1);
        decided(leases().acquire(tenant, brief, patience()));
        pass(999);
        assertThat(acquire("b", Lease.newId(), 1, 30)).isInstanceOf(Exhausted.class);
        pass(1);
        assertThat(acquire("b", Lease.newId(), 1, 30)).isInstanceOf(Granted.class);
    }

    @Test
    void anInspectionReportsTheLiveLeasesAndChangesNothing() {
        assertThat(inspect("a")).isEqualTo(new LeaseUsage(0, List.of()));
        var released = Lease.newId();
        acquire("a", Lease.newId(), 4, 30);
        acquire("a", released, 4, 25);
        acquire("a", Lease.newId(), 4, 20);
        acquire("a", Lease.newId(), 4, 10);
        acquire("b", Lease.newId(), 4, 5);
        release("a", released);

        assertThat(inspect("a")).isEqualTo(new LeaseUsage(3, List.of(in(10), in(20), in(30))));
        pass(10 * SECOND - 1);
        assertThat(inspect("a").inUse()).isEqualTo(3);
        pass(1);
        assertThat(inspect("a")).isEqualTo(new LeaseUsage(2, List.of(in(10), in(20))));
        assertThat(acquire("a", Lease.newId(), 2, 30)).isEqualTo(exhausted(2, 10));
        acquire("a", Lease.newId(), 3, 30);
        pass(-3600 * SECOND);
        assertThat(inspect("a")).isEqualTo(new LeaseUsage(3, List.of(in(10), in(20), in(30))));
        pass(3600 * SECOND);
    }

    @Test
    void anInspectionReportsTheEndsOfTheFirstHundred() {
        for (int n = 1; n <= 102; n++) {
            acquire("a", Lease.newId(), 200, n);
        }

        assertThat(inspect("a").inUse()).isEqualTo(102);
        assertThat(inspect("a").ends()).hasSize(100).startsWith(in(1), in(2)).endsWith(in(100));
    }

    @Test
    void aResetEndsAllLeasesOfTheSubject() {
        var first = Lease.newId();
        var second = Lease.newId();
        acquire("a", first, 2, 30);
        var last = granted(acquire("a", second, 2, 30));
        acquire("b", Lease.newId(), 1, 30);

        assertThat(reset("a")).isEqualTo(2);

        assertThat(inspect("a")).isEqualTo(new LeaseUsage(0, List.of()));
        assertThat(extend("a", first, 30)).isEqualTo(new Lost());
        assertThat(release("a", second)).isFalse();
        assertThat(acquire("b", Lease.newId(), 1, 30)).as("of another").isEqualTo(exhausted(1, 30));
        assertThat(granted(acquire("a", first, 1, 30)).fence()).isGreaterThan(last.fence());
        assertThat(reset("c")).isZero();
    }

    @Test
    void fencesGrowAcrossAResetAfterAStepBack() {
        var fences = new ArrayList<Long>();
        for (long step : new long[] {-30, -3600, 0, -7200, 60}) {
            fences.add(granted(acquire("a", Lease.newId(), 1, 30)).fence());
            pass(step * SECOND);
            reset("a");
        }
        fences.add(granted(acquire("a", Lease.newId(), 1, 30)).fence());
        pass(10_770 * SECOND);

        assertThat(fences).isSorted().doesNotHaveDuplicates();
    }

    @Test
    @DeepTest
    void atMostFiveOf64ThreadsHoldALeaseAlthoughSomeCrash() throws Exception {
        int threads = 64;
        int rounds = Rounds.of(15, 200);
        var live = new AtomicInteger();
        var most = new AtomicInteger();
        var grants = new AtomicInteger();
        var fences = new ConcurrentLinkedQueue<Long>();
        var greatestFence = new AtomicLong();
        // Between the rounds the leases of those that crashed come to their end.
        var round = new CyclicBarrier(threads, () -> {
            pass(30 * SECOND);
            live.set(0);
            greatestFence.set(fences.stream().mapToLong(fence -> fence).max().orElse(0));
        });
        Threads.together(threads, thread -> {
            boolean crashes = thread % 8 == 0;
            for (int n = 0; n < rounds; n++) {
                round.await(60, TimeUnit.SECONDS);
                for (int attempt = 0; attempt < 3; attempt++) {
                    var id = Lease.newId();
                    if (acquire("a", id, 5, 30) instanceof Granted granted) {
                        most.accumulateAndGet(live.incrementAndGet(), Math::max);
                        grants.incrementAndGet();
                        assertThat(granted.fence()).isGreaterThan(greatestFence.get());
                        fences.add(granted.fence());
                        if (crashes) {
                            break;
                        }
                        Thread.yield();
                        live.decrementAndGet();
                        assertThat(release("a", id)).isTrue();
                    }
                }
            }
        });
        assertThat(most).as("held at once").hasValueLessThanOrEqualTo(5);
        assertThat(grants).as("each round's first five at least").hasValueGreaterThanOrEqualTo(5 * rounds);
        assertThat(fences).doesNotHaveDuplicates();
    }

    final Acquisition acquire(String subject, String id, long limit, long seconds) {
        return decided(leases().acquire(tenant, request(subject, id, limit, seconds), patience()));
    }

    final Extension extend(String subject, String id, long seconds) {
        var length = seconds * 1000;
        return decided(leases().extend(tenant, new Lease("exports", subject, id), length, patience()));
    }

    final boolean release(String subject, String id) {
        return decided(leases().release(tenant, new Lease("exports", subject, id), patience()));
    }

    final LeaseUsage inspect(String subject) {
        return decided(leases().inspect(tenant, new LeasedResource("exports", subject), patience()));
    }

    final long reset(String subject) {
        return decided(leases().reset(tenant, new LeasedResource("exports", subject), patience()));
    }

    private <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        var decided = (Decided<T>) decision;
        assertThat(decided.source()).isEqualTo(source());
        return decided.value();
    }

    final String tenant() {
        return tenant;
    }

    static LeaseRequest request(String subject, String id, long limit, long seconds) {
        return new LeaseRequest(new Lease("exports", subject, id), limit, seconds * 1000);
    }

    static Granted granted(Acquisition acquisition) {
        assertThat(acquisition).isInstanceOf(Granted.class);
        return (Granted) acquisition;
    }

    static Exhausted exhausted(long inUse, long retryAfterSeconds) {
        return new Exhausted(inUse, Duration.ofSeconds(retryAfterSeconds));
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    static void pass(long micros) {
        NOW.addAndGet(micros);
    }

    static Instant in(long seconds) {
        return Instant.EPOCH.plus(NOW.get(), ChronoUnit.MICROS).plusSeconds(seconds);
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }
}

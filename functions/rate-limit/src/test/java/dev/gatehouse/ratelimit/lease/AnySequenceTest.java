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
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Compares any sequence of operations with a plain list of leases, and checks that fences only grow. */
class AnySequenceTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final LeasedResource RESOURCE = new LeasedResource("exports", "a");
    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);

    /**
     * How far a clock may go back between a grant and the next though the key expires; less the time that a test
     * takes.
     */
    private static final long ALMOST_AN_HOUR = 3_540_000_000L;

    /** The longest lease of a test, and the longest step back by which it may last longer. */
    private static final Duration LONGEST = Duration.ofMinutes(1).plusMillis(5);

    private sealed interface Step {}

    private record Acquire(int who, long limit, long millis) implements Step {}

    private record Extend(int who, long millis) implements Step {}

    private record Release(int who) implements Step {}

    private record Reset() implements Step {}

    private record Pass(long micros) implements Step {}

    /**
     * The key lives its life and is gone, and the clock goes back. Until the next grant it does not go back further.
     */
    private record Expire(long backMicros) implements Step {}

    @AfterContainer
    static void stop() {
        REDIS.close();
    }

    /** A model by the letter of the contract: a lease is live if it ends after now. */
    private static final class Plain {

        private record Held(long fence, long ends) {}

        private final Map<Integer, Held> held = new HashMap<>();
        private long lastFence;

        Acquisition acquire(Acquire call, long now) {
            held.values().removeIf(lease -> lease.ends <= now);
            var own = held.get(call.who);
            if (own == null && held.size() >= call.limit) {
                long roomAt = LongStream.rangeClosed(now, Long.MAX_VALUE)
                        .filter(time -> held.values().stream()
                                        .filter(lease -> lease.ends > time)
                                        .count()
                                < call.limit)
                        .findFirst()
                        .orElseThrow();
                return new Exhausted(held.size(), Duration.of(roomAt - now, ChronoUnit.MICROS));
            }
            if (own == null) {
                lastFence = Math.max(lastFence + 1, now);
                own = new Held(lastFence, now + call.millis * 1000);
                held.put(call.who, own);
            }
            return new Granted(own.fence, instant(own.ends), held.size());
        }

        Extension extend(Extend call, long now) {
            var own = held.get(call.who);
            if (own == null || own.ends <= now) {
                return new Lost();
            }
            held.put(call.who, new Held(own.fence, Math.max(own.ends, now + call.millis * 1000)));
            return new Extended(own.fence, instant(held.get(call.who).ends));
        }

        boolean release(Release call, long now) {
            var own = held.remove(call.who);
            return own != null && own.ends > now;
        }

        long reset(long now) {
            held.values().removeIf(lease -> lease.ends <= now);
            long live = held.size();
            held.clear();
            return live;
        }

        LeaseUsage usage(long now) {
            var ends = held.values().stream()
                    .map(Held::ends)
                    .filter(end -> end > now)
                    .sorted()
                    .map(Plain::instant)
                    .toList();
            return new LeaseUsage(ends.size(), ends);
        }

        private static Instant instant(long micros) {
            return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        }
    }

    @Property(tries = 60)
    @DeepTries(1_000)
    void redisAndMemoryDecideLikeAList(@ForAll("forward") List<Step> steps) {
        for (var leases : List.of(new RedisLeases(REDIS.link()), new LocalLeases(1, 1000, NOW::get))) {
            NOW.set(START);
            var tenant = UUID.randomUUID().toString();
            var plain = new Plain();
            for (var step : steps) {
                switch (step) {
                    case Acquire call ->
                        assertThat(acquire(leases, tenant, call)).isEqualTo(plain.acquire(call, NOW.get()));
                    case Extend call ->
                        assertThat(extend(leases, tenant, call)).isEqualTo(plain.extend(call, NOW.get()));
                    case Release call ->
                        assertThat(release(leases, tenant, call)).isEqualTo(plain.release(call, NOW.get()));
                    case Reset _ -> assertThat(reset(leases, tenant)).isEqualTo(plain.reset(NOW.get()));
                    case Pass pass -> NOW.addAndGet(pass.micros);
                    case Expire _ -> throw new AssertionError();
                }
                assertThat(decided(leases.inspect(tenant, RESOURCE, patience())))
                        .isEqualTo(plain.usage(NOW.get()));
            }
        }
    }

    @Property(tries = 60)
    @DeepTries(1_000)
    void fencesOnlyGrowAndLeasesEndInTimeIfTheClockGoesBackAndKeysExpire(@ForAll("anyhow") List<Step> steps) {
        NOW.set(START);
        var leases = new RedisLeases(REDIS.link());
        var memory = new LocalLeases(1, 1000, NOW::get);
        var tenant = UUID.randomUUID().toString();
        var key = "gh:{" + tenant + ":" + HashTag.of("a") + "}:lease:exports";
        var fences = new ArrayList<Long>();
        var holders = new HashMap<Long, Integer>();
        long wentBack = 0;
        for (var step : steps) {
            long millisToLive = (Long) REDIS.cli("PTTL", key);
            switch (step) {
                case Acquire call -> {
                    var acquisition = acquire(leases, tenant, call);
                    for (var one : List.of(acquisition, acquire(memory, tenant, call))) {
                        if (one instanceof Exhausted exhausted) {
                            assertThat(exhausted.retryAfter()).isLessThanOrEqualTo(LONGEST);
                        }
                    }
                    if (acquisition instanceof Granted granted
                            && !Objects.equals(holders.put(granted.fence(), call.who), call.who)) {
                        fences.add(granted.fence());
                        wentBack = 0;
                    }
                }
                case Extend call -> {
                    extend(leases, tenant, call);
                    extend(memory, tenant, call);
                }
                case Release call -> {
                    release(leases, tenant, call);
                    release(memory, tenant, call);
                }
                case Reset _ -> {
                    reset(leases, tenant);
                    reset(memory, tenant);
                }
                case Pass(var micros) -> {
                    NOW.addAndGet(millisToLive > 0 ? micros : Math.max(0, micros));
                    wentBack -= Math.min(0, micros);
                }
                case Expire(var backMicros) -> {
                    // Redis, which counts down a key's life, does not go back with the caller's clock.
                    if (millisToLive > 0 && wentBack + backMicros < ALMOST_AN_HOUR) {
                        NOW.addAndGet(1000 * millisToLive - backMicros);
                        REDIS.cli("DEL", key);
                    }
                }
            }
            assertThat(REDIS.cli("PTTL", key)).as("after %s", step).isNotEqualTo(-1L);
        }
        assertThat(fences).isSorted().doesNotHaveDuplicates();
    }

    @Provide
    Arbitrary<List<Step>> forward() {
        return Arbitraries.oneOf(acquire(), acquire(), extend(), release(), reset(), pass(0))
                .list()
                .ofMaxSize(60);
    }

    @Provide
    Arbitrary<List<Step>> anyhow() {
        var expire = Arbitraries.longs().between(0, ALMOST_AN_HOUR).<Step>map(Expire::new);
        return Arbitraries.oneOf(acquire(), acquire(), extend(), release(), reset(), pass(-100_000_000_000L), expire)
                .list()
                .ofMaxSize(60);
    }

    private static Arbitrary<Step> acquire() {
        return Combinators.combine(who(), Arbitraries.longs().between(1, 4), millis())
                .as(Acquire::new);
    }

    private static Arbitrary<Step> extend() {
        return Combinators.combine(who(), millis()).as(Extend::new);
    }

    private static Arbitrary<Step> release() {
        return who().map(Release::new);
    }

    private static Arbitrary<Step> reset() {
        return Arbitraries.just(new Reset());
    }

    private static Arbitrary<Step> pass(long least) {
        return Arbitraries.longs().between(least, 3_000).map(Pass::new);
    }

    private static Arbitrary<Integer> who() {
        return Arbitraries.integers().between(0, 5);
    }

    private static Arbitrary<Long> millis() {
        return Arbitraries.longs().between(1, 5);
    }

    private static Acquisition acquire(LeaseStore leases, String tenant, Acquire call) {
        var request = new LeaseRequest(lease(call.who), call.limit, call.millis);
        return decided(leases.acquire(tenant, request, patience()));
    }

    private static Extension extend(LeaseStore leases, String tenant, Extend call) {
        return decided(leases.extend(tenant, lease(call.who), call.millis, patience()));
    }

    private static boolean release(LeaseStore leases, String tenant, Release call) {
        return decided(leases.release(tenant, lease(call.who), patience()));
    }

    private static long reset(LeaseStore leases, String tenant) {
        return decided(leases.reset(tenant, RESOURCE, patience()));
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision =
                stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Lease lease(int who) {
        return new Lease("exports", "a", "%022d".formatted(who));
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

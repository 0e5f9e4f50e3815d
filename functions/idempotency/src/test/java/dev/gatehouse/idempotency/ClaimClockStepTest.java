// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/** If the clock steps back and forward by up to an hour, no lease ends early, and none lasts twice its length. */
class ClaimClockStepTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final long SECOND = 1_000_000;
    private static final long HOUR = 3_600 * SECOND;
    private static final long LONGEST_LEASE_SECONDS = 30;
    private static final long LONGEST_WAIT = 2 * LONGEST_LEASE_SECONDS * SECOND;
    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final IdempotencyKey KEY = new IdempotencyKey("s", "k");

    /** Longer than all steps of a test together. */
    private static final Lifetime LIFETIME = new Lifetime(Lifetime.MAX_SECONDS);

    private enum Act {
        CLAIM,
        EXTEND
    }

    /** @param micros the step of the clock before */
    private record Step(long micros, Act act, int owner, long seconds) {}

    @AfterContainer
    static void stop() {
        REDIS.close();
    }

    @Property(tries = 100)
    @DeepTries(2_000)
    void leasesLastTheirLengthAndAtMostTwice(@ForAll("steps") List<Step> steps) {
        play(new RedisClaims(REDIS.link()), steps);
        play(new LocalClaims(10, 0, NOW::get), steps);
    }

    private static synchronized void play(ClaimStore claims, List<Step> steps) {
        NOW.set(START);
        var tenant = UUID.randomUUID().toString();
        // Steps back are no time that passes.
        long passed = 0;
        long liveUntil = 0;
        long attempt = 0;
        Owner holder = null;
        for (var step : steps) {
            NOW.addAndGet(step.micros);
            passed += Math.max(0, step.micros);
            var claim = new Claim(KEY, new Owner("owner-" + step.owner));
            var length = new ClaimLease(step.seconds * 1000);
            if (step.act == Act.EXTEND) {
                if (decided(claims.extend(tenant, claim, length, patience())) instanceof Held<Instant>(var end)) {
                    assertThat(claim.owner()).isEqualTo(holder);
                    liveUntil = Math.max(liveUntil, passed + until(end));
                }
                continue;
            }
            var request = new ClaimRequest(claim, Fingerprint.NONE, "", length, LIFETIME);
            var outcome = decided(claims.claim(tenant, request, patience()));
            if (outcome instanceof Claimed claimed && claimed.attempt() > attempt) {
                assertThat(passed).as("%s, the lease ended", step).isGreaterThanOrEqualTo(liveUntil);
                assertThat(claimed.attempt()).isEqualTo(attempt + 1);
                assertThat(until(claimed.leaseEnds())).isEqualTo(step.seconds * SECOND);
                liveUntil = passed + step.seconds * SECOND;
                holder = claim.owner();
                attempt = claimed.attempt();
            } else if (outcome instanceof Claimed claimed) {
                assertThat(claim.owner()).isEqualTo(holder);
                assertThat(claimed.attempt()).isEqualTo(attempt);
                assertThat(until(claimed.leaseEnds())).as("%s", step).isBetween(1L, LONGEST_WAIT);
            } else if (outcome instanceof InFlight inFlight) {
                assertThat(claim.owner()).isNotEqualTo(holder);
                assertThat(until(inFlight.leaseEnds())).as("%s", step).isBetween(1L, LONGEST_WAIT);
                assertThat(inFlight.retryAfter())
                        .isEqualTo(Duration.of(until(inFlight.leaseEnds()), ChronoUnit.MICROS));
            } else {
                throw new AssertionError(outcome);
            }
        }
    }

    private static long until(Instant end) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, end) - NOW.get();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var micros = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.longs().between(0, 20 * SECOND)),
                Tuple.of(1, Arbitraries.longs().between(-20 * SECOND, 0)),
                Tuple.of(1, Arbitraries.longs().between(-HOUR, HOUR)),
                Tuple.of(1, Arbitraries.of(-HOUR, HOUR)));
        var act = Arbitraries.frequency(Tuple.of(3, Act.CLAIM), Tuple.of(2, Act.EXTEND));
        return Combinators.combine(
                        micros,
                        act,
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.longs().between(1, LONGEST_LEASE_SECONDS))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

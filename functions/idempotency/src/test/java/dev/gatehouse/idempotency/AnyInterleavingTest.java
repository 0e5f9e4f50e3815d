// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/**
 * Random interleavings of claims, completions, releases, extensions, crashes and pauses of several owners of a key: no
 * two hold a live lease, no result is lost, and no former owner changes anything.
 */
class AnyInterleavingTest {

    private static final long START = 1_790_000_000_000_000L;
    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final IdempotencyKey KEY = new IdempotencyKey("s", "k");
    private static final Lifetime LIFETIME = new Lifetime(1);

    private sealed interface Step {}

    private record TryClaim(int who, int work, long leaseMillis) implements Step {}

    private record Complete(int who, int result) implements Step {}

    private record Return(int who) implements Step {}

    private record Extend(int who, long millis) implements Step {}

    /** Loses its claim and returns as another owner. */
    private record Crash(int who) implements Step {}

    private record Invalidate() implements Step {}

    private record Pass(long micros) implements Step {}

    @AfterContainer
    static void stop() {
        REDIS.close();
    }

    /** Tracks the replies to each owner, and derives the next expected outcome. */
    private static final class Witness {

        private record Lease(Instant leaseEnds) {}

        /** The owners that were granted the claim and have not learned of its loss. */
        private final Map<Owner, Lease> holders = new HashMap<>();

        /** The last owner that was granted the claim. */
        private Owner current;

        private Instant expires = Instant.MIN;
        private Response result;
        private int work;
        private long attempt;

        private boolean isForgotten(Instant now) {
            return !now.isBefore(expires);
        }

        void requested(Owner owner, int requested, ClaimOutcome outcome, Instant now) {
            boolean known = current != null && !isForgotten(now);
            boolean otherWork = known && requested != 0 && work != 0 && requested != work;
            assertThat(outcome instanceof KeyReused).as("reuse is noticed").isEqualTo(otherWork);
            switch (outcome) {
                case Claimed claimed -> {
                    assertThat(known && result != null).as("a result was lost").isFalse();
                    holders.forEach((other, lease) -> {
                        if (!other.equals(owner)) {
                            assertThat(lease.leaseEnds)
                                    .as("another's lease is live")
                                    .isBeforeOrEqualTo(now);
                        }
                    });
                    boolean again = known && claimed.attempt() == attempt;
                    if (again) {
                        assertThat(owner)
                                .as("only its owner gets a claim again")
                                .isEqualTo(current);
                    } else {
                        assertThat(claimed.attempt()).isEqualTo(known ? attempt + 1 : 1);
                        work = !known || requested != 0 ? requested : work;
                    }
                    current = owner;
                    attempt = claimed.attempt();
                    result = null;
                    expires = claimed.expiresAt();
                    holders.put(owner, new Lease(claimed.leaseEnds()));
                }
                case Completed completed -> {
                    assertThat(known).isTrue();
                    assertThat(completed.response()).isEqualTo(result);
                }
                case InFlight inFlight -> {
                    assertThat(known && result == null).isTrue();
                    assertThat(owner).isNotEqualTo(current);
                    assertThat(inFlight.leaseEnds()).isAfter(now);
                }
                case KeyReused _ -> {
                    // Checked above.
                }
            }
        }

        void completed(Owner owner, Response given, OwnerOutcome<Completion> completion, Instant now) {
            boolean owns = owner.equals(current) && !isForgotten(now);
            assertThat(completion instanceof Held).as("the owner completes").isEqualTo(owns);
            if (completion instanceof Held<Completion>(var recorded)) {
                assertThat(recorded.asGiven()).isEqualTo(result == null || result.equals(given));
                result = result == null ? given : result;
                expires = recorded.expiresAt();
            }
            holders.remove(owner);
        }

        void released(Owner owner, OwnerOutcome<Boolean> release, Instant now) {
            boolean forgotten = current == null || isForgotten(now);
            boolean owns = owner.equals(current) && result == null;
            assertThat(release).isEqualTo(forgotten ? new Held<>(false) : owns ? new Held<>(true) : new Lost<>());
            if (!forgotten && owns) {
                current = null;
            }
            holders.remove(owner);
        }

        void extended(Owner owner, OwnerOutcome<Instant> extension, Instant now) {
            boolean owns = owner.equals(current) && result == null && !isForgotten(now);
            assertThat(extension instanceof Held).as("the owner extends").isEqualTo(owns);
            if (extension instanceof Held<Instant>(var leaseEnds)) {
                holders.put(owner, new Lease(leaseEnds));
                expires = expires.isBefore(leaseEnds) ? leaseEnds : expires;
            } else {
                holders.remove(owner);
            }
        }

        void invalidated() {
            holders.clear();
            current = null;
            result = null;
        }
    }

    @Property(tries = 100)
    @DeepTries(1_000)
    void noInterleavingBreaksTheContract(@ForAll("steps") List<Step> steps) {
        for (var claims : List.of(new RedisClaims(REDIS.link()), new LocalClaims(1000, 1_000_000, NOW::get))) {
            NOW.set(START);
            var tenant = UUID.randomUUID().toString();
            var witness = new Witness();
            var lives = new HashMap<Integer, Integer>();
            for (var step : steps) {
                switch (step) {
                    case TryClaim(var who, var work, var leaseMillis) -> {
                        var owner = owner(who, lives);
                        var request = new ClaimRequest(
                                new Claim(KEY, owner),
                                work == 0 ? Fingerprint.NONE : new Fingerprint("work-" + work),
                                "",
                                new ClaimLease(leaseMillis),
                                LIFETIME);
                        witness.requested(owner, work, decided(claims.claim(tenant, request, patience())), now());
                    }
                    case Complete(var who, var number) -> {
                        var owner = owner(who, lives);
                        var result = new Response(200, List.of(), ResponseBody.of("by " + owner.token() + number));
                        witness.completed(
                                owner,
                                result,
                                decided(claims.complete(
                                        tenant, new Claim(KEY, owner), result, Optional.empty(), patience())),
                                now());
                    }
                    case Return(var who) -> {
                        var owner = owner(who, lives);
                        witness.released(
                                owner, decided(claims.release(tenant, new Claim(KEY, owner), patience())), now());
                    }
                    case Extend(var who, var millis) -> {
                        var owner = owner(who, lives);
                        witness.extended(
                                owner,
                                decided(claims.extend(
                                        tenant, new Claim(KEY, owner), new ClaimLease(millis), patience())),
                                now());
                    }
                    case Crash(var who) -> lives.merge(who, 1, Integer::sum);
                    case Invalidate() -> {
                        decided(claims.invalidate(tenant, KEY, patience()));
                        witness.invalidated();
                    }
                    case Pass(var micros) -> NOW.addAndGet(micros);
                }
                var key = KEY.redisKey(tenant);
                assertThat(REDIS.cli("PTTL", key)).as("after %s", step).isNotEqualTo(-1L);
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var who = Arbitraries.integers().between(0, 3);
        var millis = Arbitraries.longs().between(1, 4);
        Arbitrary<Step> tryClaim = Combinators.combine(
                        who, Arbitraries.integers().between(0, 2), millis)
                .as(TryClaim::new);
        Arbitrary<Step> complete =
                Combinators.combine(who, Arbitraries.integers().between(0, 1)).as(Complete::new);
        Arbitrary<Step> extend = Combinators.combine(who, millis).as(Extend::new);
        Arbitrary<Step> pass = Arbitraries.longs().between(0, 3_000).map(Pass::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(8, tryClaim),
                        Tuple.of(3, complete),
                        Tuple.of(2, who.<Step>map(Return::new)),
                        Tuple.of(2, extend),
                        Tuple.of(2, who.<Step>map(Crash::new)),
                        Tuple.of(1, Arbitraries.<Step>of(new Invalidate(), new Pass(1_000_000))),
                        Tuple.of(5, pass))
                .list()
                .ofMaxSize(80);
    }

    private static Owner owner(int who, Map<Integer, Integer> lives) {
        return new Owner("owner-" + who + "-" + lives.getOrDefault(who, 0));
    }

    private static Instant now() {
        return Instant.EPOCH.plus(NOW.get(), ChronoUnit.MICROS);
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

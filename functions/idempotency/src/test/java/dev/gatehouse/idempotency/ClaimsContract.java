// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.idempotency.Inspection.Absent;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The contract of {@link ClaimStore}, for each store. */
@ResourceLock("ClaimsContract") // Its classes share the clock.
abstract class ClaimsContract extends ClaimCalls {

    static final Response DONE =
            new Response(201, List.of(new ResponseHeader("Location", "/payments/7")), ResponseBody.of("{\"id\":7}"));

    @Test
    void theFirstToClaimGetsTheWork() {
        assertThat(claim("a", ADA)).isEqualTo(new Claimed(in(30), in(DAY), 1));
        assertThat(claim("a", GRACE)).isEqualTo(new InFlight(in(0), "by-ada", in(30), Duration.ofSeconds(30)));
        assertThat(claim("b", GRACE)).isInstanceOf(Claimed.class);
    }

    @Test
    void ofManyClaimsEachIsDecidedByItselfInOrder() {
        claim("done", ADA);
        complete("done", ADA, DONE);
        claims(request("reused", ADA, "sha-1", 30, DAY));
        var requests = List.of(
                request("done", GRACE, "", 30, DAY),
                request("reused", GRACE, "sha-2", 30, DAY),
                request("free", GRACE, "", 30, DAY),
                request("free", ADA, "", 30, DAY));

        assertThat(claims().claimAll(tenant, requests, patience()).stream().map(this::decided))
                .containsExactly(
                        new Completed(DONE, Fingerprint.NONE, in(0), in(DAY)),
                        new KeyReused(),
                        new Claimed(in(30), in(DAY), 1),
                        new InFlight(in(0), "by-grace", in(30), Duration.ofSeconds(30)));
    }

    @Test
    void aLeaseBeginsAgainWhenTheClockStepsBackByMoreThanItsLength() {
        claim("a", ADA);
        pass(-3_600 * SECOND);

        assertThat(claim("a", GRACE)).isEqualTo(new InFlight(in(0), "by-ada", in(30), Duration.ofSeconds(30)));
        pass(29 * SECOND);
        assertThat(claim("a", GRACE)).isInstanceOf(InFlight.class);
        pass(SECOND);
        assertThat(claim("a", GRACE)).isEqualTo(new Claimed(in(30), in(DAY), 2));
    }

    @Test
    void anExtendedLeaseBeginsAgainWithTheLengthOfItsExtension() {
        claim("a", ADA);
        for (int n = 0; n < 60; n++) {
            pass(20 * SECOND);
            assertThat(extend("a", ADA, 25)).isEqualTo(new Held<>(in(25)));
        }
        // To a time after the claim.
        pass(-900 * SECOND);

        assertThat(((InFlight) claim("a", GRACE)).leaseEnds()).isEqualTo(in(25));
        pass(20 * SECOND);
        assertThat(extend("a", ADA, 25)).isEqualTo(new Held<>(in(25)));
        pass(-3_600 * SECOND);
        assertThat(((Inspection.InFlight) inspect("a")).leaseEnds()).isEqualTo(in(25));
        assertThat(extend("a", ADA, 20)).as("never shorter").isEqualTo(new Held<>(in(25)));
        pass(25 * SECOND - 1);
        assertThat(claim("a", GRACE)).isInstanceOf(InFlight.class);
        pass(1);
        assertThat(claim("a", GRACE)).isInstanceOf(Claimed.class);
        pass(4_500 * SECOND);
    }

    @Test
    void stepsBackBetweenExtensionsDoNotAddUp() {
        claim("a", ADA);
        for (int n = 0; n < 10; n++) {
            pass(-20 * SECOND);
            assertThat(extend("a", ADA, 10)).isEqualTo(new Held<>(in(30)));
        }
        pass(30 * SECOND);
        assertThat(claim("a", GRACE)).isInstanceOf(Claimed.class);
        pass(200 * SECOND);
    }

    @Test
    void aResultBeginsAgainWhenTheClockStepsBackByMoreThanItsLifetime() {
        claim("a", ADA);
        decided(claims().complete(tenant, at("a", ADA), DONE, Optional.of(new Lifetime(60)), patience()));
        pass(-3_600 * SECOND);

        assertThat(claim("a", GRACE)).isEqualTo(new Completed(DONE, Fingerprint.NONE, in(0), in(60)));
        pass(60 * SECOND - 1);
        assertThat(((Completed) claim("a", GRACE)).response()).isEqualTo(DONE);
        pass(1);
        assertThat(claim("a", GRACE)).isEqualTo(new Claimed(in(30), in(DAY), 1));
        pass(3_600 * SECOND);
    }

    @Test
    void aShortStepBackOfTheClockKeepsTheEndOfTheLease() {
        claim("a", ADA);
        pass(-30 * SECOND);

        assertThat(claim("a", GRACE)).isEqualTo(new InFlight(in(30), "by-ada", in(60), Duration.ofSeconds(60)));
    }

    @Test
    void theSameOwnerGetsTheSameClaimAgain() {
        var first = claim("a", ADA);
        pass(10 * SECOND);

        assertThat(claim("a", ADA)).isEqualTo(first);
        assertThat(claims(request("a", ADA, "", 60, 2 * DAY)))
                .as("also with another lease")
                .isEqualTo(first);
    }

    @Test
    void laterClaimantsGetTheCompletedResult() {
        claim("a", ADA);
        pass(SECOND);

        assertThat(complete("a", ADA, DONE))
                .isEqualTo(new Held<>(new Completion(in(0), in(DAY), Fingerprint.NONE, true)));
        var completed = new Completed(DONE, Fingerprint.NONE, in(0), in(DAY));
        pass(100 * SECOND);
        for (var owner : List.of(ADA, GRACE)) {
            assertThat(claim("a", owner))
                    .isEqualTo(new Completed(DONE, Fingerprint.NONE, in(-100), completed.expiresAt()));
        }
    }

    @Test
    void completingAgainChangesNothing() {
        claim("a", ADA);
        var first = complete("a", ADA, DONE);
        pass(5 * SECOND);

        assertThat(complete("a", ADA, DONE)).isEqualTo(first);
        assertThat(complete("a", ADA, new Response(500, List.of(), ResponseBody.EMPTY)))
                .isEqualTo(new Held<>(new Completion(in(-5), in(DAY - 5), Fingerprint.NONE, false)));
        assertThat(((Completed) claim("a", GRACE)).response()).isEqualTo(DONE);
    }

    @Test
    void theCompletionRestartsTheLifetime() {
        claims(request("a", ADA, "", 30, 100));
        pass(20 * SECOND);
        assertThat(complete("a", ADA, DONE))
                .isEqualTo(new Held<>(new Completion(in(0), in(100), Fingerprint.NONE, true)));
        pass(99 * SECOND);
        assertThat(claim("a", GRACE)).isInstanceOf(Completed.class);
        pass(SECOND);
        assertThat(claim("a", GRACE)).as("forgotten").isEqualTo(new Claimed(in(30), in(DAY), 1));
    }

    @Test
    void theCompletionCanSetAnotherLifetime() {
        claim("a", ADA);
        assertThat(decided(claims().complete(tenant, at("a", ADA), DONE, Optional.of(new Lifetime(7)), patience())))
                .isEqualTo(new Held<>(new Completion(in(0), in(7), Fingerprint.NONE, true)));
        pass(7 * SECOND);
        assertThat(inspect("a")).isEqualTo(new Absent());
    }

    @Test
    void aLeaseIsLiveUntilItsEndExclusive() {
        claim("a", ADA);
        pass(30 * SECOND - 1);
        assertThat(claim("a", GRACE))
                .isEqualTo(new InFlight(
                        now().minusSeconds(30).plus(1, ChronoUnit.MICROS),
                        "by-ada",
                        now().plus(1, ChronoUnit.MICROS),
                        Duration.of(1, ChronoUnit.MICROS)));
        pass(1);
        assertThat(claim("a", GRACE)).isEqualTo(new Claimed(in(30), in(DAY), 2));
        assertThat(claim("a", ADA)).isInstanceOf(InFlight.class);
    }

    @Test
    void aClaimAfterTheOwnersOwnLeaseIsTheNextAttempt() {
        claim("a", ADA);
        pass(30 * SECOND);
        assertThat(claim("a", ADA)).isEqualTo(new Claimed(in(30), in(DAY), 2));
        pass(31 * SECOND);
        assertThat(claim("a", GRACE)).isEqualTo(new Claimed(in(30), in(DAY), 3));
    }

    @Test
    void aFormerOwnerChangesNothing() {
        claim("a", ADA);
        pass(30 * SECOND);
        claim("a", GRACE);

        assertThat(complete("a", ADA, DONE)).isEqualTo(new Lost<>());
        assertThat(extend("a", ADA, 1000)).isEqualTo(new Lost<>());
        assertThat(release("a", ADA)).isEqualTo(new Lost<>());
        assertThat(claim("a", GRACE)).isEqualTo(new Claimed(in(30), in(DAY), 2));
        assertThat(claim("a", new Owner("third"))).isInstanceOf(InFlight.class);
    }

    @Test
    void aCompletionAfterTheLeaseCountsUnlessAnotherClaimedTheKey() {
        claim("a", ADA);
        pass(1000 * SECOND);

        assertThat(complete("a", ADA, DONE))
                .isEqualTo(new Held<>(new Completion(in(0), in(DAY), Fingerprint.NONE, true)));
        assertThat(claim("a", GRACE)).isInstanceOf(Completed.class);
    }

    @Test
    void anExtensionAfterTheLeaseCountsUnlessAnotherClaimedTheKey() {
        claim("a", ADA);
        pass(1000 * SECOND);

        assertThat(extend("a", ADA, 10)).isEqualTo(new Held<>(in(10)));
        assertThat(claim("a", GRACE)).isInstanceOf(InFlight.class);
    }

    @Test
    void anExtendedLeaseLastsLongerAndIsNeverShortened() {
        claim("a", ADA);
        pass(20 * SECOND);
        assertThat(extend("a", ADA, 5)).isEqualTo(new Held<>(in(10)));
        assertThat(extend("a", ADA, 30)).isEqualTo(new Held<>(in(30)));
        pass(29 * SECOND);
        assertThat(claim("a", GRACE)).isInstanceOf(InFlight.class);
        pass(SECOND);
        assertThat(claim("a", GRACE)).isInstanceOf(Claimed.class);
    }

    @Test
    void aKeyIsStoredForAtLeastItsLease() {
        assertThat(claims(request("a", ADA, "", 100, 10))).isEqualTo(new Claimed(in(100), in(100), 1));
        pass(99 * SECOND);
        assertThat(claim("a", GRACE)).isInstanceOf(InFlight.class);
        assertThat(extend("a", ADA, 50)).isEqualTo(new Held<>(in(50)));
        pass(49 * SECOND);
        assertThat(claim("a", GRACE)).isInstanceOf(InFlight.class);
        pass(SECOND);
        assertThat(complete("a", ADA, DONE)).as("forgotten").isEqualTo(new Lost<>());
        assertThat(claim("a", GRACE)).isInstanceOf(Claimed.class);
    }

    @Test
    void aReleasedKeyIsFreeAtOnce() {
        claim("a", ADA);
        assertThat(release("a", ADA)).isEqualTo(new Held<>(true));
        assertThat(release("a", ADA)).as("again").isEqualTo(new Held<>(false));
        assertThat(complete("a", ADA, DONE)).isEqualTo(new Lost<>());
        assertThat(extend("a", ADA, 30)).isEqualTo(new Lost<>());
        assertThat(claim("a", GRACE)).isEqualTo(new Claimed(in(30), in(DAY), 1));
        assertThat(release("a", ADA)).isEqualTo(new Lost<>());
        assertThat(claim("a", GRACE)).isEqualTo(new Claimed(in(30), in(DAY), 1));
    }

    @Test
    void aCompletedClaimIsNeitherReleasedNorExtendedNorClaimed() {
        claim("a", ADA);
        complete("a", ADA, DONE);

        for (var owner : List.of(ADA, GRACE)) {
            assertThat(release("a", owner)).isEqualTo(new Lost<>());
            assertThat(extend("a", owner, 30)).isEqualTo(new Lost<>());
        }
        assertThat(complete("a", GRACE, DONE)).isEqualTo(new Lost<>());
        pass(31 * SECOND);
        assertThat(claim("a", GRACE)).isInstanceOf(Completed.class);
    }

    @Test
    void theFingerprintIsComparedFirst() {
        claims(request("a", ADA, "sha-1", 30, DAY));

        assertThat(claims(request("a", GRACE, "sha-2", 30, DAY)))
                .as("in flight")
                .isEqualTo(new KeyReused());
        assertThat(claims(request("a", ADA, "sha-2", 30, DAY)))
                .as("its owner's")
                .isEqualTo(new KeyReused());
        pass(31 * SECOND);
        assertThat(claims(request("a", GRACE, "sha-2", 30, DAY)))
                .as("its lease over")
                .isEqualTo(new KeyReused());
        assertThat(complete("a", ADA, DONE))
                .isEqualTo(new Held<>(new Completion(in(0), in(DAY), new Fingerprint("sha-1"), true)));
        assertThat(claims(request("a", GRACE, "sha-2", 30, DAY)))
                .as("completed")
                .isEqualTo(new KeyReused());
        assertThat(claims(request("a", GRACE, "sha-1", 30, DAY)))
                .isEqualTo(new Completed(DONE, new Fingerprint("sha-1"), in(0), in(DAY)));
    }

    @Test
    void fingerprintsAreComparedOnlyIfBothAreGiven() {
        claims(request("a", ADA, "sha-1", 30, DAY));
        assertThat(claim("a", GRACE)).isInstanceOf(InFlight.class);
        pass(30 * SECOND);
        assertThat(claim("a", GRACE)).as("taken over without one").isInstanceOf(Claimed.class);
        assertThat(claims(request("a", ADA, "sha-2", 30, DAY)))
                .as("the first is remembered")
                .isEqualTo(new KeyReused());

        claim("b", ADA);
        assertThat(claims(request("b", GRACE, "sha-1", 30, DAY))).isInstanceOf(InFlight.class);
        pass(30 * SECOND);
        assertThat(claims(request("b", GRACE, "sha-1", 30, DAY))).isInstanceOf(Claimed.class);
        assertThat(claims(request("b", ADA, "sha-2", 30, DAY))).isEqualTo(new KeyReused());
    }

    @Test
    void inspectionChangesNothing() {
        assertThat(inspect("a")).isEqualTo(new Absent());
        claim("a", ADA);
        pass(40 * SECOND);
        var inFlight = new Inspection.InFlight(in(-40), "by-ada", in(-10), in(DAY - 40), 1);
        assertThat(inspect("a")).isEqualTo(inFlight);
        assertThat(inspect("a")).isEqualTo(inFlight);
        complete("a", ADA, DONE);
        assertThat(inspect("a")).isEqualTo(new Completed(DONE, Fingerprint.NONE, in(0), in(DAY)));
        pass(DAY * SECOND);
        assertThat(inspect("a")).isEqualTo(new Absent());
    }

    @Test
    void anInvalidatedKeyIsForgotten() {
        assertThat(invalidate("a")).isFalse();
        claim("a", ADA);
        assertThat(invalidate("a")).isTrue();
        assertThat(complete("a", ADA, DONE)).isEqualTo(new Lost<>());
        claim("a", GRACE);
        complete("a", GRACE, DONE);
        assertThat(invalidate("a")).isTrue();
        assertThat(claim("a", ADA)).isEqualTo(new Claimed(in(30), in(DAY), 1));
    }

    @Test
    void tenantsScopesAndKeysAreSeparate() {
        var request = request("a", ADA, "", 30, DAY);
        claims(request);
        complete("a", ADA, DONE);

        assertThat(decided(claims().claim(tenant + ":x", request, patience()))).isInstanceOf(Claimed.class);
        assertThat(claim("A", GRACE)).isInstanceOf(Claimed.class);
        for (var key : List.of(new IdempotencyKey("s", "a"), new IdempotencyKey("", "sa"), key("x".repeat(255)))) {
            var other =
                    new ClaimRequest(new Claim(key, GRACE), Fingerprint.NONE, "", new ClaimLease(1), new Lifetime(1));
            assertThat(claims(other)).as("%s", key).isInstanceOf(Claimed.class);
        }
    }

    @Test
    void anyResponseIsReplayedByteForByte() {
        var random = new Random(42);
        var noise = new byte[100_000];
        random.nextBytes(noise);
        var every = new byte[256];
        for (int n = 0; n < 256; n++) {
            every[n] = (byte) n;
        }
        var bodies = List.of(
                ResponseBody.EMPTY,
                ResponseBody.of(new byte[0]),
                ResponseBody.of("größe 🙂 \u0000\r\n"),
                ResponseBody.of(every),
                ResponseBody.of("x".repeat(1024)),
                ResponseBody.of("x".repeat(1025)),
                ResponseBody.of("abc".repeat(50_000)),
                ResponseBody.of(noise),
                ResponseBody.of(new byte[Response.MAX_BODY_BYTES]));
        var headers = List.of(
                new ResponseHeader("X-Twice", "1"),
                new ResponseHeader("x-twice", "é\t2"),
                new ResponseHeader("Empty", ""));
        for (int n = 0; n < bodies.size(); n++) {
            var response = new Response(200 + n, headers, bodies.get(n));
            claim("key-" + n, ADA);
            complete("key-" + n, ADA, response);
            assertThat(((Completed) claim("key-" + n, GRACE)).response()).isEqualTo(response);
            assertThat(((Completed) inspect("key-" + n)).response()).isEqualTo(response);
        }
    }

    @Test
    void theShortestAndLongestValuesAreStored() {
        var brief =
                new ClaimRequest(at("a", ADA), Fingerprint.NONE, "x".repeat(128), new ClaimLease(1), new Lifetime(1));
        assertThat(claims(brief)).isInstanceOf(Claimed.class);
        pass(999);
        assertThat(claim("a", GRACE)).isInstanceOf(InFlight.class);
        pass(1);
        assertThat(claim("a", GRACE)).isInstanceOf(Claimed.class);
        var longest = new ClaimRequest(
                at("b", new Owner("~".repeat(128))),
                new Fingerprint("!".repeat(255)),
                "",
                new ClaimLease(ClaimLease.MAX_MILLIS),
                new Lifetime(Lifetime.MAX_SECONDS));
        assertThat(claims(longest)).isEqualTo(new Claimed(in(DAY), in(365 * DAY), 1));
        assertThat(decided(claims().complete(tenant, longest.claim(), DONE, Optional.empty(), patience())))
                .isEqualTo(new Held<>(new Completion(in(0), in(365 * DAY), longest.fingerprint(), true)));
    }

    @Test
    void aClockThatStepsBackGrantsNoSecondClaim() {
        claim("a", ADA);
        pass(-60 * SECOND);
        assertThat(claim("a", GRACE)).isInstanceOf(InFlight.class);
        assertThat(extend("a", ADA, 30)).isEqualTo(new Held<>(in(30)));
        complete("a", ADA, DONE);
        assertThat(claim("a", GRACE)).isInstanceOf(Completed.class);
        pass(60 * SECOND);
    }

    @Test
    @DeepTest
    void of64ThreadsOneWinsEachRoundAndAllReceiveItsResult() throws Exception {
        int threads = 64;
        int rounds = Rounds.of(50, 500);
        var winners = new AtomicInteger();
        var losers = new AtomicInteger();
        var winner = new AtomicReference<>("");
        var barrier = new CyclicBarrier(threads);
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var racers = new ArrayList<Future<?>>();
            for (int thread = 0; thread < threads; thread++) {
                var owner = new Owner("thread-" + thread);
                racers.add(pool.submit(() -> {
                    for (int round = 0; round < rounds; round++) {
                        var key = "round-" + round;
                        barrier.await(60, TimeUnit.SECONDS);
                        switch (claim(key, owner)) {
                            case Claimed claimed -> {
                                assertThat(claimed.attempt()).isEqualTo(1);
                                winners.incrementAndGet();
                                winner.set(owner.token());
                            }
                            case InFlight inFlight -> {
                                assertThat(inFlight.claimedBy()).startsWith("by-thread-");
                                losers.incrementAndGet();
                            }
                            case Completed _, KeyReused _ -> throw new AssertionError();
                        }
                        barrier.await(60, TimeUnit.SECONDS);
                        if (winner.get().equals(owner.token())) {
                            complete(key, owner, result(owner, round));
                        }
                        barrier.await(60, TimeUnit.SECONDS);
                        assertThat(claim(key, owner)).isInstanceOfSatisfying(Completed.class, completed -> assertThat(
                                        completed.response())
                                .isEqualTo(result(new Owner(winner.get()), Integer.parseInt(key.substring(6)))));
                    }
                    return null;
                }));
            }
            for (var racer : racers) {
                racer.get(240, TimeUnit.SECONDS);
            }
        }
        assertThat(winners).hasValue(rounds);
        assertThat(losers).hasValue(rounds * (threads - 1));
    }

    private static Response result(Owner owner, int round) {
        return new Response(200, List.of(), ResponseBody.of(owner.token() + " in round " + round));
    }
}

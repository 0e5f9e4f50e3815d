// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.WaitingClaims.Claimant;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitingClaimsTest {

    private static final Response DONE = new Response(200, List.of(), ResponseBody.of("done"));
    private static final Owner ADA = new Owner("ada");
    private static final Duration BUDGET = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(20);

    private static RedisProcess redis;
    private static RedisLink link;

    private final IdempotencyKey key = new IdempotencyKey("", UUID.randomUUID().toString());
    private final ClaimStore claims = new RedisClaims(link);
    private final WaitingClaims waiting = new WaitingClaims(claims, 100, BUDGET);

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        link = RedisLink.to(LinkProbe.patientSettings(redis.url()));
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
    }

    @Test
    void aWaiterGetsTheResult() {
        claim(ADA, 30_000);
        var waiter = waiter(LONG);
        await().until(() -> waiting.waiting("tenant") == 1);

        complete();

        assertThat(outcome(waiter))
                .isInstanceOfSatisfying(Completed.class, completed -> assertThat(completed.response())
                        .isEqualTo(DONE));
        assertThat(waiting.waiting("tenant")).isZero();
    }

    @Test
    void ofSeveralClaimsThoseThatCannotBeDeliveredAreReleased() {
        var requests = List.of(request(ADA, 30_000), request(new IdempotencyKey("", key.key() + "-2"), ADA, 30_000));
        var claimants = List.of(Claimant.present(), Claimant.present());
        var decisions = waiting.claimAll("tenant", requests, claimants, Deadline.in(LONG));
        assertThat(decisions)
                .allSatisfy(decision -> assertThat(outcome(decision)).isInstanceOf(Claimed.class));

        claimants.getFirst().undeliverable().complete(null);

        await().until(() -> state(requests.getFirst()) instanceof Inspection.Absent);
        assertThat(state(requests.getLast())).isInstanceOf(Inspection.InFlight.class);
    }

    private Inspection state(ClaimRequest request) {
        return outcome(claims.inspect("tenant", request.claim().key(), Deadline.in(LONG)));
    }

    @Test
    void aWaiterGetsReleasedWork() {
        claim(ADA, 30_000);
        var waiter = waiter(LONG);
        await().until(() -> waiting.waiting("tenant") == 1);

        release(ADA);

        assertThat(outcome(waiter)).isInstanceOf(Claimed.class);
    }

    @Test
    void oneWaiterGetsTheWorkOfACrashedOwner() {
        claim(ADA, 1_000);
        var waiters = new ArrayList<CompletableFuture<Decision<ClaimOutcome>>>();
        for (int n = 0; n < 20; n++) {
            waiters.add(waiter(Duration.ofSeconds(3)));
        }

        var outcomes = waiters.stream().map(WaitingClaimsTest::outcome).toList();

        assertThat(outcomes)
                .filteredOn(Claimed.class::isInstance)
                .singleElement()
                .satisfies(claimed -> assertThat(((Claimed) claimed).attempt()).isEqualTo(2));
        assertThat(outcomes).filteredOn(InFlight.class::isInstance).hasSize(19);
    }

    @Test
    void theWaitEndsWhenItsTimeIsUp() {
        claim(ADA, 30_000);
        long from = System.nanoTime();

        assertThat(outcome(waiter(Duration.ofMillis(300)))).isInstanceOf(InFlight.class);

        assertThat(Duration.ofNanos(System.nanoTime() - from)).isBetween(Duration.ofMillis(300), Duration.ofSeconds(5));
        assertThat(waiting.waiting("tenant")).isZero();
    }

    @Test
    void theWaitNeverExceedsTheDeadline() {
        claim(ADA, 30_000);
        long from = System.nanoTime();

        var decision = waiting.claim(
                        "tenant",
                        request(Owner.random(), 30_000),
                        Claimant.present(),
                        LONG,
                        Deadline.in(Duration.ofMillis(300)))
                .toCompletableFuture()
                .join();

        assertThat(decision).isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.value())
                .isInstanceOf(InFlight.class));
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isBetween(Duration.ofMillis(250), Duration.ofSeconds(5));
    }

    @Test
    void aWaiterPollsLessAndLessOften() {
        claim(ADA, 30_000);
        claim(ADA, 30_000);
        long before = redis.calls("evalsha");

        outcome(waiter(Duration.ofSeconds(3)));

        // 20, 30, 45, … ms, each shortened by up to half: no more than 25 in three seconds, and no fewer than 9.
        assertThat(redis.calls("evalsha") - before).isBetween(5L, 25L);
    }

    @Test
    void aClaimThatEndsInThisProcessWakesItsWaiters() {
        // given a waiter, and a pause between two of its polls
        var polls = new AtomicInteger();
        var slow = new WaitingClaims(beforeEachCall(polls::incrementAndGet), 10, BUDGET);
        claim(ADA, 30_000);
        var waiter = slow.claim("tenant", request(Owner.random(), 30_000), Claimant.present(), LONG, patience())
                .toCompletableFuture();
        await().until(() -> polls.get() == 12);

        // when it is woken repeatedly, then it polls far more often
        await().pollInterval(Duration.ofMillis(2)).until(() -> {
            slow.wake("tenant", key);
            return polls.get() >= 60;
        });
        complete();
        slow.wake("tenant", key);
        assertThat(outcome(waiter)).isInstanceOf(Completed.class);
    }

    private ClaimStore beforeEachCall(Runnable action) {
        return (ClaimStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ClaimStore.class}, (_, method, args) -> {
                    action.run();
                    return method.invoke(claims, args);
                });
    }

    @Test
    void theNumberOfWaitersIsBounded() {
        var few = new WaitingClaims(claims, 2, BUDGET);
        claim(ADA, 30_000);
        var waiters = new ArrayList<CompletableFuture<Decision<ClaimOutcome>>>();
        for (int n = 0; n < 2; n++) {
            waiters.add(few.claim("tenant", request(Owner.random(), 30_000), Claimant.present(), LONG, patience())
                    .toCompletableFuture());
        }
        await().until(() -> few.waiting("tenant") == 2);
        long from = System.nanoTime();

        var third = few.claim("tenant", request(Owner.random(), 30_000), Claimant.present(), LONG, patience())
                .toCompletableFuture();

        assertThat(outcome(third)).isInstanceOf(InFlight.class);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(5));
        complete();
        assertThat(waiters).allSatisfy(waiter -> assertThat(outcome(waiter)).isInstanceOf(Completed.class));
        assertThat(few.waiting("tenant")).isZero();
    }

    @Test
    void theWaitersOfOneTenantDoNotEndTheWaitOfAnother() {
        var few = new WaitingClaims(claims, 1, BUDGET);
        claim(ADA, 30_000);
        claims.claim("other", request(ADA, 30_000), patience())
                .toCompletableFuture()
                .join();
        var waiter = wait(few, "tenant", Claimant.present());
        await().until(() -> few.waiting("tenant") == 1);
        assertThat(outcome(wait(few, "tenant", Claimant.present()))).isInstanceOf(InFlight.class);

        var other = wait(few, "other", Claimant.present());

        await().until(() -> few.waiting("other") == 1);
        claims.complete("other", new Claim(key, ADA), DONE, Optional.empty(), patience());
        assertThat(outcome(other)).isInstanceOf(Completed.class);
        complete();
        assertThat(outcome(waiter)).isInstanceOf(Completed.class);
    }

    @Test
    void aClaimantThatLeavesStopsWaitingAndTakesNothing() {
        // given 200 waiters that take all places
        var full = new WaitingClaims(claims, 200, BUDGET);
        claim(ADA, 30_000);
        var cancellation = new CompletableFuture<Void>();
        var waiters = new ArrayList<CompletableFuture<Decision<ClaimOutcome>>>();
        for (int n = 0; n < 200; n++) {
            waiters.add(wait(full, "tenant", new Claimant(cancellation, new CompletableFuture<>())));
        }
        await().until(() -> full.waiting("tenant") == 200);

        // when they leave
        cancellation.complete(null);

        // then their places are free, and the released work remains free
        assertThat(waiters).allSatisfy(waiter -> assertThat(outcome(waiter)).isInstanceOf(InFlight.class));
        assertThat(full.waiting("tenant")).isZero();
        release(ADA);
        assertThat(inspect()).isInstanceOf(Inspection.Absent.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClaimWonAfterItsClaimantLeftIsReleasedUnlessItCanBeRepeated(boolean canRepeat) {
        // given work that its owner releases before the first poll, and a claimant that leaves during it
        var calls = new AtomicInteger();
        var cancellation = new CompletableFuture<Void>();
        var departing = new WaitingClaims(
                beforeEachCall(() -> {
                    if (calls.incrementAndGet() == 2) {
                        release(ADA);
                        cancellation.complete(null);
                    }
                }),
                10,
                BUDGET);
        claim(ADA, 30_000);

        var waiter = wait(
                departing, "tenant", new Claimant(cancellation, canRepeat ? new CompletableFuture<>() : cancellation));

        assertThat(outcome(waiter)).isInstanceOf(Claimed.class);
        await().untilAsserted(() ->
                assertThat(inspect()).isInstanceOf(canRepeat ? Inspection.InFlight.class : Inspection.Absent.class));
        assertThat(departing.waiting("tenant")).isZero();
    }

    @Test
    void whenRedisIsLostTheWaitEndsUnavailable() {
        try (var gone = RedisProcess.start();
                var toGone = RedisLink.to(RedisSettings.of("127.0.0.1", gone.port()))) {
            var waitingThere = new WaitingClaims(new RedisClaims(toGone), 10, BUDGET);
            // A first connection may take longer than there is time on a busy machine.
            await().until(() -> new RedisClaims(toGone)
                            .claim("tenant", request(ADA, 30_000), patience())
                            .toCompletableFuture()
                            .join()
                    instanceof Decided);
            var waiter = waitingThere
                    .claim("tenant", request(Owner.random(), 30_000), Claimant.present(), LONG, patience())
                    .toCompletableFuture();
            await().until(() -> waitingThere.waiting("tenant") == 1);

            gone.kill();

            assertThat(waiter.join()).isInstanceOf(Unavailable.class);
            assertThat(waitingThere.waiting("tenant")).isZero();
        }
    }

    private void claim(Owner owner, long leaseMillis) {
        claims.claim("tenant", request(owner, leaseMillis), patience())
                .toCompletableFuture()
                .join();
    }

    private CompletableFuture<Decision<ClaimOutcome>> wait(WaitingClaims claims, String tenant, Claimant claimant) {
        return claims.claim(tenant, request(Owner.random(), 30_000), claimant, LONG, patience())
                .toCompletableFuture();
    }

    private void release(Owner owner) {
        claims.release("tenant", new Claim(key, owner), patience())
                .toCompletableFuture()
                .join();
    }

    private Inspection inspect() {
        return ((Decided<Inspection>) claims.inspect("tenant", key, patience())
                        .toCompletableFuture()
                        .join())
                .value();
    }

    private void complete() {
        claims.complete("tenant", new Claim(key, ADA), DONE, Optional.empty(), patience())
                .toCompletableFuture()
                .join();
    }

    private CompletableFuture<Decision<ClaimOutcome>> waiter(Duration wait) {
        return waiting.claim(
                        "tenant",
                        request(Owner.random(), 30_000),
                        Claimant.present(),
                        wait,
                        Deadline.in(Duration.ofSeconds(30)))
                .toCompletableFuture();
    }

    private ClaimRequest request(Owner owner, long leaseMillis) {
        return request(key, owner, leaseMillis);
    }

    private static ClaimRequest request(IdempotencyKey key, Owner owner, long leaseMillis) {
        return new ClaimRequest(
                new Claim(key, owner), Fingerprint.NONE, "", new ClaimLease(leaseMillis), new Lifetime(60));
    }

    private static <T> T outcome(CompletionStage<Decision<T>> stage) {
        return ((Decided<T>) stage.toCompletableFuture().join()).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(30));
    }
}

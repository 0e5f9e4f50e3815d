// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.idempotency.Execution.Done;
import dev.gatehouse.idempotency.Execution.InFlight;
import dev.gatehouse.idempotency.Execution.KeyReused;
import dev.gatehouse.idempotency.Execution.Released;
import dev.gatehouse.idempotency.Execution.Replayed;
import dev.gatehouse.idempotency.Execution.Undecided;
import dev.gatehouse.idempotency.Execution.Unrecorded;
import dev.gatehouse.idempotency.Inspection.Absent;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotentExecutorTest {

    private static final Response DONE = new Response(200, List.of(), ResponseBody.of("done"));
    private static final Duration BUDGET = Duration.ofSeconds(10);

    private static RedisProcess redis;
    private static RedisLink link;

    private final ClaimStore claims = new RedisClaims(link);
    private final IdempotentExecutor idempotent = new IdempotentExecutor(claims, BUDGET);
    private final IdempotencyKey key = new IdempotencyKey("", UUID.randomUUID().toString());
    private final AtomicInteger runs = new AtomicInteger();

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
    void workIsDoneOnceAndReplayedAfterwards() throws Exception {
        assertThat(run(request("", 30_000), CompletableFuture.completedFuture(DONE)))
                .isEqualTo(new Done(DONE, false));
        assertThat(run(request("", 30_000), CompletableFuture.completedFuture(DONE)))
                .isInstanceOfSatisfying(Replayed.class, replayed -> assertThat(replayed.response())
                        .isEqualTo(DONE));
        assertThat(idempotent.call("tenant", request("", 30_000), patience(), () -> {
                    runs.incrementAndGet();
                    return DONE;
                }))
                .isInstanceOf(Replayed.class);
        assertThat(runs).hasValue(1);
    }

    @Test
    void whileTheWorkRunsOthersAreInFlight() {
        var work = new CompletableFuture<Response>();
        var first = begin(request("sha-1", 30_000), work);
        await().until(() -> runs.get() == 1);

        assertThat(run(request("", 30_000), work)).isInstanceOf(InFlight.class);
        assertThat(run(request("sha-2", 30_000), work)).isEqualTo(new KeyReused());

        work.complete(DONE);
        assertThat(first.join()).isEqualTo(new Done(DONE, false));
        assertThat(runs).hasValue(1);
    }

    @Test
    void failedWorkReleasesItsClaim() {
        assertThatThrownBy(() -> run(request("", 30_000), CompletableFuture.failedFuture(new IOException("broken"))))
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("broken");
        assertThat(state()).isEqualTo(new Absent());

        assertThatThrownBy(() -> idempotent.call("tenant", request("", 30_000), patience(), () -> {
                    throw new IOException("broken too");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("broken too");
        assertThat(state()).isEqualTo(new Absent());

        var thrown = idempotent.run("tenant", request("", 30_000), patience(), () -> {
            throw new IllegalStateException("at once");
        });
        assertThatThrownBy(() -> thrown.toCompletableFuture().join()).hasRootCauseMessage("at once");
        assertThat(state()).isEqualTo(new Absent());

        var none = idempotent.run("tenant", request("", 30_000), patience(), () -> null);
        assertThatThrownBy(() -> none.toCompletableFuture().join()).hasRootCauseInstanceOf(NullPointerException.class);
        assertThat(state()).isEqualTo(new Absent());
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 599})
    void aResponseThatARetryMayChangeReleasesTheClaimUnlessItsStatusIsStored(int status) throws Exception {
        var response = new Response(status, List.of(), ResponseBody.of("later"));

        assertThat(run(request("", 30_000), CompletableFuture.completedFuture(response)))
                .isEqualTo(new Released(response));
        assertThat(state()).isEqualTo(new Absent());
        assertThat(idempotent.call("tenant", request("", 30_000), patience(), () -> response))
                .isEqualTo(new Released(response));
        assertThat(state()).isEqualTo(new Absent());

        var storing = idempotent.storing(Set.of(status));
        assertThat(storing.call("tenant", request("", 30_000), patience(), () -> response))
                .isEqualTo(new Done(response, false));
        assertThat(idempotent.call("tenant", request("", 30_000), patience(), () -> DONE))
                .isInstanceOfSatisfying(Replayed.class, replayed -> assertThat(replayed.response())
                        .isEqualTo(response));
    }

    @Test
    void withoutClaimsWorkRunsEachTime() throws Exception {
        try (var unclaimed = IdempotentExecutor.withoutClaims()) {
            for (int run = 1; run <= 2; run++) {
                assertThat(unclaimed.call("tenant", request("fingerprint-" + run, 30_000), patience(), () -> {
                            runs.incrementAndGet();
                            return DONE;
                        }))
                        .isEqualTo(new Done(DONE, true));
                assertThat(runs).hasValue(run);
            }
        }
        assertThat(state()).isEqualTo(new Absent());
    }

    @Test
    void theLeaseIsExtendedWhileTheWorkRunsAndNoLonger() throws Exception {
        var work = new CompletableFuture<Response>();
        var first = begin(request("", 3_000), work);
        await().until(() -> runs.get() == 1);
        var claimed = (Inspection.InFlight) state();

        // Nobody else gets the work for longer than the lease.
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            assertThat(run(request("", 30_000), work)).isInstanceOf(InFlight.class);
            return ((Inspection.InFlight) state())
                    .leaseEnds()
                    .isAfter(claimed.leaseEnds().plusSeconds(3));
        });

        work.complete(DONE);
        assertThat(first.join()).isEqualTo(new Done(DONE, false));
        assertThat(runs).hasValue(1);
    }

    @Test
    void theLeaseLastsNoLongerThanTheInvocation() {
        var work = new CompletableFuture<Response>();
        var end = Deadline.in(Duration.ofSeconds(2));
        var _ = idempotent.run("tenant", request("", 60_000), end, () -> work);
        await().until(() -> state() instanceof Inspection.InFlight);
        var inFlight = (Inspection.InFlight) state();
        assertThat(Duration.between(inFlight.claimedAt(), inFlight.leaseEnds()))
                .isLessThanOrEqualTo(Duration.ofSeconds(2));

        // The lease of an aborted invocation ends with the invocation, not after a minute.
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(run(request("", 30_000), CompletableFuture.completedFuture(DONE)))
                        .isEqualTo(new Done(DONE, false)));
        assertThat(inFlight.attempt()).isEqualTo(1);
    }

    @Test
    void workThatWasTakenOverIsReportedAsLost() {
        var work = new CompletableFuture<Response>();
        var first = begin(request("", 60_000), work);
        await().until(() -> runs.get() == 1);
        claims.invalidate("tenant", key, patience()).toCompletableFuture().join();

        work.complete(DONE);

        assertThat(first.join()).isEqualTo(new Unrecorded(DONE, true));
    }

    @Test
    void withoutRedisNothingRunsAndDoneWorkIsUnrecorded() {
        try (var wire = FaultProxy.inFrontOf(redis);
                var over = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
            var claimsThere = new RedisClaims(over);
            var there = new IdempotentExecutor(claimsThere, Duration.ofSeconds(1));
            // A first connection may take longer than there is time on a busy machine.
            await().until(() -> claimsThere
                            .inspect("tenant", key, patience())
                            .toCompletableFuture()
                            .join()
                    instanceof Decided);
            var work = new CompletableFuture<Response>();
            var begun = there.run("tenant", request("", 60_000), patience(), () -> {
                        runs.incrementAndGet();
                        return work;
                    })
                    .toCompletableFuture();
            await().until(() -> runs.get() == 1);
            wire.blackHole();

            work.complete(DONE);

            assertThat(begun.join()).isEqualTo(new Unrecorded(DONE, false));
            assertThat(there.run("tenant", request("", 60_000), patience(), () -> work)
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(Undecided.class);
            wire.pass();
        }
    }

    @Test
    void of32RacingThreadsOneRunsTheWork() throws Exception {
        var executions = new ArrayList<Execution>();
        try (var threads = Executors.newFixedThreadPool(32)) {
            var racers = new ArrayList<Future<Execution>>();
            for (int n = 0; n < 32; n++) {
                racers.add(threads.submit(() -> idempotent.call("tenant", request("", 30_000), patience(), () -> {
                    runs.incrementAndGet();
                    return DONE;
                })));
            }
            for (var racer : racers) {
                executions.add(racer.get());
            }
        }
        assertThat(runs).hasValue(1);
        assertThat(executions).filteredOn(Done.class::isInstance).hasSize(1);
        assertThat(executions)
                .allMatch(execution ->
                        execution instanceof Done || execution instanceof InFlight || execution instanceof Replayed);
    }

    private Execution run(ClaimRequest request, CompletableFuture<Response> work) {
        return begin(request, work).join();
    }

    private CompletableFuture<Execution> begin(ClaimRequest request, CompletableFuture<Response> work) {
        return idempotent
                .run("tenant", request, patience(), () -> {
                    runs.incrementAndGet();
                    return work;
                })
                .toCompletableFuture();
    }

    private Inspection state() {
        var decision =
                claims.inspect("tenant", key, patience()).toCompletableFuture().join();
        return ((Decided<Inspection>) decision).value();
    }

    private ClaimRequest request(String fingerprint, long leaseMillis) {
        return new ClaimRequest(
                new Claim(key, Owner.random()),
                new Fingerprint(fingerprint),
                "",
                new ClaimLease(leaseMillis),
                new Lifetime(60));
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(60));
    }
}

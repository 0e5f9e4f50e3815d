// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Claims and completions under network faults, a killed Redis and crashing workers. */
@ConcurrentTests
class ClaimFaultsTest {

    private static final Response DONE = new Response(200, List.of(), ResponseBody.of("done"));
    private static final Duration BUDGET = Duration.ofMillis(500);

    private static final IdempotencyKey KEY = new IdempotencyKey("", "k");

    private static final WireFault[] LOSING_A_REPLY = {
        WireFault.REPLY_LOST_WITH_THE_CONNECTION, WireFault.REPLY_TRUNCATED, WireFault.CUT, WireFault.HALF_CLOSED
    };

    private static final List<WireFault> AT_COMPLETION =
            List.of(WireFault.REPLIES_LOST_WITH_THE_CONNECTION, WireFault.BLACK_HOLE, WireFault.REPLY_SWALLOWED);

    private static RedisProcess redis;

    private final String tenant = "tenant-" + UUID.randomUUID();

    /** A link to Redis through a proxy with faults, and the claims on it. */
    private record Storm(WireFault fault, FaultProxy wire, RedisLink link, String tenant) implements AutoCloseable {

        /** Opens the link and loads the scripts, so that the next fault hits a working connection. */
        static Storm brewing(WireFault fault) {
            var wire = FaultProxy.inFrontOf(redis);
            var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()));
            var storm = new Storm(fault, wire, link, "tenant-" + UUID.randomUUID());
            var claims = storm.claims();
            var warm = new Claim(new IdempotencyKey("", "warm"), new Owner("warm"));
            untilDecided(() -> claims.claim(storm.tenant, request(warm), patience()));
            untilDecided(() -> claims.complete(storm.tenant, warm, DONE, Optional.empty(), patience()));
            untilDecided(() -> claims.release(storm.tenant, warm, patience()));
            return storm;
        }

        ClaimStore claims() {
            return new RedisClaims(link);
        }

        void strikes() {
            fault.strike(wire);
        }

        void passes() {
            wire.pass();
        }

        @Override
        public void close() {
            link.close();
            wire.close();
        }
    }

    private interface HealthCheck {
        void under(Storm storm);
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static void underEach(WireFault[] faults, HealthCheck trial) throws Exception {
        Threads.each(faults, fault -> {
            try (var storm = Storm.brewing(fault)) {
                trial.under(storm);
            }
        });
    }

    @Test
    void underAnyFaultRepeatingTheClaimGrantsItToTheCallerAlone() throws Exception {
        underEach(WireFault.values(), storm -> {
            var claims = storm.claims();
            var tenant = storm.tenant();
            storm.strikes();
            var ada = new Owner("ada");

            var first = inTime(() -> claims.claim(tenant, request(ada), soon()));
            if (first instanceof Decided<ClaimOutcome>(var outcome, var _)) {
                assertThat(outcome).isInstanceOf(Claimed.class);
            }
            storm.passes();

            assertThat(untilDecided(() -> claims.claim(tenant, request(ada), soon())))
                    .isInstanceOfSatisfying(Claimed.class, claimed -> assertThat(claimed.attempt())
                            .isEqualTo(1));
            assertThat(untilDecided(() -> claims.claim(tenant, request(Owner.random()), soon())))
                    .isInstanceOf(InFlight.class);
        });
    }

    @Test
    void underAnyFaultRepeatingTheCompletionStoresTheResult() throws Exception {
        underEach(WireFault.values(), storm -> {
            var claims = storm.claims();
            var tenant = storm.tenant();
            var ada = new Claim(KEY, new Owner("ada"));
            untilDecided(() -> claims.claim(tenant, request(ada.owner()), soon()));
            storm.strikes();

            var first = inTime(() -> claims.complete(tenant, ada, DONE, Optional.empty(), soon()));
            if (first instanceof Decided<OwnerOutcome<Completion>>(var completion, var _)) {
                assertThat(completion).isInstanceOf(Held.class);
            }
            storm.passes();

            assertThat(untilDecided(() -> claims.complete(tenant, ada, DONE, Optional.empty(), soon())))
                    .satisfies(outcome -> assertThat(
                                    ((Held<Completion>) outcome).result().asGiven())
                            .isTrue());
            assertThat(untilDecided(() -> claims.claim(tenant, request(Owner.random()), soon())))
                    .isInstanceOfSatisfying(Completed.class, completed -> assertThat(completed.response())
                            .isEqualTo(DONE));
        });
    }

    @Test
    void underAnyFaultRepeatingTheReleaseFreesTheKey() throws Exception {
        underEach(WireFault.values(), storm -> {
            var claims = storm.claims();
            var tenant = storm.tenant();
            var ada = new Claim(KEY, new Owner("ada"));
            untilDecided(() -> claims.claim(tenant, request(ada.owner()), soon()));
            storm.strikes();
            inTime(() -> claims.release(tenant, ada, soon()));
            storm.passes();

            assertThat(untilDecided(() -> claims.release(tenant, ada, soon()))).isInstanceOf(Held.class);
            assertThat(untilDecided(() -> claims.claim(tenant, request(Owner.random()), soon())))
                    .isInstanceOf(Claimed.class);
        });
    }

    @Test
    void underAnyFaultRepeatingTheExtensionExtendsTheLease() throws Exception {
        underEach(WireFault.values(), storm -> {
            var claims = storm.claims();
            var tenant = storm.tenant();
            var ada = new Claim(KEY, new Owner("ada"));
            untilDecided(() -> claims.claim(tenant, request(ada.owner()), soon()));
            var longer = new ClaimLease(600_000);
            storm.strikes();

            var first = inTime(() -> claims.extend(tenant, ada, longer, soon()));
            if (first instanceof Decided<OwnerOutcome<Instant>>(var extension, var _)) {
                assertThat(extension).isInstanceOf(Held.class);
            }
            storm.passes();

            var end = leaseEnds(untilDecided(() -> claims.extend(tenant, ada, longer, soon())));
            if (first instanceof Decided<OwnerOutcome<Instant>>(var extension, var _)) {
                assertThat(end).isAfterOrEqualTo(leaseEnds(extension));
            }
            assertThat(untilDecided(() -> claims.claim(tenant, request(Owner.random()), soon())))
                    .isInstanceOfSatisfying(InFlight.class, inFlight -> assertThat(inFlight.leaseEnds())
                            .isEqualTo(end));
        });
    }

    @Test
    void underAnyFaultAnInspectionIsRightAndChangesNothing() throws Exception {
        underEach(WireFault.values(), storm -> {
            var claims = storm.claims();
            var tenant = storm.tenant();
            untilDecided(() -> claims.claim(tenant, request(new Owner("ada")), soon()));
            var before = redis.cli("DUMP", KEY.redisKey(tenant));
            storm.strikes();

            var first = inTime(() -> claims.inspect(tenant, KEY, soon()));
            storm.passes();

            var then = untilDecided(() -> claims.inspect(tenant, KEY, soon()));
            assertThat(then).isInstanceOf(Inspection.InFlight.class);
            if (first instanceof Decided<Inspection>(var inspection, var _)) {
                assertThat(inspection).isEqualTo(then);
            }
            assertThat(redis.cli("DUMP", KEY.redisKey(tenant))).isEqualTo(before);
        });
    }

    @Test
    void underAnyFaultRepeatingTheInvalidationRemovesTheKey() throws Exception {
        underEach(WireFault.values(), storm -> {
            var claims = storm.claims();
            var tenant = storm.tenant();
            var ada = new Claim(KEY, new Owner("ada"));
            untilDecided(() -> claims.claim(tenant, request(ada.owner()), soon()));
            untilDecided(() -> claims.complete(tenant, ada, DONE, Optional.empty(), soon()));
            storm.strikes();

            inTime(() -> claims.invalidate(tenant, KEY, soon()));
            storm.passes();

            untilDecided(() -> claims.invalidate(tenant, KEY, soon()));
            assertThat(redis.cli("EXISTS", KEY.redisKey(tenant))).isEqualTo(0L);
            assertThat(untilDecided(() -> claims.claim(tenant, request(Owner.random()), soon())))
                    .isInstanceOfSatisfying(Claimed.class, claimed -> assertThat(claimed.attempt())
                            .isEqualTo(1));
        });
    }

    /** The claims retry within the deadline; the caller need not. */
    @Test
    void anOperationIsRetriedAfterALostReply() throws Exception {
        underEach(LOSING_A_REPLY, storm -> {
            var claims = storm.claims();
            var tenant = storm.tenant();
            var ada = new Claim(KEY, new Owner("ada"));
            storm.strikes();
            assertThat(join(claims.claim(tenant, request(ada.owner()), patience())))
                    .isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.value())
                            .isInstanceOf(Claimed.class));
            storm.strikes();
            assertThat(join(claims.complete(tenant, ada, DONE, Optional.empty(), patience())))
                    .isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.value())
                            .isInstanceOf(Held.class));
        });
    }

    /** Two callers retry until they have a decision, under one fault for the claims and another for the completion. */
    @Test
    void workUnderFaultsIsDoneOnceOrReportedUnknown() throws Exception {
        underEach(WireFault.values(), storm -> {
            var claims = storm.claims();
            var tenant = storm.tenant();
            var atCompletion = AT_COMPLETION.get(storm.fault().ordinal() % AT_COMPLETION.size());
            var done = new AtomicInteger();
            for (var owner : List.of(new Owner("ada"), new Owner("grace"))) {
                var claim = new Claim(KEY, owner);
                storm.strikes();
                join(claims.claim(tenant, request(owner), briefly()));
                storm.passes();
                var outcome = untilDecided(() -> claims.claim(tenant, request(owner), soon()));
                if (outcome instanceof Claimed) {
                    done.incrementAndGet();
                    atCompletion.strike(storm.wire());
                    join(claims.complete(tenant, claim, DONE, Optional.empty(), briefly()));
                    storm.passes();
                    assertThat(untilDecided(() -> claims.complete(tenant, claim, DONE, Optional.empty(), soon())))
                            .isInstanceOf(Held.class);
                } else {
                    assertThat(outcome).isInstanceOf(Completed.class);
                }
            }
            assertThat(done).as("then %s", atCompletion).hasValue(1);
        });
    }

    @Test
    void aKilledWorkerFreesTheKeyAtTheEndOfItsLease() throws Exception {
        var lease = Duration.ofSeconds(3);
        var worker = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingWorker.class.getName(),
                        Integer.toString(redis.port()),
                        tenant,
                        KEY.key(),
                        Long.toString(lease.toMillis()))
                .redirectErrorStream(true)
                .start();
        try (var link = RedisLink.to(RedisSettings.of("127.0.0.1", redis.port()));
                var output = worker.inputReader()) {
            var claims = new RedisClaims(link);
            assertThat(output.lines().filter(line -> line.contains("claimed")).findFirst())
                    .isPresent();
            worker.destroyForcibly().waitFor(20, TimeUnit.SECONDS);

            var decision = untilDecided(() -> claims.claim(tenant, request(Owner.random()), patience()));
            if (decision instanceof InFlight inFlight) {
                assertThat(inFlight.claimedBy()).isEqualTo("the-crashed");
                assertThat(inFlight.retryAfter()).isLessThanOrEqualTo(lease);
            }

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> untilDecided(() -> claims.claim(tenant, request(new Owner("next")), patience()))
                                    instanceof Claimed claimed
                            && claimed.attempt() == 2);
        } finally {
            worker.destroyForcibly();
        }
    }

    @Test
    void theOwnerLosesAClaimThatRedisLostInARestart() {
        try (var own = RedisProcess.start();
                var link = RedisLink.to(RedisSettings.of("127.0.0.1", own.port()))) {
            var claims = new RedisClaims(link);
            var ada = new Claim(KEY, new Owner("ada"));
            untilDecided(() -> claims.claim(tenant, request(ada.owner()), patience()));
            own.kill();
            own.restart();

            assertThat(untilDecided(() -> claims.complete(tenant, ada, DONE, Optional.empty(), patience())))
                    .as("nobody has claimed it since, but Redis has no record of that")
                    .isEqualTo(new Lost<>());
            assertThat(untilDecided(() -> claims.claim(tenant, request(new Owner("grace")), patience())))
                    .isInstanceOfSatisfying(Claimed.class, claimed -> assertThat(claimed.attempt())
                            .isEqualTo(1));
            assertThat(untilDecided(() -> claims.complete(tenant, ada, DONE, Optional.empty(), patience())))
                    .isEqualTo(new Lost<>());
        }
    }

    @Test
    void aFailoverKeepsReplicatedWritesAndLosesTheOthers() {
        try (var primary = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(primary).start();
                var nowhere = FaultProxy.inFrontOf(primary);
                var toPrimary = RedisLink.to(RedisSettings.of("127.0.0.1", primary.port()));
                var toReplica = RedisLink.to(RedisSettings.of("127.0.0.1", replica.port()))) {
            var before = new RedisClaims(toPrimary);
            var after = new RedisClaims(toReplica);
            var replicated = claimOf("heard");
            var halfReplicated = claimOf("half-heard");
            var unheard = claimOf("unheard");
            untilDecided(() -> before.claim(tenant, request(replicated), patience()));
            untilDecided(() -> before.claim(tenant, request(halfReplicated), patience()));
            await().until(() -> isKnownTo(replica, replicated) && isKnownTo(replica, halfReplicated));

            // The replica is cut off and stays a replica.
            nowhere.refuse();
            replica.cli("REPLICAOF", nowhere.host(), Integer.toString(nowhere.port()));
            await().until(() -> primary.info("replication", "connected_slaves").equals("0"));
            assertThat(untilDecided(() -> before.claim(tenant, request(unheard), patience())))
                    .isInstanceOf(Claimed.class);
            assertThat(untilDecided(() -> before.complete(tenant, halfReplicated, DONE, Optional.empty(), patience())))
                    .isInstanceOf(Held.class);
            assertThat(isKnownTo(primary, unheard)).isTrue();
            primary.kill();
            replica.cli("REPLICAOF", "NO", "ONE");
            assertThat(isKnownTo(replica, unheard)).isFalse();

            assertThat(untilDecided(() -> after.complete(tenant, replicated, DONE, Optional.empty(), patience())))
                    .isInstanceOf(Held.class);
            assertThat(untilDecided(() -> after.complete(tenant, unheard, DONE, Optional.empty(), patience())))
                    .isEqualTo(new Lost<>());
            assertThat(untilDecided(() ->
                            after.claim(tenant, request(new Claim(unheard.key(), new Owner("grace"))), patience())))
                    .isInstanceOf(Claimed.class);
            assertThat(untilDecided(() -> after.claim(
                            tenant, request(new Claim(halfReplicated.key(), new Owner("grace"))), patience())))
                    .as("its result is lost, but not who has it")
                    .isInstanceOf(InFlight.class);
            assertThat(untilDecided(() -> after.complete(tenant, halfReplicated, DONE, Optional.empty(), patience())))
                    .as("a repeated completion is stored")
                    .isInstanceOf(Held.class);
        }
    }

    private static Claim claimOf(String key) {
        return new Claim(new IdempotencyKey("", key), new Owner("ada"));
    }

    private boolean isKnownTo(RedisProcess redis, Claim claim) {
        return redis.cli("EXISTS", claim.key().redisKey(tenant)).equals(1L);
    }

    private static ClaimRequest request(Owner owner) {
        return request(new Claim(KEY, owner));
    }

    private static ClaimRequest request(Claim claim) {
        return new ClaimRequest(claim, Fingerprint.NONE, "", new ClaimLease(60_000), new Lifetime(86_400));
    }

    /** Allows for the deadline and for a busy machine. */
    private static <T> Decision<T> inTime(Supplier<CompletionStage<Decision<T>>> call) {
        long from = System.nanoTime();
        var decision = join(call.get());
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(BUDGET.plusSeconds(5));
        return decision;
    }

    /** Retries until there is a decision, as a caller does. */
    private static <T> T untilDecided(Supplier<CompletionStage<Decision<T>>> call) {
        var decision = await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> join(call.get()), given -> !(given instanceof Unavailable));
        return ((Decided<T>) decision).value();
    }

    private static <T> Decision<T> join(CompletionStage<Decision<T>> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Deadline briefly() {
        return Deadline.in(Duration.ofMillis(100));
    }

    private static Instant leaseEnds(OwnerOutcome<Instant> extension) {
        return ((Held<Instant>) extension).result();
    }

    private static Deadline soon() {
        return Deadline.in(BUDGET);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

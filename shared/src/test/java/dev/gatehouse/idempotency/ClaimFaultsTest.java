package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Answer;
import dev.gatehouse.fallback.Answer.Decided;
import dev.gatehouse.fallback.Answer.Unavailable;
import dev.gatehouse.fixtures.FaultProxy;
import dev.gatehouse.fixtures.RedisProcess;
import dev.gatehouse.fixtures.WireFault;
import dev.gatehouse.idempotency.ClaimOutcome.Claimed;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.InFlight;
import dev.gatehouse.idempotency.Completion.Recorded;
import dev.gatehouse.idempotency.Extension.Extended;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.RedisSettings;
import java.time.Duration;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Claim and completion on a wire that fails, by a Redis that is killed, and by workers that crash. */
class ClaimFaultsTest {

    private static final Response DONE = new Response(200, List.of(), ResponseBody.of("done"));
    private static final Duration BUDGET = Duration.ofSeconds(1);

    private static final Supplier<Deadline> BRIEFLY = () -> Deadline.in(Duration.ofMillis(100));

    private static RedisProcess redis;

    private final String tenant = "tenant-" + UUID.randomUUID();
    private final IdempotencyKey key = new IdempotencyKey("", "k");

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @ParameterizedTest
    @EnumSource
    void whateverBefallsTheClaimTheCallerHasItByAskingAgainAndNobodyElseHas(WireFault fault) {
        try (var wire = FaultProxy.inFrontOf(redis);
                var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
            var claims = new RedisClaims(link);
            warm(claims);
            fault.strike(wire);
            var ada = new Owner("ada");

            var first = inTime(() -> claims.claim(tenant, request(ada), Deadline.in(BUDGET)));
            if (first instanceof Decided<ClaimOutcome>(var outcome, var _)) {
                assertThat(outcome).isInstanceOf(Claimed.class);
            }
            wire.pass();

            assertThat(untilDecided(() -> claims.claim(tenant, request(ada), Deadline.in(BUDGET))))
                    .isInstanceOfSatisfying(Claimed.class, claimed -> assertThat(claimed.attempt())
                            .isEqualTo(1));
            assertThat(untilDecided(() -> claims.claim(tenant, request(Owner.random()), Deadline.in(BUDGET))))
                    .isInstanceOf(InFlight.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverBefallsTheCompletionTheResultIsKeptByAskingAgain(WireFault fault) {
        try (var wire = FaultProxy.inFrontOf(redis);
                var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
            var claims = new RedisClaims(link);
            warm(claims);
            var ada = new Claim(key, new Owner("ada"));
            untilDecided(() -> claims.claim(tenant, request(ada.owner()), Deadline.in(BUDGET)));
            fault.strike(wire);

            var first = inTime(() -> claims.complete(tenant, ada, DONE, Optional.empty(), Deadline.in(BUDGET)));
            if (first instanceof Decided<Completion>(var completion, var _)) {
                assertThat(completion).isInstanceOf(Recorded.class);
            }
            wire.pass();

            assertThat(untilDecided(() -> claims.complete(tenant, ada, DONE, Optional.empty(), Deadline.in(BUDGET))))
                    .isInstanceOfSatisfying(Recorded.class, recorded -> assertThat(recorded.asGiven())
                            .isTrue());
            assertThat(untilDecided(() -> claims.claim(tenant, request(Owner.random()), Deadline.in(BUDGET))))
                    .isInstanceOfSatisfying(Completed.class, completed -> assertThat(completed.response())
                            .isEqualTo(DONE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverBefallsTheReleaseTheKeyIsFreeByAskingAgain(WireFault fault) {
        try (var wire = FaultProxy.inFrontOf(redis);
                var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
            var claims = new RedisClaims(link);
            warm(claims);
            var ada = new Claim(key, new Owner("ada"));
            untilDecided(() -> claims.claim(tenant, request(ada.owner()), Deadline.in(BUDGET)));
            fault.strike(wire);
            inTime(() -> claims.release(tenant, ada, Deadline.in(BUDGET)));
            wire.pass();

            assertThat(untilDecided(() -> claims.release(tenant, ada, Deadline.in(BUDGET))))
                    .isInstanceOf(Release.Released.class);
            assertThat(untilDecided(() -> claims.claim(tenant, request(Owner.random()), Deadline.in(BUDGET))))
                    .isInstanceOf(Claimed.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverBefallsTheExtensionTheLeaseLastsAsLongAsWasToldByAskingAgain(WireFault fault) {
        try (var wire = FaultProxy.inFrontOf(redis);
                var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
            var claims = new RedisClaims(link);
            warm(claims);
            var ada = new Claim(key, new Owner("ada"));
            untilDecided(() -> claims.claim(tenant, request(ada.owner()), Deadline.in(BUDGET)));
            var longer = new LeaseLength(600_000);
            fault.strike(wire);

            var first = inTime(() -> claims.extend(tenant, ada, longer, Deadline.in(BUDGET)));
            if (first instanceof Decided<Extension>(var extension, var _)) {
                assertThat(extension).isInstanceOf(Extended.class);
            }
            wire.pass();

            var extended = (Extended) untilDecided(() -> claims.extend(tenant, ada, longer, Deadline.in(BUDGET)));
            if (first instanceof Decided<Extension>(var extension, var _)) {
                assertThat(extended.leaseEnds()).isAfterOrEqualTo(((Extended) extension).leaseEnds());
            }
            assertThat(untilDecided(() -> claims.claim(tenant, request(Owner.random()), Deadline.in(BUDGET))))
                    .isInstanceOfSatisfying(InFlight.class, inFlight -> assertThat(inFlight.leaseEnds())
                            .isEqualTo(extended.leaseEnds()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverBefallsTheInspectionItTellsWhatIsSoAndChangesNothing(WireFault fault) {
        try (var wire = FaultProxy.inFrontOf(redis);
                var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
            var claims = new RedisClaims(link);
            warm(claims);
            untilDecided(() -> claims.claim(tenant, request(new Owner("ada")), Deadline.in(BUDGET)));
            var before = redis.cli("DUMP", StoredKey.of(tenant, key).name());
            fault.strike(wire);

            var first = inTime(() -> claims.inspect(tenant, key, Deadline.in(BUDGET)));
            wire.pass();

            var then = untilDecided(() -> claims.inspect(tenant, key, Deadline.in(BUDGET)));
            assertThat(then).isInstanceOf(Inspection.InFlight.class);
            if (first instanceof Decided<Inspection>(var inspection, var _)) {
                assertThat(inspection).isEqualTo(then);
            }
            assertThat(redis.cli("DUMP", StoredKey.of(tenant, key).name())).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverBefallsTheInvalidationTheKeyIsForgottenByAskingAgain(WireFault fault) {
        try (var wire = FaultProxy.inFrontOf(redis);
                var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
            var claims = new RedisClaims(link);
            warm(claims);
            var ada = new Claim(key, new Owner("ada"));
            untilDecided(() -> claims.claim(tenant, request(ada.owner()), Deadline.in(BUDGET)));
            untilDecided(() -> claims.complete(tenant, ada, DONE, Optional.empty(), Deadline.in(BUDGET)));
            fault.strike(wire);

            inTime(() -> claims.invalidate(tenant, key, Deadline.in(BUDGET)));
            wire.pass();

            untilDecided(() -> claims.invalidate(tenant, key, Deadline.in(BUDGET)));
            assertThat(redis.cli("EXISTS", StoredKey.of(tenant, key).name())).isEqualTo(0L);
            assertThat(untilDecided(() -> claims.claim(tenant, request(Owner.random()), Deadline.in(BUDGET))))
                    .isInstanceOfSatisfying(Claimed.class, claimed -> assertThat(claimed.attempt())
                            .isEqualTo(1));
        }
    }

    /** The caller never asks again for what it was told: the claims do, within the deadline. */
    @ParameterizedTest
    @EnumSource(names = {"REPLY_LOST_WITH_THE_CONNECTION", "REPLY_TRUNCATED", "CUT", "HALF_CLOSED"})
    void aLostReplyCostsTheCallerNothing(WireFault fault) {
        try (var wire = FaultProxy.inFrontOf(redis);
                var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
            var claims = new RedisClaims(link);
            warm(claims);
            var ada = new Claim(key, new Owner("ada"));
            fault.strike(wire);
            assertThat(join(claims.claim(tenant, request(ada.owner()), patience())))
                    .isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.decision())
                            .isInstanceOf(Claimed.class));
            fault.strike(wire);
            assertThat(join(claims.complete(tenant, ada, DONE, Optional.empty(), patience())))
                    .isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.decision())
                            .isInstanceOf(Recorded.class));
        }
    }

    @Test
    void workUnderFaultsIsDoneOnceOrReportedUnknown() {
        try (var wire = FaultProxy.inFrontOf(redis);
                var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
            var claims = new RedisClaims(link);
            warm(claims);
            var atCompletions = List.of(
                    WireFault.REPLIES_LOST_WITH_THE_CONNECTION, WireFault.BLACK_HOLE, WireFault.REPLY_SWALLOWED);
            for (var atClaim : WireFault.values()) {
                var atCompletion = atCompletions.get(atClaim.ordinal() % 3);
                var work = new IdempotencyKey(atClaim.name(), atCompletion.name());
                var done = new AtomicInteger();
                // Two callers, of whom each asks until it knows, in the worst of weathers.
                for (var owner : List.of(new Owner("ada"), new Owner("grace"))) {
                    var claim = new Claim(work, owner);
                    atClaim.strike(wire);
                    join(claims.claim(tenant, request(claim), BRIEFLY.get()));
                    wire.pass();
                    var outcome = untilDecided(() -> claims.claim(tenant, request(claim), Deadline.in(BUDGET)));
                    if (outcome instanceof Claimed) {
                        done.incrementAndGet();
                        atCompletion.strike(wire);
                        join(claims.complete(tenant, claim, DONE, Optional.empty(), BRIEFLY.get()));
                        wire.pass();
                        assertThat(untilDecided(() ->
                                        claims.complete(tenant, claim, DONE, Optional.empty(), Deadline.in(BUDGET))))
                                .isInstanceOf(Recorded.class);
                    } else {
                        assertThat(outcome).isInstanceOf(Completed.class);
                    }
                }
                assertThat(done).as("%s, then %s", atClaim, atCompletion).hasValue(1);
            }
        }
    }

    @Test
    void aWorkerThatIsKilledMakesWayAtTheEndOfItsLeaseAndNotAfterADay() throws Exception {
        var lease = Duration.ofSeconds(3);
        var worker = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingWorker.class.getName(),
                        Integer.toString(redis.port()),
                        tenant,
                        key.key(),
                        Long.toString(lease.toMillis()))
                .redirectErrorStream(true)
                .start();
        try (var link = RedisLink.to(RedisSettings.of("127.0.0.1", redis.port()));
                var said = worker.inputReader()) {
            var claims = new RedisClaims(link);
            assertThat(said.lines().filter(line -> line.contains("claimed")).findFirst())
                    .isPresent();
            worker.destroyForcibly().waitFor(20, TimeUnit.SECONDS);

            var answer = untilDecided(() -> claims.claim(tenant, request(Owner.random()), patience()));
            if (answer instanceof InFlight inFlight) {
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
    void aRedisThatIsRestartedWithoutPersistenceHasForgottenTheClaimAndItsOwnerIsToldSo() {
        try (var own = RedisProcess.start();
                var link = RedisLink.to(RedisSettings.of("127.0.0.1", own.port()))) {
            var claims = new RedisClaims(link);
            var ada = new Claim(key, new Owner("ada"));
            untilDecided(() -> claims.claim(tenant, request(ada.owner()), patience()));
            own.kill();
            own.restart();

            assertThat(untilDecided(() -> claims.complete(tenant, ada, DONE, Optional.empty(), patience())))
                    .as("nobody has claimed it since, but Redis cannot know")
                    .isEqualTo(new Completion.Lost());
            assertThat(untilDecided(() -> claims.claim(tenant, request(new Owner("grace")), patience())))
                    .isInstanceOfSatisfying(Claimed.class, claimed -> assertThat(claimed.attempt())
                            .isEqualTo(1));
            assertThat(untilDecided(() -> claims.complete(tenant, ada, DONE, Optional.empty(), patience())))
                    .isEqualTo(new Completion.Lost());
        }
    }

    @Test
    void whatAReplicaHasHeardOfOutlivesAFailoverAndWhatItHasNotIsForgotten() {
        try (var primary = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(primary).start();
                var nowhere = FaultProxy.inFrontOf(primary);
                var toPrimary = RedisLink.to(RedisSettings.of("127.0.0.1", primary.port()));
                var toReplica = RedisLink.to(RedisSettings.of("127.0.0.1", replica.port()))) {
            var before = new RedisClaims(toPrimary);
            var after = new RedisClaims(toReplica);
            var heard = claimOf("heard");
            var halfHeard = claimOf("half-heard");
            var unheard = claimOf("unheard");
            untilDecided(() -> before.claim(tenant, request(heard), patience()));
            untilDecided(() -> before.claim(tenant, request(halfHeard), patience()));
            await().until(() -> isKnownTo(replica, heard) && isKnownTo(replica, halfHeard));

            // The replica hears nothing more, as behind a network that is cut, and stays a replica.
            nowhere.refuse();
            replica.cli("REPLICAOF", nowhere.host(), Integer.toString(nowhere.port()));
            await().until(() -> primary.info("replication", "connected_slaves").equals("0"));
            assertThat(untilDecided(() -> before.claim(tenant, request(unheard), patience())))
                    .isInstanceOf(Claimed.class);
            assertThat(untilDecided(() -> before.complete(tenant, halfHeard, DONE, Optional.empty(), patience())))
                    .isInstanceOf(Recorded.class);
            assertThat(isKnownTo(primary, unheard)).isTrue();
            primary.kill();
            replica.cli("REPLICAOF", "NO", "ONE");
            assertThat(isKnownTo(replica, unheard)).isFalse();

            assertThat(untilDecided(() -> after.complete(tenant, heard, DONE, Optional.empty(), patience())))
                    .isInstanceOf(Recorded.class);
            assertThat(untilDecided(() -> after.complete(tenant, unheard, DONE, Optional.empty(), patience())))
                    .isEqualTo(new Completion.Lost());
            assertThat(untilDecided(() ->
                            after.claim(tenant, request(new Claim(unheard.key(), new Owner("grace"))), patience())))
                    .isInstanceOf(Claimed.class);
            assertThat(untilDecided(() ->
                            after.claim(tenant, request(new Claim(halfHeard.key(), new Owner("grace"))), patience())))
                    .as("its result is lost, but not who has it")
                    .isInstanceOf(InFlight.class);
            assertThat(untilDecided(() -> after.complete(tenant, halfHeard, DONE, Optional.empty(), patience())))
                    .as("who asks again has it kept after all")
                    .isInstanceOf(Recorded.class);
        }
    }

    private static Claim claimOf(String key) {
        return new Claim(new IdempotencyKey("", key), new Owner("ada"));
    }

    private boolean isKnownTo(RedisProcess redis, Claim claim) {
        return redis.cli("EXISTS", StoredKey.of(tenant, claim.key()).name()).equals(1L);
    }

    /** So that what befalls next befalls a link that is open and a Redis that has the scripts. */
    private static void warm(Claims claims) {
        var warm = new Claim(new IdempotencyKey("warm", UUID.randomUUID().toString()), new Owner("warm"));
        untilDecided(() -> claims.claim("tenant", request(warm), patience()));
        untilDecided(() -> claims.complete("tenant", warm, DONE, Optional.empty(), patience()));
        untilDecided(() -> claims.release("tenant", warm, patience()));
    }

    private ClaimRequest request(Owner owner) {
        return request(new Claim(key, owner));
    }

    private static ClaimRequest request(Claim claim) {
        return new ClaimRequest(claim, Fingerprint.NONE, "", new LeaseLength(60_000), new Lifetime(86_400));
    }

    /** By the deadline, and what a busy machine takes. */
    private static <T> Answer<T> inTime(Supplier<CompletionStage<Answer<T>>> question) {
        long from = System.nanoTime();
        var answer = join(question.get());
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(BUDGET.plusSeconds(2));
        return answer;
    }

    /** As a caller does that is told to come back: again, until there is an answer. */
    private static <T> T untilDecided(Supplier<CompletionStage<Answer<T>>> question) {
        var answer = await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> join(question.get()), given -> !(given instanceof Unavailable));
        return ((Decided<T>) answer).decision();
    }

    private static <T> Answer<T> join(CompletionStage<Answer<T>> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

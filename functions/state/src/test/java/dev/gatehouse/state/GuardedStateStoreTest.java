// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.StateFallback.Recovery;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.state.WriteOutcome.VersionMismatch;
import dev.gatehouse.state.WriteOutcome.WriterHeld;
import dev.gatehouse.state.WriteOutcome.WriterLost;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedStateStoreTest {

    private static final StateKey A = StateKey.of("a");
    private static final StateKey B = StateKey.of("b");
    private static final StateKey GROUPED = StateKey.of("g", "c");
    private static final OptionalLong NONE = OptionalLong.empty();

    private final AtomicLong now = new AtomicLong(1_790_000_000_000_000L);
    private final RedisProcess redis = RedisProcess.start();
    private final RedisLink link = LinkOnClock.toServer(redis.port(), now::get);
    private final StateStore elsewhere = new RedisStateStore(link);
    private final GuardedStateStore closed = guarded(StateFallback.DEFAULT);
    private final GuardedStateStore local = guarded(writing(Recovery.DROP));
    private final GuardedStateStore offering = guarded(writing(Recovery.OFFER));

    private GuardedStateStore guarded(StateFallback fallback) {
        return guarded(fallback, () -> link.failure() != null);
    }

    private GuardedStateStore guarded(StateFallback fallback, BooleanSupplier isOutage) {
        return new GuardedStateStore(
                new RedisStateStore(link),
                new LocalStateStore(100, 1_000_000, now::get, StateLifetime.DEFAULT),
                fallback,
                isOutage,
                now::get);
    }

    private static StateFallback writing(Recovery recovery) {
        return new StateFallback(FallbackPolicy.LOCAL, FallbackPolicy.LOCAL, recovery);
    }

    @AfterEach
    void close() {
        link.close();
        redis.close();
    }

    @Test
    void withoutRedisAStateIsReadFromMemoryForAMinute() {
        var version = ((Saved) save(closed, A, Expectation.absent(), "{\"a\":1}")).version();
        save(elsewhere, B, Expectation.absent(), "{\"b\":1}");
        claim(elsewhere, B, "ada", 10);
        var seen = read(closed, B, NONE).value();
        save(elsewhere, GROUPED, Expectation.absent(), "{}");
        redis.kill();

        assertThat(read(closed, A, NONE).value())
                .isInstanceOfSatisfying(
                        Found.class, found -> assertThat(found.value().json()).isEqualTo("{\"a\":1}"));
        assertThat(read(closed, A, OptionalLong.of(version)).value()).isInstanceOf(Unchanged.class);
        assertThat(read(closed, B, NONE)).isEqualTo(new Decided<>(seen, Source.LOCAL));
        assertThat(closed.read("tenant", GROUPED, NONE, patience())
                        .toCompletableFuture()
                        .join())
                .as("never seen")
                .isInstanceOf(Unavailable.class);
        now.addAndGet(10_000_000);
        assertThat(((Found) read(closed, B, NONE).value()).info().writer())
                .as("its lease has ended")
                .isEmpty();
        now.addAndGet(49_999_999);
        read(closed, A, NONE);
        now.addAndGet(1);
        assertThat(closed.read("tenant", A, NONE, patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void aStateThatIsDeletedMergedOrGoneIsNotReadFromMemory() {
        for (var key : List.of(A, B, GROUPED)) {
            save(closed, key, Expectation.absent(), "{}");
        }
        decided(closed.delete("tenant", A, Expectation.any(), NONE, patience()));
        decided(closed.save("tenant", StateWrite.merge(B, Expectation.any(), StateValue.of("{\"x\":1}")), patience()));
        decided(elsewhere.delete("tenant", GROUPED, Expectation.any(), NONE, patience()));
        assertThat(read(closed, GROUPED, NONE).value()).isEqualTo(new Unknown());
        redis.kill();

        for (var key : List.of(A, B, GROUPED)) {
            assertThat(closed.read("tenant", key, NONE, patience())
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(Unavailable.class);
        }
    }

    @Test
    void withReadsClosedNothingIsReadFromMemory() {
        var none = guarded(new StateFallback(FallbackPolicy.CLOSED, FallbackPolicy.CLOSED, Recovery.DROP));
        save(none, A, Expectation.absent(), "{}");
        redis.kill();
        assertThat(none.read("tenant", A, NONE, patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void withWritesClosedEachIsUnavailableAndCanBeRepeatedOnceRedisIsBack() {
        redis.freeze();
        var write = StateWrite.save(A, Expectation.absent(), StateValue.of("{}"));
        var brief = Deadline.in(Duration.ofMillis(300));
        assertThat(List.of(
                        closed.save("tenant", write, brief)
                                .toCompletableFuture()
                                .join(),
                        closed.claim("tenant", StateClaim.of(A), brief)
                                .toCompletableFuture()
                                .join(),
                        closed.delete("tenant", A, Expectation.any(), NONE, brief)
                                .toCompletableFuture()
                                .join(),
                        closed.extend("tenant", A, 1, 1, brief)
                                .toCompletableFuture()
                                .join(),
                        closed.release("tenant", A, 1, brief)
                                .toCompletableFuture()
                                .join(),
                        closed.list("tenant", "g", 1, Optional.empty(), brief)
                                .toCompletableFuture()
                                .join()))
                .allMatch(Unavailable.class::isInstance);
        redis.thaw();

        var saved = Awaitility.await()
                .until(
                        () -> closed.save("tenant", write, patience())
                                .toCompletableFuture()
                                .join(),
                        Decided.class::isInstance);
        assertThat(closed.save("tenant", write, patience())
                        .toCompletableFuture()
                        .join())
                .as("whether the first save took effect or not")
                .isEqualTo(saved.map(first -> ((Saved) first).asRepeated()));
    }

    @Test
    void memoryDecidesOnWhatItHasOrMayCreate() {
        var fence = claim(local, B, "ada", 30).fence();
        save(elsewhere, GROUPED, Expectation.absent(), "{}");
        redis.kill();

        assertThat(save(local, A, Expectation.absent(), "{}")).isInstanceOf(Saved.class);
        assertThat(save(local, A, Expectation.absent(), "{}")).isInstanceOf(VersionMismatch.class);
        var claimed = claim(local, A, "ada", 30);
        assertThat(claimed.state()).isInstanceOf(Found.class);
        assertThat(save(local, A, Expectation.any(), "{}")).isInstanceOf(WriterHeld.class);
        assertThat(decided(local.extend("tenant", A, claimed.fence(), 40_000, patience())))
                .isEqualTo(new Held<>(in(40)));
        assertThat(decided(local.release("tenant", A, claimed.fence(), patience())))
                .isEqualTo(new Held<>(true));
        assertThat(decided(local.delete("tenant", A, Expectation.any(), NONE, patience())))
                .isEqualTo(new DeleteOutcome.Deleted());
        assertThat(read(local, A, NONE)).isEqualTo(new Decided<>(new Unknown(), Source.LOCAL));

        var based = StateWrite.save(GROUPED, Expectation.version(1), StateValue.of("{}"));
        assertThat(List.of(
                        local.save("tenant", based, patience())
                                .toCompletableFuture()
                                .join(),
                        local.save(
                                        "tenant",
                                        StateWrite.save(B, Expectation.any(), StateValue.of("{}"))
                                                .withFence(fence),
                                        patience())
                                .toCompletableFuture()
                                .join(),
                        local.extend("tenant", B, fence, 1, patience())
                                .toCompletableFuture()
                                .join(),
                        local.delete("tenant", GROUPED, Expectation.any(), NONE, patience())
                                .toCompletableFuture()
                                .join(),
                        local.list("tenant", "g", 1, Optional.empty(), patience())
                                .toCompletableFuture()
                                .join()))
                .as("may be in Redis")
                .allMatch(Unavailable.class::isInstance);
    }

    @Test
    void withoutAnOutageNothingIsWrittenToMemory() {
        redis.cli("SET", A.redisKey("tenant"), "junk", "PX", "60000");
        assertThat(join(local.save("tenant", StateWrite.save(A, Expectation.any(), StateValue.of("{}")), patience())))
                .as("a foreign value")
                .isInstanceOf(Unavailable.class);
        assertThat(join(local.claim("tenant", StateCalls.claim(A, "ada", 30, false), patience())))
                .isInstanceOf(Unavailable.class);

        redis.freeze();
        var brief = Deadline.in(Duration.ofMillis(50));
        var write = StateWrite.save(B, Expectation.absent(), StateValue.of("{\"by\":\"redis\"}"));
        assertThat(join(local.save("tenant", write, brief)))
                .as("a caller without time left")
                .isInstanceOf(Unavailable.class);
        redis.thaw();
        assertThat(join(local.save("tenant", write, patience()))).isInstanceOfSatisfying(Decided.class, decided -> {
            assertThat(decided.source()).isEqualTo(Source.REDIS);
            assertThat(decided.value()).isInstanceOf(Saved.class);
        });
    }

    @Test
    void aWriteToMemoryAfterTheEndOfTheOutageIsOfferedToo() {
        var isOutage = new AtomicBoolean(true);
        var late = guarded(writing(Recovery.OFFER), () -> isOutage.getAndSet(false));
        redis.freeze();
        var write = StateWrite.save(A, Expectation.absent(), StateValue.of("{\"a\":1}"));
        var saving = late.save("tenant", write, Deadline.in(Duration.ofMillis(50)));
        assertThat(((Decided<WriteOutcome>) join(saving)).source()).isEqualTo(Source.LOCAL);
        redis.thaw();

        Awaitility.await().until(() -> read(elsewhere, A, NONE).value() instanceof Found);
    }

    @Test
    void aRepeatedSaveWithAnotherValueIsNotReadFromMemory() {
        var write = StateWrite.save(A, Expectation.absent(), StateValue.of("{\"a\":1}"));
        decided(closed.save("tenant", write, patience()));
        var other = StateWrite.save(A, Expectation.absent(), StateValue.of("{\"a\":2}"))
                .withSaveId(write.saveId());
        decided(closed.save("tenant", other, patience()));
        var elsewhereSaved = StateWrite.save(B, Expectation.absent(), StateValue.of("{\"b\":1}"));
        decided(elsewhere.save("tenant", elsewhereSaved, patience()));
        decided(closed.save("tenant", elsewhereSaved, patience()));
        redis.kill();

        assertThat(((Found) read(closed, A, NONE).value()).value().json()).isEqualTo("{\"a\":1}");
        assertThat(join(closed.read("tenant", B, NONE, patience())))
                .as("its value is not certain")
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void anOfferOfAWriteThatHadReachedRedisChangesNothingThere() {
        var write = StateWrite.save(A, Expectation.absent(), StateValue.of("{\"a\":1}"));
        decided(elsewhere.save("tenant", write, patience()));
        redis.freeze();
        var during = guarded(writing(Recovery.OFFER), () -> true);
        decided(during.save(
                "tenant",
                StateWrite.save(A, Expectation.absent(), StateValue.of("{\"a\":2}"))
                        .withSaveId(write.saveId()),
                Deadline.in(Duration.ofMillis(50))));
        redis.thaw();
        awaitRedis();

        try (var logs = LogCapture.record()) {
            during.recover().toCompletableFuture().join();
            assertThat(logs.text()).contains("was in memory and had been saved to Redis.");
        }
        assertThat(((Found) read(elsewhere, A, NONE).value()).value().json()).isEqualTo("{\"a\":1}");
    }

    @Test
    void aClaimInMemoryIsReleasedInMemory() {
        redis.kill();
        var fence = claim(local, A, "ada", 30).fence();
        assertThat(decided(local.claim("tenant", StateCalls.claim(A, "grace", 30, false), patience())))
                .isInstanceOf(WriterHeld.class);

        decided(local.release("tenant", A, fence, Deadline.in(Duration.ofMillis(500))));

        claim(local, A, "grace", 30);
    }

    @Test
    void whileRedisDecidesMemoryGetsNoCopiesOfStates() {
        save(local, A, Expectation.absent(), "{\"a\":1}");
        save(elsewhere, A, Expectation.any(), "{\"a\":2}");
        read(local, A, NONE);
        redis.kill();

        assertThat(read(local, A, NONE).value())
                .isInstanceOfSatisfying(
                        Found.class, found -> assertThat(found.value().json()).isEqualTo("{\"a\":2}"));
        now.addAndGet(60_000_000);
        assertThat(local.read("tenant", A, NONE, patience())
                        .toCompletableFuture()
                        .join())
                .as("seen a minute ago")
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void onRecoveryStatesInMemoryAreDroppedUnlessTheyAreOffered() {
        redis.kill();
        save(local, A, Expectation.absent(), "{\"a\":1}");
        redis.restart();
        local.recover();

        Awaitility.await().untilAsserted(() -> assertThat(elsewhere
                        .read("tenant", A, NONE, patience())
                        .toCompletableFuture()
                        .join())
                .isEqualTo(new Decided<>(new Unknown(), Source.REDIS)));
        redis.kill();
        assertThat(local.read("tenant", A, NONE, patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void offeredStatesAreSavedWhereRedisHasNoneForTheRestOfTheirLives() {
        redis.kill();
        var write = StateWrite.save(A, Expectation.absent(), StateValue.of("{\"a\":1.0}"))
                .withTtlSeconds(100);
        decided(offering.save("tenant", write, patience()));
        save(offering, B, Expectation.absent(), "{\"by\":\"memory\"}");
        claim(offering, GROUPED, "ada", 30);
        redis.restart();
        awaitRedis();
        save(elsewhere, B, Expectation.absent(), "{\"by\":\"redis\"}");
        now.addAndGet(40_000_000);

        try (var logs = LogCapture.record()) {
            offering.recover().toCompletableFuture().join();
            assertThat(logs.text().lines())
                    .filteredOn(line -> line.contains("in memory"))
                    .containsExactlyInAnyOrder(
                            "The state " + A.redisKey("tenant") + " was in memory and is saved to Redis.",
                            "The state " + B.redisKey("tenant") + " was in memory and is dropped: Redis has one.");
        }

        var offered = (Found) read(elsewhere, A, NONE).value();
        assertThat(offered.value()).isEqualTo(write.value());
        assertThat(offered.info().expiresAt()).isEqualTo(in(60));
        assertThat(((Found) read(elsewhere, B, NONE).value()).value().json()).isEqualTo("{\"by\":\"redis\"}");
        assertThat(read(elsewhere, GROUPED, NONE).value()).as("only claimed").isEqualTo(new Unknown());
        assertThat(decided(elsewhere.save("tenant", write, patience())))
                .as("a repetition of the write to memory changes nothing")
                .isInstanceOf(Saved.class);
        assertThat(((Found) read(elsewhere, A, NONE).value()).info()).isEqualTo(offered.info());
    }

    @Test
    void aFenceOfMemoryIsLostOnRedis() {
        redis.kill();
        var fence = claim(offering, A, "ada", 30).fence();
        redis.restart();
        awaitRedis();

        assertThat(decided(offering.save(
                        "tenant",
                        StateWrite.save(A, Expectation.any(), StateValue.of("{}"))
                                .withFence(fence),
                        patience())))
                .isEqualTo(new WriterLost());
    }

    @Test
    void statesMoveFromMemoryToRedisAndBackToMemory() {
        try (var server = RedisProcess.start();
                var toServer = RedisLink.to(LinkProbe.patientSettings(server.url()))) {
            var states = GuardedStateStore.over(toServer, new Outage(toServer), writing(Recovery.OFFER));
            var direct = new RedisStateStore(toServer);
            server.kill();

            // In memory.
            var first = (Saved) save(states, A, Expectation.absent(), "{\"n\":[ 1.0 ]}");
            var second = (Saved) save(states, A, Expectation.version(first.version()), "{\"n\":[ 2.0 ]}");
            assertThat(second.version()).isGreaterThan(first.version());

            // On Redis.
            server.restart();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> direct.read("tenant", A, NONE, patience())
                                    .toCompletableFuture()
                                    .join()
                            instanceof Decided<ReadOutcome>(Found _, var _));
            var moved = (Found) read(states, A, NONE).value();
            assertThat(moved.value().members()).containsEntry("n", "[ 2.0 ]");
            assertThat(moved.info().expiresAt())
                    .isBeforeOrEqualTo(second.expiresAt().plusSeconds(1));
            assertThat(read(states, A, NONE).source()).isEqualTo(Source.REDIS);
            assertThat(save(states, A, Expectation.version(second.version()), "{}"))
                    .as("a version of memory does not hold on Redis")
                    .isEqualTo(new VersionMismatch(OptionalLong.of(moved.info().version())));

            // Back in memory.
            server.kill();
            var back = states.save(
                            "tenant",
                            StateWrite.save(A, Expectation.version(moved.info().version()), StateValue.of("{\"n\":3}")),
                            patience())
                    .toCompletableFuture()
                    .join();
            assertThat(back).isInstanceOfSatisfying(Decided.class, decided -> {
                assertThat(decided.source()).isEqualTo(Source.LOCAL);
                assertThat(((Saved) decided.value()).version())
                        .isGreaterThan(moved.info().version());
            });
        }
    }

    @Test
    void statesCannotBeOpen() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StateFallback(FallbackPolicy.LOCAL, FallbackPolicy.OPEN, Recovery.DROP));
    }

    private void awaitRedis() {
        Awaitility.await()
                .until(() -> elsewhere
                                .read("other", A, NONE, patience())
                                .toCompletableFuture()
                                .join()
                        instanceof Decided);
    }

    private static WriteOutcome save(StateStore states, StateKey key, Expectation expect, String json) {
        return decided(states.save("tenant", StateWrite.save(key, expect, StateValue.of(json)), patience()));
    }

    private static Claimed claim(StateStore states, StateKey key, String owner, long seconds) {
        return (Claimed) decided(states.claim("tenant", StateCalls.claim(key, owner, seconds, false), patience()));
    }

    private static Decided<ReadOutcome> read(StateStore states, StateKey key, OptionalLong known) {
        var decision = states.read("tenant", key, known, patience())
                .toCompletableFuture()
                .join();
        assertThat(decision).isInstanceOf(Decided.class);
        return (Decided<ReadOutcome>) decision;
    }

    private static <T> Decision<T> join(CompletionStage<Decision<T>> stage) {
        return stage.toCompletableFuture().join();
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = join(stage);
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(10));
    }

    private Instant in(long seconds) {
        return Instant.EPOCH.plus(now.get(), ChronoUnit.MICROS).plusSeconds(seconds);
    }
}

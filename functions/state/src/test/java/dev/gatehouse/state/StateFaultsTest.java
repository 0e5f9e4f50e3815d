// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.state.BatchOutcome.AllSaved;
import dev.gatehouse.state.DeleteOutcome.Deleted;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.state.WriteOutcome.WriterHeld;
import dev.gatehouse.state.WriteOutcome.WriterLost;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each operation under each network fault: a repeated call ends as one call would. */
class StateFaultsTest {

    private static final StateKey KEY = StateKey.of("g", "a");
    private static final StateKey OTHER = StateKey.of("g", "b");
    private static final Duration BUDGET = Duration.ofSeconds(1);
    private static final OptionalLong NONE = OptionalLong.empty();

    private static RedisProcess redis;
    private static RedisLink directLink;
    private static StateStore direct;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        directLink = RedisLink.to(LinkProbe.patientSettings(redis.url()));
        direct = new RedisStateStore(directLink);
    }

    @AfterAll
    static void stop() {
        directLink.close();
        redis.close();
    }

    /** Calls through a proxy with a fault. Each trial has a tenant of its own. */
    private record Storm(WireFault fault, FaultProxy wire, StateStore states, String tenant) {

        /** Calls during the fault, and again after it. */
        <T> T repeated(Supplier<CompletionStage<Decision<T>>> call) {
            fault.strike(wire);
            long from = System.nanoTime();
            var during = join(call.get());
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(BUDGET.plusSeconds(4));
            wire.pass();
            var after = await().atMost(Duration.ofSeconds(30)).until(() -> join(call.get()), Decided.class::isInstance);
            assertThat(during)
                    .satisfiesAnyOf(
                            first -> assertThat(first).isInstanceOf(Decision.Unavailable.class),
                            first -> assertThat(lasting(first)).isEqualTo(lasting(after)));
            return ((Decided<T>) after).value();
        }

        /** Returns an outcome without what differs between a call and its repetition. */
        private static Object lasting(Decision<?> decision) {
            return switch (((Decided<?>) decision).value()) {
                case AllSaved(var saved) ->
                    saved.stream().map(Saved::asRepeated).toList();
                case Saved saved -> saved.asRepeated();
                case Claimed claimed -> claimed.fence();
                case Held<?> _ -> "held";
                case Object other -> other;
            };
        }

        Found found(StateKey key) {
            return (Found) decided(direct.read(tenant, key, NONE, patience()));
        }
    }

    private interface Trial {
        void under(Storm storm);
    }

    private static final List<Trial> TRIALS = List.of(
            StateFaultsTest::save,
            StateFaultsTest::merge,
            StateFaultsTest::saveAll,
            StateFaultsTest::claim,
            StateFaultsTest::takeOver,
            StateFaultsTest::extend,
            StateFaultsTest::release,
            StateFaultsTest::delete);

    /** In the short suite each fault meets two operations. */
    @Test
    @DeepTest
    void underAnyFaultARepeatedCallEndsAsOneCallWould() throws Exception {
        int most = Rounds.of(2, TRIALS.size());
        Threads.each(WireFault.values(), fault -> {
            try (var wire = FaultProxy.inFrontOf(redis);
                    var link = RedisLink.to(RedisSettings.of(wire.host(), wire.port()))) {
                var states = new RedisStateStore(link);
                for (int i = 0; i < most; i++) {
                    var storm = new Storm(fault, wire, states, "tenant-" + UUID.randomUUID());
                    await().until(() -> join(states.read(storm.tenant, KEY, NONE, patience())) instanceof Decided);
                    TRIALS.get((fault.ordinal() + i * TRIALS.size() / 2) % TRIALS.size())
                            .under(storm);
                }
            }
        });
    }

    private static void save(Storm storm) {
        var write = StateWrite.save(KEY, Expectation.absent(), StateValue.of("{\"a\":1}"));
        var saved = (Saved) storm.repeated(() -> storm.states.save(storm.tenant, write, brief()));
        assertThat(storm.found(KEY).info().version()).isEqualTo(saved.version());
    }

    private static void merge(Storm storm) {
        var base = saved(storm, KEY, "{\"a\":[ ],\"b\":1}");
        var write = StateWrite.merge(KEY, Expectation.version(base.version()), StateValue.of("{\"b\":null,\"c\":1.0}"));
        var saved = (Saved) storm.repeated(() -> storm.states.save(storm.tenant, write, brief()));
        assertThat(storm.found(KEY).info().version()).isEqualTo(saved.version());
        assertThat(storm.found(KEY).value().members()).isEqualTo(Map.of("a", "[ ]", "c", "1.0"));
    }

    private static void saveAll(Storm storm) {
        var writes = List.of(
                StateWrite.save(KEY, Expectation.absent(), StateValue.of("{}")),
                StateWrite.save(OTHER, Expectation.absent(), StateValue.of("{}")));
        var saved = (AllSaved) storm.repeated(() -> storm.states.saveAll(storm.tenant, writes, brief()));
        assertThat(List.of(storm.found(KEY), storm.found(OTHER)))
                .extracting(found -> found.info().version())
                .isEqualTo(saved.saved().stream().map(Saved::version).toList());
    }

    private static void claim(Storm storm) {
        var claim = StateCalls.claim(KEY, "ada", 600, false);
        var claimed = (Claimed) storm.repeated(() -> storm.states.claim(storm.tenant, claim, brief()));
        assertThat(decided(direct.claim(storm.tenant, StateCalls.claim(KEY, "grace", 1, false), patience())))
                .isInstanceOf(WriterHeld.class);
        assertThat(write(storm, claimed.fence())).isInstanceOf(Saved.class);
    }

    private static void takeOver(Storm storm) {
        var first = claimed(storm, "grace");
        var claim = StateCalls.claim(KEY, "ada", 600, true);
        var second = (Claimed) storm.repeated(() -> storm.states.claim(storm.tenant, claim, brief()));
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(write(storm, first.fence())).isEqualTo(new WriterLost());
        assertThat(write(storm, second.fence())).isInstanceOf(Saved.class);
    }

    private static void extend(Storm storm) {
        saved(storm, KEY, "{}");
        var fence = claimed(storm, "ada").fence();
        var end = storm.repeated(() -> storm.states.extend(storm.tenant, KEY, fence, 900_000, brief()));
        assertThat(end)
                .isEqualTo(new Held<>(
                        storm.found(KEY).info().writer().orElseThrow().leaseEnds()));
    }

    private static void release(Storm storm) {
        var fence = claimed(storm, "ada").fence();
        assertThat(storm.repeated(() -> storm.states.release(storm.tenant, KEY, fence, brief())))
                .isEqualTo(new Held<>(true));
        claimed(storm, "grace");
    }

    private static void delete(Storm storm) {
        var version = saved(storm, KEY, "{}").version();
        assertThat(storm.repeated(
                        () -> storm.states.delete(storm.tenant, KEY, Expectation.version(version), NONE, brief())))
                .isEqualTo(new Deleted());
        assertThat(decided(direct.read(storm.tenant, KEY, NONE, patience()))).isEqualTo(new Unknown());
        assertThat(decided(direct.list(storm.tenant, "g", 9, Optional.empty(), patience()))
                        .states())
                .isEmpty();
    }

    private static Saved saved(Storm storm, StateKey key, String json) {
        var write = StateWrite.save(key, Expectation.absent(), StateValue.of(json));
        return (Saved) decided(direct.save(storm.tenant, write, patience()));
    }

    private static WriteOutcome write(Storm storm, long fence) {
        var write = StateWrite.save(KEY, Expectation.any(), StateValue.of("{}")).withFence(fence);
        return decided(direct.save(storm.tenant, write, patience()));
    }

    private static Claimed claimed(Storm storm, String owner) {
        return (Claimed) decided(direct.claim(storm.tenant, StateCalls.claim(KEY, owner, 600, false), patience()));
    }

    private static <T> Decision<T> join(CompletionStage<Decision<T>> stage) {
        return stage.toCompletableFuture().join();
    }

    private static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = join(stage);
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    private static Deadline brief() {
        return Deadline.in(BUDGET);
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

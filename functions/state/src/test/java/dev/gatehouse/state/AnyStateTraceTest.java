// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisOnClock;
import dev.gatehouse.state.AnyStateTrace.Base;
import dev.gatehouse.state.AnyStateTrace.Content;
import dev.gatehouse.state.AnyStateTrace.Step;
import dev.gatehouse.state.BatchOutcome.AllSaved;
import dev.gatehouse.state.BatchOutcome.NoneSaved;
import dev.gatehouse.testkit.DeepTries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Random interleavings have the outcomes of {@link ExactState}, so none breaks the contract. */
class AnyStateTraceTest {

    private static final AtomicLong NOW = new AtomicLong();
    private static final RedisOnClock REDIS = RedisOnClock.server(NOW::get);
    private static final RedisOnClock CLUSTER = RedisOnClock.cluster(NOW::get);
    private static final long START = 1_790_000_000_000_000L;

    /** The furthest that the clock of a trace steps back behind its latest time. */
    private static final long LONGEST_STEP_BACK = 3_600_000_000L;

    @AfterContainer
    static void stop() {
        REDIS.close();
        CLUSTER.close();
    }

    @Property(tries = 1_000)
    @DeepTries(10_000)
    void inMemory(@ForAll("steps") List<Step> steps) {
        play(new LocalStateStore(1_000, 10_000_000, NOW::get, StateLifetime.DEFAULT), steps);
    }

    @Property(tries = 150)
    @DeepTries(3_000)
    void onRedis(@ForAll("steps") List<Step> steps) {
        play(new RedisStateStore(REDIS.link()), steps);
    }

    @Property(tries = 50)
    @DeepTries(1_000)
    void onACluster(@ForAll("steps") List<Step> steps) {
        play(new RedisStateStore(CLUSTER.link()), steps);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return AnyStateTrace.steps();
    }

    /** Runs one trace at a time, since they share a clock: jqwik may continue in the background after shrinking. */
    private static synchronized void play(StateStore states, List<Step> steps) {
        NOW.set(START);
        var played = new Played(states);
        steps.forEach(played::play);
        for (int key = 0; key < AnyStateTrace.KEYS.size(); key++) {
            played.play(new Step.Read(key, -1));
        }
        played.play(new Step.ListGroup());
    }

    private static final class Played {

        private final Map<StateKey, ExactState> exact = new HashMap<>();
        private final Map<Integer, Integer> crashes = new HashMap<>();
        private final List<List<StateWrite>> writes = new ArrayList<>();
        private final String tenant = UUID.randomUUID().toString();
        private final StateStore states;
        private long latest = START;
        private Runnable last = () -> {};

        Played(StateStore states) {
            this.states = states;
            AnyStateTrace.KEYS.forEach(key -> exact.put(key, new ExactState()));
        }

        void play(Step step) {
            switch (step) {
                case Step.Read(var number, var known) -> {
                    var key = AnyStateTrace.KEYS.get(number);
                    var version = known < 0 ? OptionalLong.empty() : back(exact.get(key).versions, known);
                    at(key).read(version, decided(states.read(tenant, key, version, patience())));
                }
                case Step.Save(var content) -> save(List.of(write(content)));
                case Step.SaveAll(var one, var other) -> {
                    var batch = List.of(write(one), write(other));
                    boolean oneGroup =
                            batch.stream().allMatch(write -> write.key().group().isPresent());
                    save(oneGroup && one.key() != other.key() ? batch : batch.subList(0, 1));
                }
                case Step.Repeat(var back) -> {
                    if (back < writes.size()) {
                        saveAgain(writes.get(writes.size() - 1 - back));
                    }
                }
                case Step.Claim(var number, var who, var seconds, var takeOver) -> {
                    var name = "writer-" + who + "-" + crashes.getOrDefault(who, 0);
                    var claim = StateCalls.claim(AnyStateTrace.KEYS.get(number), name, seconds, takeOver);
                    call(() -> at(claim.key()).claimed(claim, decided(states.claim(tenant, claim, patience()))));
                }
                case Step.Extend(var number, var back, var seconds) -> {
                    var key = AnyStateTrace.KEYS.get(number);
                    var fence = back(exact.get(key).fences, back).orElse(START - 1);
                    call(() -> at(key).extended(
                                    fence,
                                    seconds,
                                    decided(states.extend(tenant, key, fence, seconds * 1000, patience()))));
                }
                case Step.Release(var number, var back) -> {
                    var key = AnyStateTrace.KEYS.get(number);
                    var fence = back(exact.get(key).fences, back).orElse(START - 1);
                    call(() -> at(key).released(fence, decided(states.release(tenant, key, fence, patience()))));
                }
                case Step.Delete(var number, var base, var back) -> {
                    var key = AnyStateTrace.KEYS.get(number);
                    var fence = back(exact.get(key).fences, back);
                    var expect = expectation(key, base);
                    call(() -> {
                        var outcome = decided(states.delete(tenant, key, expect, fence, patience()));
                        if (at(key).deleted(expect, fence, outcome)) {
                            indexUsed(key);
                        }
                    });
                }
                case Step.Again() -> last.run();
                case Step.ListGroup() -> list();
                case Step.Crash(var who) -> crashes.merge(who, 1, Integer::sum);
                case Step.Clock(var seconds) -> {
                    NOW.set(Math.max(NOW.get() + seconds * 1_000_000, latest - LONGEST_STEP_BACK));
                    latest = Math.max(latest, NOW.get());
                }
            }
        }

        private void call(Runnable call) {
            last = call;
            call.run();
        }

        private ExactState at(StateKey key) {
            return exact.get(key).at(NOW.get());
        }

        private StateWrite write(Content content) {
            var key = AnyStateTrace.KEYS.get(content.key());
            return new StateWrite(
                    key,
                    expectation(key, content.base()),
                    back(exact.get(key).fences, content.fence()),
                    new StateValue(content.members()),
                    content.merges(),
                    content.ttlSeconds() == 0 ? OptionalLong.empty() : OptionalLong.of(content.ttlSeconds()),
                    UUID.randomUUID().toString());
        }

        private Expectation expectation(StateKey key, Base base) {
            var version = back(exact.get(key).versions, base == Base.OLDER ? 1 : 0);
            return switch (base) {
                case ABSENT -> Expectation.absent();
                case ANY -> Expectation.any();
                case CURRENT, OLDER ->
                    version.isPresent() ? Expectation.version(version.getAsLong()) : Expectation.absent();
            };
        }

        private void save(List<StateWrite> batch) {
            writes.add(batch);
            saveAgain(batch);
        }

        private void saveAgain(List<StateWrite> batch) {
            var outcome = decided(states.saveAll(tenant, batch, patience()));
            for (int i = 0; i < batch.size(); i++) {
                var refusal = at(batch.get(i).key()).refusal(batch.get(i));
                if (refusal.isPresent()) {
                    assertThat(outcome).isEqualTo(new NoneSaved(i, refusal.get()));
                    return;
                }
            }
            assertThat(outcome).isInstanceOf(AllSaved.class);
            var saved = ((AllSaved) outcome).saved();
            for (int i = 0; i < batch.size(); i++) {
                exact.get(batch.get(i).key()).saved(batch.get(i), saved.get(i));
            }
            indexUsed(batch.getFirst().key());
        }

        private void indexUsed(StateKey key) {
            if (key.group().isPresent()) {
                exact.forEach((other, state) -> {
                    if (other.group().isPresent()) {
                        state.indexUsed(NOW.get());
                    }
                });
            }
        }

        private void list() {
            var page = decided(states.list(tenant, "g", 10, Optional.empty(), patience()));
            for (var entry : page.states()) {
                var state = at(StateKey.of("g", entry.id()));
                assertThat(state.isLive()).as("only live states are listed").isTrue();
                assertThat(entry.info()).isEqualTo(state.info());
            }
            assertThat(page.states())
                    .extracting(entry -> entry.info().version())
                    .isSortedAccordingTo((one, other) -> Long.compare(other, one));
            indexUsed(AnyStateTrace.KEYS.getFirst());
            exact.forEach((key, state) -> {
                if (key.group().isPresent() && !state.mayBeUnlisted && at(key).isLive()) {
                    assertThat(page.states()).extracting(StatePage.Entry::id).contains(key.id());
                }
            });
        }

        private static OptionalLong back(List<Long> numbers, int back) {
            int at = numbers.size() - 1 - back;
            return back < 0 || at < 0 ? OptionalLong.empty() : OptionalLong.of(numbers.get(at));
        }
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

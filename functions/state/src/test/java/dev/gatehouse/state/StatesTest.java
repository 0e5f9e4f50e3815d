// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.WriteOutcome.WriterLost;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StatesTest {

    private static RedisProcess redis;
    private static RedisLink link;

    private final States states = States.over(link, new Outage(link));
    private final StateKey key = StateKey.of(UUID.randomUUID().toString());
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
    void theWorkGetsTheValueAndItsResultIsSaved() {
        for (int n = 1; n <= 3; n++) {
            assertThat(run(claim(30_000), this::counted)).isInstanceOf(StateRun.Saved.class);
        }

        var found = (Found) read();
        assertThat(found.value().members()).isEqualTo(Map.of("n", "3"));
        assertThat(found.info().writer()).as("released").isEmpty();
    }

    private CompletionStage<Optional<StateValue>> counted(Optional<StateValue> value) {
        int n = value.map(present -> Integer.parseInt(present.members().get("n")))
                        .orElse(0)
                + 1;
        return CompletableFuture.completedStage(Optional.of(StateValue.of("{\"n\":" + n + "}")));
    }

    @Test
    void workOnTheCallingThreadGetsTheValueAndItsResultIsSaved() throws Exception {
        var thread = Thread.currentThread();
        try (var own = States.from(Map.of("REDIS_URL", redis.url(), "REDIS_COMMAND_TIMEOUT", "5000"))) {
            for (int n = 1; n <= 3; n++) {
                assertThat(own.call("tenant", claim(30_000), patience(), value -> {
                            assertThat(Thread.currentThread()).isSameAs(thread);
                            return counted(value).toCompletableFuture().join();
                        }))
                        .isInstanceOf(StateRun.Saved.class);
            }
            assertThat(own.call("tenant", claim(30_000), patience(), _ -> Optional.empty()))
                    .isEqualTo(new StateRun.Unchanged());
            assertThatThrownBy(() -> own.call("tenant", claim(30_000), patience(), _ -> {
                        throw new IOException("broken");
                    }))
                    .isInstanceOf(IOException.class);
        }
        var found = (Found) read();
        assertThat(found.value().members()).isEqualTo(Map.of("n", "3"));
        assertThat(found.info().writer()).as("released").isEmpty();
    }

    @Test
    void theStatesOfAnInvalidEnvironmentNameTheSetting() {
        assertThatThrownBy(() -> States.from(Map.of("REDIS_URL", "http://nowhere")))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining("REDIS_URL");
    }

    @Test
    void workWithoutAResultSavesNothing() {
        assertThat(run(claim(30_000), _ -> CompletableFuture.completedStage(Optional.empty())))
                .isEqualTo(new StateRun.Unchanged());
        assertThat(read()).isEqualTo(new Unknown());
    }

    @Test
    void failedWorkReleasesItsClaimAndSavesNothing() {
        assertThatThrownBy(() -> run(claim(30_000), _ -> CompletableFuture.failedStage(new IOException("broken"))))
                .hasRootCauseMessage("broken");
        assertThatThrownBy(() -> run(claim(30_000), _ -> {
                    throw new IllegalStateException("at once");
                }))
                .hasRootCauseMessage("at once");
        assertThatThrownBy(() -> run(claim(30_000), _ -> null)).hasRootCauseInstanceOf(NullPointerException.class);
        assertThat(run(claim(30_000), this::counted)).isInstanceOf(StateRun.Saved.class);
    }

    @Test
    void whileTheWorkRunsItsLeaseIsRenewedAndOthersDoNotRun() {
        var work = new CompletableFuture<Optional<StateValue>>();
        var first = begin(claim(3_000), _ -> {
            runs.incrementAndGet();
            return work;
        });
        await().until(() -> runs.get() == 1);
        var held = ((StateRun.Held) run(claim(1_000), this::counted)).claim();

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            var later = run(claim(1_000), this::counted);
            assertThat(later).isInstanceOf(StateRun.Held.class);
            var leaseEnds = ((StateRun.Held) later).claim().writer().leaseEnds();
            return leaseEnds.isAfter(held.writer().leaseEnds().plusSeconds(3));
        });

        work.complete(Optional.of(StateValue.of("{\"n\":7}")));
        assertThat(first.join()).isInstanceOf(StateRun.Saved.class);
        assertThat(((Found) read()).value().members()).isEqualTo(Map.of("n", "7"));
    }

    @Test
    void workThatAnotherHasTakenOverIsRefused() {
        var work = new CompletableFuture<Optional<StateValue>>();
        var first = begin(claim(30_000), _ -> {
            runs.incrementAndGet();
            return work;
        });
        await().until(() -> runs.get() == 1);
        var takeOver = new StateClaim(key, "other", "", 30_000, true, OptionalLong.empty());
        assertThat(run(takeOver, this::counted)).isInstanceOf(StateRun.Saved.class);

        work.complete(Optional.of(StateValue.of("{\"n\":7}")));

        assertThat(first.join()).isEqualTo(new StateRun.Refused(new WriterLost()));
        assertThat(((Found) read()).value().members()).isEqualTo(Map.of("n", "1"));
    }

    @Test
    void withoutRedisNothingRuns() throws Exception {
        try (var gone = RedisProcess.start();
                var toGone = RedisLink.to(LinkProbe.settings(gone.url()))) {
            var alone = States.over(toGone, new Outage(toGone));
            gone.kill();
            var outcome = alone.run("tenant", claim(1_000), patience(), value -> {
                        runs.incrementAndGet();
                        return counted(value);
                    })
                    .toCompletableFuture()
                    .join();
            assertThat(outcome).isInstanceOf(StateRun.Undecided.class);
            assertThat(alone.call("tenant", claim(1_000), patience(), _ -> {
                        runs.incrementAndGet();
                        return Optional.empty();
                    }))
                    .isInstanceOf(StateRun.Undecided.class);
            assertThat(runs).hasValue(0);
        }
    }

    private StateClaim claim(long leaseMillis) {
        return new StateClaim(key, UUID.randomUUID().toString(), "", leaseMillis, false, OptionalLong.empty());
    }

    private StateRun run(StateClaim claim, Function<Optional<StateValue>, CompletionStage<Optional<StateValue>>> work) {
        return begin(claim, work).join();
    }

    private CompletableFuture<StateRun> begin(
            StateClaim claim, Function<Optional<StateValue>, CompletionStage<Optional<StateValue>>> work) {
        return states.run("tenant", claim, patience(), work).toCompletableFuture();
    }

    private ReadOutcome read() {
        var decision = states.store()
                .read("tenant", key, OptionalLong.empty(), patience())
                .toCompletableFuture()
                .join();
        return ((Decided<ReadOutcome>) decision).value();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(30));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.StateFallback.Recovery;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Writes to memory while it is offered to Redis. */
class OfferedStatesTest {

    private static final StateKey A = StateKey.of("a");

    private final AtomicLong now = new AtomicLong(1_790_000_000_000_000L);

    @Test
    void anOfferDoesNotRemoveALaterWrite() {
        try (var redis = RedisProcess.start();
                var link = LinkOnClock.toServer(redis.port(), now::get)) {
            var stored = new RedisStateStore(link);
            var states = new GuardedStateStore(
                    stored,
                    new LocalStateStore(100, 1_000_000, now::get, StateLifetime.DEFAULT),
                    new StateFallback(FallbackPolicy.LOCAL, FallbackPolicy.LOCAL, Recovery.OFFER),
                    () -> true,
                    now::get);
            redis.freeze();
            var first = saved(states, Expectation.absent(), "{\"n\":1}");
            redis.thaw();
            Awaitility.await().until(() -> read(stored) instanceof Decided);

            redis.freeze();
            var offers = states.recover();
            saved(states, Expectation.version(first.version()), "{\"n\":2}");
            redis.thaw();
            join(offers);
            redis.kill();

            assertThat(read(states)).isInstanceOfSatisfying(Decided.class, read -> {
                assertThat(read.source()).isEqualTo(Source.LOCAL);
                assertThat(((Found) read.value()).value().json()).isEqualTo("{\"n\":2}");
            });
        }
    }

    private static Saved saved(StateStore states, Expectation expect, String json) {
        var write = StateWrite.save(A, expect, StateValue.of(json));
        var decision = join(states.save("tenant", write, Deadline.in(Duration.ofMillis(50))));
        assertThat(decision).isInstanceOfSatisfying(Decided.class, decided -> assertThat(decided.source())
                .isEqualTo(Source.LOCAL));
        return (Saved) ((Decided<WriteOutcome>) decision).value();
    }

    private static Decision<ReadOutcome> read(StateStore states) {
        return join(states.read("tenant", A, OptionalLong.empty(), patience()));
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

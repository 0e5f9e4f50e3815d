// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.WriteOutcome.Saved;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalStateStoreTest extends StateContract {

    private final AtomicLong now = new AtomicLong();
    private LocalStateStore states = new LocalStateStore(1_000, 10_000_000, now::get, StateLifetime.DEFAULT);

    @Override
    StateStore states() {
        return states;
    }

    @Override
    AtomicLong clock() {
        return now;
    }

    @Override
    Source source() {
        return Source.LOCAL;
    }

    @Test
    void whileFullNoLiveStateIsLostAndTheRecordsOfEndedOnesAreDropped() {
        states = new LocalStateStore(2, 10_000, now::get, StateLifetime.DEFAULT);
        var first = saved(A, ABSENT, "{}");
        saved(StateKey.of("b"), ABSENT, "{}");
        assertThat(states.save(tenant, StateWrite.save(StateKey.of("c"), ABSENT, StateValue.of("{}")), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(read(A)).isInstanceOf(Found.class);

        delete(A, ANY, OptionalLong.empty());
        pass(-SECOND);
        assertThat(saved(StateKey.of("c"), ABSENT, "{}").version()).isGreaterThan(first.version());
        delete(StateKey.of("b"), ANY, OptionalLong.empty());
        pass(-SECOND);
        assertThat(saved(A, ABSENT, "{}").version()).as("never returns").isGreaterThan(first.version());
    }

    @Test
    void aBatchWithoutRoomChangesNothing() {
        states = new LocalStateStore(10, 3_000, now::get, StateLifetime.DEFAULT);
        var small = StateWrite.save(StateKey.of("g", "1"), ABSENT, StateValue.of("{}"));
        var large =
                StateWrite.save(StateKey.of("g", "2"), ABSENT, StateValue.of("{\"a\":\"" + "x".repeat(2_000) + "\"}"));

        assertThat(states.saveAll(tenant, List.of(small, large), patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);
        assertThat(read(small.key())).isEqualTo(new Unknown());
        assertThat(write(small)).isInstanceOf(Saved.class);
    }

    @Test
    void clearForgetsEverything() {
        saved(A, ABSENT, "{}");
        states.clear();
        assertThat(read(A)).isEqualTo(new Unknown());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.WriteOutcome.Saved;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** Calls of a {@link StateStore} at the time of the test. Only the tests move the clock. */
abstract class StateCalls {

    static final long SECOND = 1_000_000;
    static final long HOUR = 3_600 * SECOND;
    static final Expectation ABSENT = Expectation.absent();
    static final Expectation ANY = Expectation.any();
    static final StateKey A = StateKey.of("a");

    /** Separates the states of each test. */
    final String tenant = "tenant-" + UUID.randomUUID();

    abstract StateStore states();

    abstract AtomicLong clock();

    abstract Source source();

    final ReadOutcome read(StateKey key) {
        return read(key, OptionalLong.empty());
    }

    final ReadOutcome read(StateKey key, OptionalLong known) {
        return decided(states().read(tenant, key, known, patience()));
    }

    final WriteOutcome write(StateWrite write) {
        return decided(states().save(tenant, write, patience()));
    }

    final WriteOutcome save(StateKey key, Expectation expect, String json) {
        return write(StateWrite.save(key, expect, StateValue.of(json)));
    }

    final Saved saved(StateKey key, Expectation expect, String json) {
        return (Saved) save(key, expect, json);
    }

    final BatchOutcome writeAll(StateWrite... writes) {
        return decided(states().saveAll(tenant, List.of(writes), patience()));
    }

    final StateClaimOutcome claims(StateClaim claim) {
        return decided(states().claim(tenant, claim, patience()));
    }

    final Claimed claimed(StateKey key, String owner) {
        return (Claimed) claims(claim(key, owner, 30, false));
    }

    static StateClaim claim(StateKey key, String owner, long seconds, boolean takeOver) {
        return new StateClaim(key, owner, "by-" + owner, seconds * 1000, takeOver, OptionalLong.empty());
    }

    final OwnerOutcome<Instant> extend(StateKey key, long fence, long seconds) {
        return decided(states().extend(tenant, key, fence, seconds * 1000, patience()));
    }

    final OwnerOutcome<Boolean> release(StateKey key, long fence) {
        return decided(states().release(tenant, key, fence, patience()));
    }

    final DeleteOutcome delete(StateKey key, Expectation expect, OptionalLong fence) {
        return decided(states().delete(tenant, key, expect, fence, patience()));
    }

    final StatePage list(String group, int limit, Optional<StatePage.Cursor> before) {
        return decided(states().list(tenant, group, limit, before, patience()));
    }

    final <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        var decided = (Decided<T>) decision;
        assertThat(decided.source()).isEqualTo(source());
        return decided.value();
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    final void pass(long micros) {
        clock().addAndGet(micros);
    }

    final Instant in(long seconds) {
        return Instant.EPOCH.plus(clock().get(), ChronoUnit.MICROS).plusSeconds(seconds);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.fallback.EvictingCache;
import dev.gatehouse.redis.MicroClock;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.WriteOutcome.Saved;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the states that this process has read or saved on Redis, for {@value StateFallback#COPY_SECONDS} s and up to 16 MiB.
 * Each is named by its Redis key.
 */
final class CopiedStates {

    private static final long MAX_BYTES = 16L << 20;
    private static final long OVERHEAD = 400;

    private final LongSupplier clock;
    private final EvictingCache<String, Found> states;

    /**
     * Creates an empty cache.
     *
     * @param enabled whether to store anything
     * @param clock the time in microseconds since 1970
     */
    CopiedStates(boolean enabled, LongSupplier clock) {
        this.clock = clock;
        this.states = new EvictingCache<>(
                enabled ? MAX_BYTES : 0, found -> OVERHEAD + 2L * found.value().size(), () -> clock.getAsLong() * 1000);
    }

    @Nullable
    Found get(String name) {
        return states.get(name);
    }

    /** Returns the outcome of reading a copy, without a writer whose lease has ended since; empty if there is none. */
    Optional<ReadOutcome> read(String name, OptionalLong knownVersion) {
        return Optional.ofNullable(states.get(name)).map(found -> {
            var copied = found.info();
            var info = new StateInfo(
                    copied.version(),
                    copied.createdAt(),
                    copied.savedAt(),
                    copied.expiresAt(),
                    copied.writer().filter(writer -> writer.leaseEnds().isAfter(now())));
            return knownVersion.isPresent() && knownVersion.getAsLong() == copied.version()
                    ? new Unchanged(info)
                    : new Found(info, found.value());
        });
    }

    void put(String name, ReadOutcome outcome) {
        switch (outcome) {
            case Found found -> put(name, found);
            case Unchanged(var info) -> {
                var found = states.get(name);
                if (found != null && found.info().version() == info.version()) {
                    put(name, new Found(info, found.value()));
                }
            }
            case Unknown _ -> states.remove(name);
        }
    }

    private void put(String name, Found found) {
        var current = states.get(name);
        if (current == null || current.info().version() <= found.info().version()) {
            var left = Duration.between(now(), found.info().expiresAt());
            var life = Duration.ofSeconds(StateFallback.COPY_SECONDS);
            states.put(name, found, left.compareTo(life) < 0 ? left : life);
        }
    }

    /** Stores a state as it was saved. Only the first call of a save shows the value of its version. */
    void put(String name, StateWrite write, Saved saved) {
        if (!write.merges() && !saved.repeated()) {
            var info = new StateInfo(
                    saved.version(), saved.createdAt(), saved.savedAt(), saved.expiresAt(), Optional.empty());
            put(name, new Found(info, write.value()));
            return;
        }
        var current = states.get(name);
        if (current != null && current.info().version() < saved.version()) {
            states.remove(name);
        }
    }

    void remove(String name) {
        states.remove(name);
    }

    private Instant now() {
        return MicroClock.instant(clock.getAsLong());
    }
}

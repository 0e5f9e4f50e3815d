// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.cache.FillOutcome.Filled;
import dev.gatehouse.cache.FillOutcome.LeaseLost;
import dev.gatehouse.cache.LookupOutcome.Fresh;
import dev.gatehouse.cache.LookupOutcome.LoadState.Held;
import dev.gatehouse.cache.LookupOutcome.LoadState.Idle;
import dev.gatehouse.cache.LookupOutcome.LoadState.Leased;
import dev.gatehouse.cache.LookupOutcome.LoadState.Loading;
import dev.gatehouse.cache.LookupOutcome.Missing;
import dev.gatehouse.cache.LookupOutcome.Stale;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The plain model of a cache: a list of everything that was invalidated, and when each load began, in steps of the trace.
 * It has no epochs, marks or clocks for invalidations. It checks each outcome and follows it.
 */
final class ExactCache {

    /** A load that a caller was permitted, with all fills that the caller may still send. */
    record Load(CacheKey key, LoadOwner owner, int begun, long granted) {}

    private record Value(CacheValue bytes, Load load, Filled times, Set<String> tags, long duration) {}

    private record Past(Invalidation invalidation, int step) {

        boolean covers(CacheKey key, Set<String> tags) {
            return invalidation.keys().contains(key)
                    || (invalidation.scope().isPresent()
                            && invalidation.scope().equals(key.scope())
                            && (invalidation.all() || tags.stream().anyMatch(invalidation.tags()::contains)));
        }
    }

    /**
     * A lease or a hold.
     *
     * @param since when its end was set
     */
    private record Live(Load load, long since, long until) {

        /** Whether the clock is before the end, and has not stepped back by more than the time from since to until. */
        boolean holdsAt(long now) {
            return now < until && since - now <= until - since;
        }

        /** Ends so long from now, or with what was left of it. */
        Live renewed(long now, long micros) {
            long left = until - Math.max(since, now);
            return new Live(load, now, now + Math.max(left, micros));
        }
    }

    private static final Instant EPOCH = Instant.EPOCH;

    private final List<Past> past = new ArrayList<>();
    private final Map<CacheKey, Value> values = new HashMap<>();

    /** The loads that can be filled: the lease is live, or has ended and nobody took it. */
    private final Map<CacheKey, Live> loading = new HashMap<>();

    private final Map<CacheKey, Live> held = new HashMap<>();

    /** Fills that took effect, for their repetition. */
    private final Map<Load, Filled> filled = new HashMap<>();

    /** Loads that have filled or failed, or were voided or taken over. */
    private final Set<Load> ended = new HashSet<>();

    /**
     * Entries that the store may have dropped: the clock has once come close to their expiry. A write then gives the key of
     * Redis as little real time, which passes while the clock of the trace stands still.
     */
    private final Set<Value> perhapsGone = new HashSet<>();

    private int step;

    void nextStep(long now) {
        step++;
        for (var value : values.values()) {
            if (!at(now).plusSeconds(1).isBefore(value.times.expiresAt())) {
                perhapsGone.add(value);
            }
        }
    }

    /**
     * Checks the outcome and returns the load that it permits, which may have begun earlier; null for none.
     *
     * @param substitute the owner if that of the lookup has had a lease before
     */
    Load lookedUp(CacheLookup lookup, LoadOwner substitute, LookupOutcome outcome, long now) {
        var key = lookup.key();
        var value = values.get(key);
        boolean lives = value != null && at(now).isBefore(value.times.expiresAt()) && !isInvalidated(value, false);
        switch (outcome) {
            case Fresh(var entry, var _) -> {
                assertThat(lives)
                        .as("a value that is gone, or whose load began before an invalidation")
                        .isTrue();
                assertReturned(entry, value);
                assertThat(isInvalidated(value, true))
                        .as("fresh after a soft invalidation")
                        .isFalse();
                assertThat(entry.freshUntil())
                        .isEqualTo(value.times.freshUntil())
                        .isAfter(at(now));
            }
            case Stale(var entry, var _) -> {
                assertThat(lives)
                        .as("a value that is gone, or whose load began before an invalidation")
                        .isTrue();
                assertReturned(entry, value);
                assertThat(isInvalidated(value, true) || !at(now).isBefore(value.times.freshUntil()))
                        .as("stale for a reason")
                        .isTrue();
                assertThat(entry.freshUntil()).isBeforeOrEqualTo(at(now));
            }
            // An expired value is not removed: a step of the clock may bring it back.
            case Missing _ ->
                assertThat(lives && !perhapsGone.contains(value))
                        .as("a live value is missing")
                        .isFalse();
        }
        return loadAfter(lookup, Set.of(lookup.owner(), substitute), outcome, values.get(key), now);
    }

    private Load loadAfter(CacheLookup lookup, Set<LoadOwner> own, LookupOutcome outcome, Value value, long now) {
        var key = lookup.key();
        var current = loading.get(key);
        boolean isOwn = current != null && own.contains(current.load.owner());
        boolean isLive = current != null && current.holdsAt(now);
        var hold = held.get(key);
        boolean isHeld = hold != null && hold.holdsAt(now);
        boolean isFresh = outcome instanceof Fresh;
        boolean due = !isFresh || value.times.freshUntil().isBefore(at(now + 2 * value.duration));
        if (lookup.leaseMillis() > 0 && isOwn && due) {
            assertThat(outcome.load()).isInstanceOf(Leased.class);
        } else if (isLive || isHeld) {
            var until = isLive ? current.until : hold.until;
            var left = Duration.of(until - now, ChronoUnit.MICROS);
            var pending = isLive ? new Loading(at(until), left) : new Held(at(until), left);
            assertThat(outcome.load()).isEqualTo(isFresh ? new Idle() : pending);
        } else {
            assertThat(outcome.load()).isInstanceOf(due && lookup.leaseMillis() > 0 ? Leased.class : Idle.class);
        }
        if (!(outcome.load() instanceof Leased(var owner, var expiresAt))) {
            return null;
        }
        if (isOwn) {
            assertThat(owner).isEqualTo(current.load.owner());
            var renewed = current.renewed(now, lookup.leaseMillis() * 1000);
            assertThat(expiresAt).isEqualTo(at(renewed.until));
            loading.put(key, renewed);
            return current.load;
        }
        if (current != null) {
            ended.add(current.load);
        }
        assertThat(ended.stream()
                        .anyMatch(load -> load.key.equals(key) && load.owner().equals(owner)))
                .as("an owner gets one lease under its name")
                .isFalse();
        long until = now + lookup.leaseMillis() * 1000;
        assertThat(expiresAt).isEqualTo(at(until));
        var load = new Load(key, owner, step, now);
        loading.put(key, new Live(load, now, until));
        held.remove(key);
        return load;
    }

    void filledIn(Load load, CacheWrite write, FillOutcome outcome, long now) {
        var current = loading.get(load.key);
        boolean owns = current != null && current.load.equals(load);
        boolean voided = isInvalidated(load, write.tags());
        if (owns && !voided) {
            var times = new Filled(at(now + write.freshMicros()), at(now + write.lifeMicros()));
            assertThat(outcome).isEqualTo(times);
            values.put(load.key, new Value(write.value(), load, times, write.tags(), Math.max(0, now - load.granted)));
            filled.put(load, times);
            ended.add(load);
            loading.remove(load.key);
        } else if (outcome instanceof Filled repeated) {
            assertThat(repeated)
                    .as("stored again, or by an owner without the lease")
                    .isEqualTo(filled.get(load));
        } else {
            assertThat(outcome).isInstanceOf(LeaseLost.class);
            if (owns) {
                end(load.key);
            }
        }
    }

    void extended(Load load, Optional<Instant> end, long leaseMillis, long now) {
        var current = loading.get(load.key);
        boolean owns = current != null && current.load.equals(load);
        if (owns && !isInvalidated(load, Set.of())) {
            var renewed = current.renewed(now, leaseMillis * 1000);
            assertThat(end).contains(at(renewed.until));
            loading.put(load.key, renewed);
        } else {
            assertThat(end).isEmpty();
            if (owns) {
                end(load.key);
            }
        }
    }

    void released(Load load, boolean had, long holdMillis, long now) {
        var current = loading.get(load.key);
        if (current != null && current.load.equals(load)) {
            assertThat(had).isTrue();
            ended.add(load);
            loading.remove(load.key);
            held.put(load.key, new Live(load, now, now + holdMillis * 1000));
        }
    }

    void put(CacheWrite write, Filled times, long now) {
        assertThat(times).isEqualTo(new Filled(at(now + write.freshMicros()), at(now + write.lifeMicros())));
        end(write.key());
        var load = new Load(write.key(), LoadOwner.random(), step, now);
        values.put(write.key(), new Value(write.value(), load, times, write.tags(), 0));
    }

    void invalidated(Invalidation invalidation) {
        past.add(new Past(invalidation, step));
        invalidation.keys().forEach(this::end);
        if (invalidation.all() && !invalidation.soft()) {
            endScope(invalidation.scope().orElseThrow());
        }
    }

    void lostEntry(CacheKey key) {
        values.remove(key);
    }

    /** The store has lost the lease, with the memory of earlier owners. */
    void lostLease(CacheKey key) {
        end(key);
        held.remove(key);
    }

    /** The store has lost the head: the entries of the scope are missing, and its loads void. */
    void lostHead(String scope) {
        values.keySet().removeIf(key -> key.scope().filter(scope::equals).isPresent());
        endScope(scope);
    }

    private void endScope(String scope) {
        List.copyOf(loading.keySet()).stream()
                .filter(key -> key.scope().filter(scope::equals).isPresent())
                .forEach(this::end);
    }

    private void end(CacheKey key) {
        var current = loading.remove(key);
        if (current != null) {
            ended.add(current.load);
        }
    }

    private boolean isInvalidated(Value value, boolean soft) {
        return past.stream()
                .anyMatch(one -> one.invalidation.soft() == soft
                        && one.step >= value.load.begun
                        && one.covers(value.load.key, value.tags));
    }

    private boolean isInvalidated(Load load, Set<String> tags) {
        return past.stream().anyMatch(one -> one.step >= load.begun && one.covers(load.key, tags));
    }

    private static void assertReturned(CacheEntry entry, Value value) {
        assertThat(entry.value()).isEqualTo(value.bytes);
        assertThat(entry.expiresAt()).isEqualTo(value.times.expiresAt());
    }

    private static Instant at(long micros) {
        return EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}

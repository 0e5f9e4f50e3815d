// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import static java.util.Objects.requireNonNull;

import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.StripedLock;
import dev.gatehouse.ratelimit.LocalReading.HeldDecision;
import dev.gatehouse.ratelimit.LocalReading.StateAt;
import dev.gatehouse.ratelimit.algorithm.Algorithm;
import dev.gatehouse.ratelimit.algorithm.LimitRecord;
import dev.gatehouse.ratelimit.algorithm.LimitState;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides in this process's memory, by the same arithmetic as {@link RedisRateLimiter}. It counts only its own traffic:
 * {@code n} processes admit {@code n} times a limit unless each applies its share.
 *
 * <p>The number of limits in use is bounded. While memory is full, new subjects are denied with a retry time of one
 * second. Evicting a limit in use would admit its subject.
 *
 * <p>Checks of different subjects rarely wait for each other.
 */
public final class LocalRateLimiter implements RateLimiter {

    /** The default maximum of limits in use, of about 200 bytes each. */
    public static final int DEFAULT_MAX_ENTRIES = 100_000;

    /** The time for which the decision of a hold is repeated after its end or its settlement. */
    private static final Duration HOLD_REPEATED = Duration.ofMinutes(10);

    record Key(String tenant, LimitedSubject.Identity identity) {

        static Key of(String tenant, LimitedSubject charged) {
            return new Key(tenant, charged.identity());
        }
    }

    private record HoldKey(Key key, String id) {}

    private final int share;
    private final LongSupplier clock;
    private final BoundedCache<Key, LimitRecord> memory;
    private final BoundedCache<HoldKey, HeldDecision> holds;
    private final StripedLock locks = new StripedLock();

    /** Creates a limiter that applies whole limits, on the system's clock. */
    public LocalRateLimiter() {
        this(1, DEFAULT_MAX_ENTRIES, MicroClock::now);
    }

    /**
     * @param share number of processes that share a limit: each applies a {@code share}-th of its rate and, down to one
     *     unit, of its burst; at least 1
     * @param maxEntries the maximum of limits in use, and that of holds; at least 1
     * @param clock the time in microseconds since 1970
     */
    public LocalRateLimiter(int share, int maxEntries, LongSupplier clock) {
        if (share < 1) {
            throw new IllegalArgumentException("share must be at least 1, not " + share);
        }
        this.share = share;
        this.clock = clock;
        this.memory = new BoundedCache<>(maxEntries, () -> clock.getAsLong() * 1000);
        this.holds = new BoundedCache<>(maxEntries, () -> clock.getAsLong() * 1000);
    }

    /** Deletes all use, and ends the holds. Called when Redis decides again. */
    public void clear() {
        memory.clear();
        holds.clear();
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> check(String tenant, Check check, Deadline deadline) {
        var counted = check.counted();
        var keys = counted.stream().map(limited -> Key.of(tenant, limited)).toList();
        return Decision.local(locks.holding(keys, () -> {
            var decision = decide(check, read(check, counted, keys, true));
            return decision != null ? decision : requireNonNull(decide(check, read(check, counted, keys, false)));
        }));
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> refund(String tenant, Check charges, Deadline deadline) {
        return Decision.local(CheckDecision.of(charges.limits().stream()
                .map(limited -> correct(tenant, limited, (state, now) -> state.refunded(limited.cost(), now)))
                .toList()));
    }

    @Override
    public CompletionStage<Decision<LimitDecision>> settle(String tenant, Settlement settlement, Deadline deadline) {
        var difference = settlement.difference();
        return Decision.local(correct(
                tenant,
                difference,
                (state, now) -> settlement.isDearer()
                        ? state.forced(difference.cost(), now)
                        : state.refunded(difference.cost(), now)));
    }

    @Override
    public CompletionStage<Decision<Boolean>> reset(String tenant, String name, String subject, Deadline deadline) {
        var key = new Key(tenant, new LimitedSubject.Identity(name, subject));
        return Decision.local(locks.holding(List.of(key), () -> {
            boolean used = memory.get(key) != null;
            memory.remove(key);
            return used;
        }));
    }

    @Override
    public CompletionStage<Decision<Optional<LimitDecision>>> settleHold(
            String tenant, Settlement.OfHold settlement, Deadline deadline) {
        var limit = settlement.limit();
        if (!limit.isCounted()) {
            return Decision.local(Optional.of(LimitDecision.left(limit)));
        }
        var key = new Key(tenant, new LimitedSubject.Identity(limit.name(), settlement.subject()));
        var holdKey = new HoldKey(key, settlement.holdId());
        return Decision.local(locks.holding(List.of(key), () -> {
            var held = holds.get(holdKey);
            var stored = memory.get(key);
            long now = clock.getAsLong();
            var algorithm = portion(limit).counter();
            if (held != null && held.settled() != null) {
                var settled = held.settled()
                        .or(LocalReading.found(algorithm, stored, now).state(), now);
                return Optional.of(LimitDecision.corrected(settled.state(), settled.now()));
            }
            var settled = stored == null ? null : stored.at(now).settled(settlement.holdId(), settlement.actual(), now);
            if (settled == null) {
                return limit.shadow()
                        ? Optional.of(LimitDecision.corrected(
                                LocalReading.found(algorithm, stored, now).state(), now))
                        : Optional.empty();
            }
            long excess = Math.max(0, settlement.actual() - settled.units());
            var found = LocalReading.found(algorithm, settled.record(), now);
            var record = found.with(found.state().forced(excess, now), now);
            store(key, record, now);
            if (held != null) {
                var result = new StateAt(record.state(), now);
                holds.put(holdKey, new HeldDecision(held.charged(), held.endsAt(), result), HOLD_REPEATED);
            }
            return Optional.of(LimitDecision.corrected(record.state(), now));
        }));
    }

    /** Returns null, with nothing changed, if other checks have taken the room that there was. */
    private @Nullable CheckDecision decide(Check check, List<LocalReading> readings) {
        boolean charges = check.mode() == Mode.EACH
                || !(check.isDeniedUncounted() || readings.stream().anyMatch(LocalReading::denies));
        if (!storeNew(readings, charges)) {
            return null;
        }
        var held = charges
                ? readings.stream().filter(LocalReading::isAllowed).mapToLong(LocalReading::holdEndsAt)
                : LongStream.empty();
        var decision = CheckDecision.of(
                check, readings.stream().map(reading -> apply(reading, charges)).toList());
        var endsAt = check.hold() == null ? OptionalLong.empty() : held.min();
        return endsAt.isPresent() ? decision.heldUntil(endsAt.getAsLong()) : decision;
    }

    private List<LocalReading> read(Check check, List<LimitedSubject> counted, List<Key> keys, boolean room) {
        var stored = new ArrayList<@Nullable LimitRecord>(keys.size());
        for (var key : keys) {
            stored.add(memory.get(key));
        }
        // Read after the entries: an expired limit is unused only at a later time than its expiry.
        long now = clock.getAsLong();
        var readings = new ArrayList<LocalReading>(keys.size());
        int newKeys = 0;
        int newHolds = 0;
        for (int i = 0; i < keys.size(); i++) {
            var record = stored.get(i);
            boolean hasRoom = (record != null || (room && memory.hasRoomFor(newKeys + 1)))
                    && (check.hold() == null || (room && holds.hasRoomFor(newHolds + 1)));
            var hold = check.hold();
            var first = hold == null ? null : holds.get(new HoldKey(keys.get(i), hold.id()));
            var algorithm = portion(counted.get(i).limit()).counter();
            var reading = LocalReading.of(keys.get(i), check, counted.get(i), algorithm, first, record, now, hasRoom);
            newKeys += reading.isNew() && reading.isStored(true) ? 1 : 0;
            newHolds += reading.isChargeable() ? 1 : 0;
            readings.add(reading);
        }
        return readings;
    }

    /** Stores the holds, and the records that are new in memory: all of them, or none and returns false. */
    private boolean storeNew(List<LocalReading> readings, boolean charges) {
        var undo = new ArrayList<Runnable>();
        for (var reading : readings) {
            if (!storeHold(reading, charges, undo) || !storeNew(reading, charges, undo)) {
                undo.forEach(Runnable::run);
                return false;
            }
        }
        return true;
    }

    private boolean storeHold(LocalReading reading, boolean charges, List<Runnable> undo) {
        var hold = reading.hold();
        if (hold == null || !charges || !reading.isChargeable()) {
            return true;
        }
        var key = new HoldKey(reading.key(), hold.id());
        undo.add(() -> holds.remove(key));
        var charged = new StateAt(reading.charged().state(), reading.now());
        return holds.put(
                key, new HeldDecision(charged, reading.holdEndsAt(), null), HOLD_REPEATED.plusMillis(hold.millis()));
    }

    private boolean storeNew(LocalReading reading, boolean charges, List<Runnable> undo) {
        if (!reading.isNew() || !reading.isStored(charges)) {
            return true;
        }
        undo.add(() -> memory.remove(reading.key()));
        return store(reading.key(), reading.toStore(charges), reading.now());
    }

    private LimitDecision apply(LocalReading reading, boolean charges) {
        // Stored even by a denial: its retry time assumes the state that was carried over or moved back.
        if (!reading.isNew() && reading.isStored(charges)) {
            store(reading.key(), reading.toStore(charges), reading.now());
        }
        return reading.decision(charges && reading.isAllowed());
    }

    private LimitDecision correct(
            String tenant, LimitedSubject limited, BiFunction<LimitState, Long, LimitState> correction) {
        if (!limited.limit().isCounted()) {
            return LimitDecision.left(limited.limit());
        }
        var key = Key.of(tenant, limited);
        return locks.holding(List.of(key), () -> {
            var stored = memory.get(key);
            long now = clock.getAsLong();
            var found = LocalReading.found(portion(limited.limit()).counter(), stored, now);
            var record = found.with(correction.apply(found.state(), now), now);
            store(key, record, now);
            return LimitDecision.corrected(record.state(), now);
        });
    }

    private boolean store(Key key, LimitRecord record, long now) {
        long life = record.life(now);
        if (life > 0) {
            return memory.put(key, record.toStore(now), Duration.of(life, ChronoUnit.MICROS));
        }
        memory.remove(key);
        return true;
    }

    /** Returns this process's portion of a limit: a longer time, or fewer units, but never less than one. */
    private Limit portion(Limit limit) {
        if (share == 1) {
            return limit;
        }
        if (limit.algorithm() instanceof Algorithm.Gcra(var windowSeconds, var burst)) {
            long longer = Math.min(windowSeconds * share, Limit.MAX_WINDOW_SECONDS);
            return new Limit(limit.name(), limit.limit(), longer, Math.max(1, burst / share));
        }
        return new Limit(limit.name(), Math.max(1, limit.limit() / share), limit.algorithm(), false, null);
    }
}

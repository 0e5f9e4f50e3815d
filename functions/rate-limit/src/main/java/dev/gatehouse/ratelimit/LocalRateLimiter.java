package dev.gatehouse.ratelimit;

import static java.util.Objects.requireNonNull;

import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.algorithm.Algorithm;
import dev.gatehouse.ratelimit.algorithm.ChargeTerms;
import dev.gatehouse.ratelimit.algorithm.LimitRecord;
import dev.gatehouse.ratelimit.algorithm.LimitState;
import dev.gatehouse.ratelimit.algorithm.RateAlgorithm;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
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

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    private record Key(String tenant, LimitedSubject.Identity identity) {

        static Key of(String tenant, LimitedSubject charged) {
            return new Key(tenant, charged.identity());
        }
    }

    /**
     * A counted limit as read for a check.
     *
     * @param record without the charge; includes a lock-out that the check starts
     * @param isNew whether memory holds no record of it
     * @param isChanged whether even a denial stores the record: it was carried over or moved back, or locks the subject out
     * @param blockedUntil the lock-out in memory, which a limit without one leaves as it is
     * @param hasRoom whether memory has room for a new one
     */
    private record Reading(
            Key key,
            Limit limit,
            ChargeTerms terms,
            long now,
            LimitRecord record,
            long blockedUntil,
            boolean isNew,
            boolean isChanged,
            boolean hasRoom) {

        LimitRecord charged() {
            return record.with(record.state().charged(terms.units()));
        }

        boolean isAllowed() {
            return terms.units() == 0 || (hasRoom && terms.admit(record, now));
        }

        /** Returns the record to store. */
        LimitRecord toStore(boolean charge) {
            var left = charge ? charged() : record;
            return terms.block() == 0 ? new LimitRecord(left.state(), blockedUntil) : left;
        }

        /** Returns whether the record must be stored, given whether the check charges. */
        boolean isStored(boolean charge) {
            return terms.units() > 0 && ((charge && isAllowed()) || isChanged);
        }

        boolean denies() {
            return !isAllowed() && !terms.shadow();
        }

        boolean needsRoom() {
            return isNew && isStored(true);
        }

        /** Returns the decision, which includes the charge if {@code charge}. */
        LimitDecision decision(boolean charge) {
            if (hasRoom) {
                return LimitDecision.of(charge ? charged() : record, terms, isAllowed(), charge, now);
            }
            var retryAfter = terms.units() > limit.capacity() ? null : RETRY_WHEN_FULL;
            return isAllowed()
                    ? new Allowed(0, RETRY_WHEN_FULL)
                    : LimitDecision.denied(terms.shadow(), 0, RETRY_WHEN_FULL, retryAfter);
        }
    }

    private final int share;
    private final LongSupplier clock;
    private final BoundedCache<Key, LimitRecord> memory;
    private final StripedLock locks = new StripedLock();

    /** Creates a limiter that applies whole limits, on the system's clock. */
    public LocalRateLimiter() {
        this(1, DEFAULT_MAX_ENTRIES, MicroClock::now);
    }

    /**
     * @param share number of processes that share a limit: each applies a {@code share}-th of its rate and, down to one
     *     unit, of its burst; at least 1
     * @param maxEntries the maximum of limits in use; at least 1
     * @param clock the time in microseconds since 1970
     */
    public LocalRateLimiter(int share, int maxEntries, LongSupplier clock) {
        if (share < 1) {
            throw new IllegalArgumentException("share must be at least 1, not " + share);
        }
        this.share = share;
        this.clock = clock;
        this.memory = new BoundedCache<>(maxEntries, () -> clock.getAsLong() * 1000);
    }

    /** Deletes all use. Called when Redis decides again. */
    public void clear() {
        memory.clear();
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

    /** Returns null, with nothing changed, if other checks have taken the room that there was. */
    private @Nullable CheckDecision decide(Check check, List<Reading> readings) {
        boolean charges = check.mode() == Mode.EACH
                || !(check.isDeniedUncounted() || readings.stream().anyMatch(Reading::denies));
        if (!storeNew(readings, charges)) {
            return null;
        }
        return CheckDecision.of(
                check,
                readings.stream()
                        .map(reading -> apply(reading, charges && reading.isAllowed()))
                        .toList());
    }

    private List<Reading> read(Check check, List<LimitedSubject> counted, List<Key> keys, boolean room) {
        var stored = new ArrayList<@Nullable LimitRecord>(keys.size());
        for (var key : keys) {
            stored.add(memory.get(key));
        }
        // Read after the entries: an expired limit is unused only at a later time than its expiry.
        long now = clock.getAsLong();
        var readings = new ArrayList<Reading>(keys.size());
        int newKeys = 0;
        for (int i = 0; i < keys.size(); i++) {
            var limited = counted.get(i);
            var reading = reading(
                    keys.get(i),
                    limited.limit(),
                    check.terms(limited),
                    stored.get(i),
                    now,
                    room && memory.hasRoomFor(newKeys + 1));
            newKeys += reading.needsRoom() ? 1 : 0;
            readings.add(reading);
        }
        return readings;
    }

    private Reading reading(
            Key key, Limit limit, ChargeTerms terms, @Nullable LimitRecord stored, long now, boolean room) {
        var algorithm = portion(limit).counter();
        var found = found(algorithm, stored, now);
        boolean isChanged = stored != null
                && (!algorithm.equals(stored.state().algorithm())
                        || stored.state().isAhead(now));
        boolean hasRoom = stored != null || room;
        long blocked = hasRoom ? terms.blockedUntil(found, now) : 0;
        return new Reading(
                key,
                limit,
                terms,
                now,
                new LimitRecord(found.state(), blocked),
                found.blockedUntil(),
                stored == null,
                isChanged || (blocked > 0 && blocked != found.blockedUntil()),
                hasRoom);
    }

    private static LimitRecord found(RateAlgorithm algorithm, @Nullable LimitRecord stored, long now) {
        return stored == null ? LimitRecord.of(algorithm.unused(now)) : stored.found(algorithm, now);
    }

    /** Stores the records that are new in memory: all of them, or none and returns false. */
    private boolean storeNew(List<Reading> readings, boolean charges) {
        var added = new ArrayList<Key>();
        for (var reading : readings) {
            boolean charge = charges && reading.isAllowed();
            if (reading.isNew && reading.isStored(charge)) {
                if (!store(reading.key, reading.toStore(charge), reading.now)) {
                    added.forEach(memory::remove);
                    return false;
                }
                added.add(reading.key);
            }
        }
        return true;
    }

    private LimitDecision apply(Reading reading, boolean charge) {
        // Stored even by a denial: its retry time assumes the state that was carried over or moved back.
        if (!reading.isNew && reading.isStored(charge)) {
            store(reading.key, reading.toStore(charge), reading.now);
        }
        return reading.decision(charge);
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
            var found = found(portion(limited.limit()).counter(), stored, now);
            var left = correction.apply(found.state(), now);
            store(key, found.with(left), now);
            return LimitDecision.corrected(left, now);
        });
    }

    private boolean store(Key key, LimitRecord record, long now) {
        long life = record.life(now);
        if (life > 0) {
            return memory.put(key, record, Duration.of(life, ChronoUnit.MICROS));
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

package dev.gatehouse.ratelimit;

import static java.util.Objects.requireNonNull;

import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.Meter.Kept;
import dev.gatehouse.ratelimit.Meter.Use;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

        static Key of(String tenant, LimitedSubject asked) {
            return new Key(tenant, asked.identity());
        }
    }

    @FunctionalInterface
    private interface Correction {

        Use apply(Meter meter, Use use, long now);
    }

    private enum Found {
        KEPT,
        CARRIED_OVER,
        NEW,
        NO_ROOM
    }

    /** A counted limit as read, and its use after a charge. */
    private record Reading(
            Key key, LimitedSubject asked, Meter meter, long now, Use use, Use charged, Found found, boolean allowed) {

        boolean denies() {
            return !allowed && !asked.limit().shadow();
        }

        boolean needsRoom() {
            return found == Found.NEW && allowed && asked.cost() > 0;
        }

        /** Returns the decision, which includes the charge if {@code charged}. */
        LimitDecision decision(boolean charged) {
            var decision = found == Found.NO_ROOM
                    ? full()
                    : meter.decision(allowed, asked.cost(), charged ? this.charged : use, now);
            return asked.limit().shadow() && decision instanceof Denied denied ? WouldDeny.as(denied) : decision;
        }

        private LimitDecision full() {
            boolean never = asked.cost() > asked.limit().capacity();
            return new Denied(0, RETRY_WHEN_FULL, never ? null : RETRY_WHEN_FULL);
        }
    }

    private final int share;
    private final LongSupplier clock;
    private final BoundedCache<Key, Kept> memory;
    private final StripedLock locks = new StripedLock();

    /** Creates a limiter that applies whole limits, on the system's clock. */
    public LocalRateLimiter() {
        this(1, DEFAULT_MAX_ENTRIES, MicroClock::now);
    }

    /**
     * @param share number of processes that share a limit: each applies a {@code share}-th of its rate and, down to one
     *     unit, of its burst; at least 1
     * @param maxEntries number of limits in use that are remembered; at least 1
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

    @Override
    public CompletionStage<Decision<CheckDecision>> check(String tenant, Check check, Deadline deadline) {
        var keys = check.limits().stream().map(asked -> Key.of(tenant, asked)).toList();
        return decided(locks.holding(keys, () -> decide(check, keys)));
    }

    /** Deletes all use. Called when Redis decides again. */
    public void clear() {
        memory.clear();
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> refund(String tenant, Check charges, Deadline deadline) {
        return decided(CheckDecision.of(charges.limits().stream()
                .map(asked -> correct(tenant, asked, (meter, use, now) -> meter.refunded(use, asked.cost(), now)))
                .toList()));
    }

    @Override
    public CompletionStage<Decision<LimitDecision>> settle(String tenant, Settlement settlement, Deadline deadline) {
        var difference = settlement.difference();
        return decided(correct(
                tenant,
                difference,
                (meter, use, now) -> settlement.isDearer()
                        ? meter.forced(use, difference.cost(), now)
                        : meter.refunded(use, difference.cost(), now)));
    }

    @Override
    public CompletionStage<Decision<WasReset>> reset(String tenant, String name, String subject, Deadline deadline) {
        var key = new Key(tenant, new LimitedSubject.Identity(name, subject));
        return decided(locks.holding(List.of(key), () -> {
            boolean used = memory.get(key) != null;
            memory.remove(key);
            return new WasReset(used);
        }));
    }

    private static <T> CompletionStage<Decision<T>> decided(T decision) {
        return CompletableFuture.completedStage(new Decided<>(decision, Source.LOCAL));
    }

    private CheckDecision decide(Check check, List<Key> keys) {
        var decision = decide(check, keys, true);
        return decision != null ? decision : requireNonNull(decide(check, keys, false));
    }

    /** Returns null, with nothing changed, if other checks have taken the room that there was. */
    private @Nullable CheckDecision decide(Check check, List<Key> keys, boolean room) {
        var readings = read(check, keys, room);
        boolean denied = check.limits().stream()
                .anyMatch(asked -> !asked.limit().isCounted() && LimitDecision.uncounted(asked) instanceof Denied);
        for (var reading : readings) {
            denied |= reading != null && reading.denies();
        }
        boolean charges = !denied || check.mode() == Mode.EACH;
        if (charges && !keepNew(readings)) {
            return null;
        }
        var decisions = new ArrayList<LimitDecision>(readings.size());
        for (int i = 0; i < readings.size(); i++) {
            var reading = readings.get(i);
            decisions.add(
                    reading == null
                            ? LimitDecision.uncounted(check.limits().get(i))
                            : settle(reading, reading.allowed && charges));
        }
        return CheckDecision.of(decisions);
    }

    /** Returns a reading for each limit, null for one that is not counted. */
    private List<@Nullable Reading> read(Check check, List<Key> keys, boolean room) {
        var kept = new ArrayList<@Nullable Kept>(keys.size());
        for (var key : keys) {
            kept.add(memory.get(key));
        }
        // Read after the entries: an expired limit is unused only at a later time than its expiry.
        long now = clock.getAsLong();
        var readings = new ArrayList<@Nullable Reading>(keys.size());
        int newKeys = 0;
        for (int i = 0; i < keys.size(); i++) {
            var asked = check.limits().get(i);
            if (!asked.limit().isCounted()) {
                readings.add(null);
                continue;
            }
            var reading = reading(keys.get(i), asked, kept.get(i), now, room && memory.hasRoomFor(newKeys + 1));
            newKeys += reading.needsRoom() ? 1 : 0;
            readings.add(reading);
        }
        return readings;
    }

    private Reading reading(Key key, LimitedSubject asked, @Nullable Kept kept, long now, boolean room) {
        var meter = Meter.of(portion(asked.limit()));
        var use = kept == null ? meter.unused(now) : meter.found(kept, now);
        var charged = meter.charged(use, asked.cost());
        var found = kept == null
                ? room ? Found.NEW : Found.NO_ROOM
                : kept.shape().equals(meter.shape()) ? Found.KEPT : Found.CARRIED_OVER;
        boolean allowed = found != Found.NO_ROOM && meter.admits(charged, now);
        return new Reading(key, asked, meter, now, use, charged, found, allowed);
    }

    /** Charges the limits that are new in memory: all of them, or none and returns false. */
    private boolean keepNew(List<@Nullable Reading> readings) {
        var added = new ArrayList<Key>();
        for (var reading : readings) {
            if (reading != null && reading.needsRoom()) {
                if (!keep(reading.key, reading.meter, reading.charged, reading.now)) {
                    added.forEach(memory::remove);
                    return false;
                }
                added.add(reading.key);
            }
        }
        return true;
    }

    private LimitDecision settle(Reading reading, boolean charge) {
        // Stored even by a denial, so that the carried-over use is earned back as the denial reports.
        if (reading.asked.cost() > 0 && reading.found != Found.NEW && (charge || reading.found == Found.CARRIED_OVER)) {
            keep(reading.key, reading.meter, charge ? reading.charged : reading.use, reading.now);
        }
        return reading.decision(charge);
    }

    private LimitDecision correct(String tenant, LimitedSubject asked, Correction correction) {
        if (!asked.limit().isCounted()) {
            return LimitDecision.left(asked.limit());
        }
        var key = Key.of(tenant, asked);
        return locks.holding(List.of(key), () -> {
            var meter = Meter.of(portion(asked.limit()));
            var kept = memory.get(key);
            long now = clock.getAsLong();
            var left = correction.apply(meter, kept == null ? meter.unused(now) : meter.found(kept, now), now);
            keep(key, meter, left, now);
            return meter.decision(true, 0, left, now);
        });
    }

    private boolean keep(Key key, Meter meter, Use use, long now) {
        long life = meter.life(use, now);
        if (life > 0) {
            return memory.put(key, new Kept(meter.shape(), use), Duration.of(life, ChronoUnit.MICROS));
        }
        memory.remove(key);
        return true;
    }

    /** Returns this process's portion of a limit: a longer time, or fewer units, but never less than one. */
    private Limit portion(Limit limit) {
        if (share == 1) {
            return limit;
        }
        return switch (limit.algorithm()) {
            case Algorithm.Gcra(var windowSeconds, var burst) ->
                new Limit(
                        limit.name(),
                        limit.limit(),
                        Math.min(windowSeconds * share, Limit.MAX_WINDOW_SECONDS),
                        Math.max(1, burst / share));
            case Algorithm.SlidingWindow _,
                    Algorithm.FixedWindow _,
                    Algorithm.CalendarWindow _,
                    Algorithm.Unlimited _ ->
                new Limit(limit.name(), Math.max(1, limit.limit() / share), limit.algorithm(), false, null);
        };
    }
}

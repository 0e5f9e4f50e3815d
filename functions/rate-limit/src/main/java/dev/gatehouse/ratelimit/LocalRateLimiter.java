package dev.gatehouse.ratelimit;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides from this process's memory alone, exactly as {@link RedisRateLimiter} does, but only for what passes here:
 * {@code n} processes admit {@code n} times a limit unless each is given its share of it.
 *
 * <p>It remembers a bounded number of limits. While that many are in use, a subject not among them is denied and told
 * to come back in a second: to forget one in use would be to let it pass.
 */
public final class LocalRateLimiter implements RateLimiter {

    /** About 200 bytes each. */
    public static final int DEFAULT_MAX_ENTRIES = 100_000;

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    private record Key(String tenant, LimitedSubject.Identity identity) {}

    /** One counted limit as it was found, what a charge would make of it, and whether that may be. */
    private record Reading(
            Key key, LimitedSubject asked, Meter meter, Use use, Use charged, Found found, boolean allowed) {

        boolean denies() {
            return !allowed && !asked.limit().shadow();
        }
    }

    private enum Found {
        KEPT,
        CARRIED_OVER,
        NEW,
        NO_ROOM
    }

    private final int share;
    private final LongSupplier clock;
    private final BoundedCache<Key, Kept> memory;

    /** The time of the check under way, for the memory too: what was found in it must not expire before the end. */
    private long now;

    /** Decides by the limits as they are, on the system's clock. */
    public LocalRateLimiter() {
        this(1, DEFAULT_MAX_ENTRIES, MicroClock::now);
    }

    /**
     * @param share how many processes a limit is divided among: each gives a {@code share}-th of its rate and, down to
     *     one unit, of its burst; at least 1
     * @param maxEntries limits in use that are remembered; at least 1
     * @param clock the time in microseconds since 1970
     */
    public LocalRateLimiter(int share, int maxEntries, LongSupplier clock) {
        if (share < 1) {
            throw new IllegalArgumentException("share must be at least 1, not " + share);
        }
        this.share = share;
        this.clock = clock;
        this.memory = new BoundedCache<>(maxEntries, () -> now * 1000);
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> check(String tenant, Check check, Deadline deadline) {
        return decided(decide(tenant, check));
    }

    /** Forgets all use, as is due when Redis decides again. */
    public void clear() {
        memory.clear();
    }

    @Override
    public CompletionStage<Decision<CheckDecision>> refund(String tenant, Check charges, Deadline deadline) {
        return decided(CheckDecision.of(charges.limits().stream()
                .map(asked -> correct(tenant, asked, (meter, use) -> meter.refunded(use, asked.cost(), now)))
                .toList()));
    }

    @Override
    public CompletionStage<Decision<LimitDecision>> settle(String tenant, Settlement settlement, Deadline deadline) {
        var difference = settlement.difference();
        return decided(correct(
                tenant,
                difference,
                (meter, use) -> settlement.isDearer()
                        ? meter.forced(use, difference.cost(), now)
                        : meter.refunded(use, difference.cost(), now)));
    }

    @Override
    public synchronized CompletionStage<Decision<WasReset>> reset(
            String tenant, String name, String subject, Deadline deadline) {
        now = clock.getAsLong();
        var key = new Key(tenant, new LimitedSubject.Identity(name, subject));
        var used = memory.get(key) != null;
        memory.remove(key);
        return decided(new WasReset(used));
    }

    private static <T> CompletionStage<Decision<T>> decided(T decision) {
        return CompletableFuture.completedStage(new Decided<>(decision, Source.LOCAL));
    }

    private synchronized CheckDecision decide(String tenant, Check check) {
        now = clock.getAsLong();
        var readings = new ArrayList<@Nullable Reading>(check.limits().size());
        int strangers = 0;
        boolean denied = false;
        for (var asked : check.limits()) {
            if (!asked.limit().isCounted()) {
                readings.add(null);
                denied |= LimitDecision.uncounted(asked) instanceof Denied;
                continue;
            }
            var reading = read(new Key(tenant, asked.identity()), asked, strangers);
            readings.add(reading);
            strangers += reading.found == Found.NEW && reading.allowed && asked.cost() > 0 ? 1 : 0;
            denied |= reading.denies();
        }
        var decisions = new ArrayList<LimitDecision>(readings.size());
        for (int i = 0; i < readings.size(); i++) {
            var reading = readings.get(i);
            decisions.add(
                    reading == null
                            ? LimitDecision.uncounted(check.limits().get(i))
                            : settle(reading, reading.allowed && (!denied || check.mode() == Mode.EACH)));
        }
        return CheckDecision.of(decisions);
    }

    private Reading read(Key key, LimitedSubject asked, int strangersBefore) {
        var meter = Meter.of(portion(asked.limit()));
        var kept = memory.get(key);
        var use = kept == null ? meter.unused(now) : meter.found(kept, now);
        var charged = meter.charged(use, asked.cost());
        var found = kept == null
                ? memory.hasRoomFor(strangersBefore + 1) ? Found.NEW : Found.NO_ROOM
                : kept.shape().equals(meter.shape()) ? Found.KEPT : Found.CARRIED_OVER;
        boolean allowed = found != Found.NO_ROOM && meter.admits(charged, now);
        return new Reading(key, asked, meter, use, charged, found, allowed);
    }

    private LimitDecision settle(Reading reading, boolean charge) {
        var use = charge ? reading.charged : reading.use;
        // A use that was carried over is kept even by a denial: from here on it is earned back as the denial says.
        if (reading.asked.cost() > 0 && (charge || reading.found == Found.CARRIED_OVER)) {
            keep(reading.key, reading.meter, use);
        }
        var decision = reading.found == Found.NO_ROOM
                ? full(reading)
                : reading.meter.decision(reading.allowed, reading.asked.cost(), use, now);
        return reading.asked.limit().shadow() && decision instanceof Denied denied ? WouldDeny.as(denied) : decision;
    }

    private static LimitDecision full(Reading reading) {
        boolean never = reading.asked.cost() > reading.asked.limit().capacity();
        return new Denied(0, RETRY_WHEN_FULL, never ? null : RETRY_WHEN_FULL);
    }

    private synchronized LimitDecision correct(
            String tenant, LimitedSubject asked, BiFunction<Meter, Use, Use> correction) {
        if (!asked.limit().isCounted()) {
            return LimitDecision.left(asked.limit());
        }
        now = clock.getAsLong();
        var key = new Key(tenant, asked.identity());
        var meter = Meter.of(portion(asked.limit()));
        var kept = memory.get(key);
        var left = correction.apply(meter, kept == null ? meter.unused(now) : meter.found(kept, now));
        keep(key, meter, left);
        return meter.decision(true, 0, left, now);
    }

    private void keep(Key key, Meter meter, Use use) {
        long life = meter.life(use, now);
        if (life == 0) {
            memory.remove(key);
        } else {
            memory.put(key, new Kept(meter.shape(), use), Duration.of(life, ChronoUnit.MICROS));
        }
    }

    /** This process's portion of a limit: a longer time, or fewer units, but never less than one. */
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

package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.Answer;
import dev.gatehouse.fallback.Answer.Decided;
import dev.gatehouse.fallback.Answer.Source;
import dev.gatehouse.fallback.LocalMemory;
import dev.gatehouse.ratelimit.Gcra.Micros;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

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

    private record State(Micros tat, Gcra.Shape shape) {}

    /** One limit as it was found: its tat now, what a charge would make of it, and whether that may be. */
    private record Reading(
            Key key,
            long cost,
            Gcra gcra,
            Micros tat,
            Micros charged,
            boolean carried,
            boolean isNew,
            boolean noRoom,
            boolean allowed) {}

    private final int share;
    private final LongSupplier clock;
    private final LocalMemory<Key, State> memory;

    /** The time of the check under way, for the memory too: what was found in it must not expire before the end. */
    private long now;

    /** Decides by the limits as they are, on the system's monotonic clock. */
    public LocalRateLimiter() {
        this(1, DEFAULT_MAX_ENTRIES, () -> System.nanoTime() / 1000);
    }

    /**
     * @param share how many processes a limit is divided among: each gives a {@code share}-th of its rate and, down to
     *     one unit, of its burst; at least 1
     * @param maxEntries limits in use that are remembered; at least 1
     * @param clock the time in microseconds, from any beginning
     */
    public LocalRateLimiter(int share, int maxEntries, LongSupplier clock) {
        if (share < 1) {
            throw new IllegalArgumentException("share must be at least 1, not " + share);
        }
        this.share = share;
        this.clock = clock;
        this.memory = new LocalMemory<>(maxEntries, () -> now * 1000);
    }

    @Override
    public CompletionStage<Answer<CheckDecision>> check(String tenant, Check check, Deadline deadline) {
        return CompletableFuture.completedStage(new Decided<>(decide(tenant, check), Source.LOCAL));
    }

    /** Forgets all use, as is due when Redis decides again. */
    public void clear() {
        memory.clear();
    }

    private synchronized CheckDecision decide(String tenant, Check check) {
        now = clock.getAsLong();
        var readings = new ArrayList<Reading>(check.limits().size());
        int strangers = 0;
        boolean allAllowed = true;
        for (var asked : check.limits()) {
            var reading = read(new Key(tenant, asked.identity()), asked, strangers);
            readings.add(reading);
            strangers += reading.isNew && reading.allowed && asked.cost() > 0 ? 1 : 0;
            allAllowed &= reading.allowed;
        }
        var decisions = new ArrayList<LimitDecision>(readings.size());
        for (var reading : readings) {
            decisions.add(settle(reading, reading.allowed && (allAllowed || check.mode() == Mode.EACH)));
        }
        return new CheckDecision(allAllowed, decisions);
    }

    private Reading read(Key key, LimitedSubject asked, int strangersBefore) {
        var gcra = new Gcra(portion(asked.limit()));
        var found = memory.get(key);
        var state = found != null && found.tat.whole() >= now ? found : new State(Micros.at(now), gcra.shape());
        boolean carried = !state.shape.equals(gcra.shape());
        var tat = carried ? gcra.carryOver(state.tat, state.shape, now) : state.tat;
        var charged = gcra.plus(tat, gcra.increment(asked.cost()));
        boolean noRoom = found == null && !memory.hasRoomFor(strangersBefore + 1);
        boolean allowed = !noRoom && gcra.admits(charged, now);
        return new Reading(key, asked.cost(), gcra, tat, charged, carried, found == null, noRoom, allowed);
    }

    private LimitDecision settle(Reading reading, boolean charge) {
        if (reading.noRoom) {
            var never = reading.cost > reading.gcra.burst();
            return new Denied(0, RETRY_WHEN_FULL, never ? null : RETRY_WHEN_FULL);
        }
        var tat = charge ? reading.charged : reading.tat;
        // A carried tat is kept even by a denial: from here on it is earned back at the new rate, as the denial says.
        if (reading.cost > 0 && (charge || reading.carried)) {
            var timeToLive = Duration.of(Math.max(1, tat.roundedUp() - now), ChronoUnit.MICROS);
            memory.put(reading.key, new State(tat, reading.gcra.shape()), timeToLive);
        }
        return reading.gcra.decision(reading.allowed, reading.cost, tat, now);
    }

    /** This process's portion of a limit: the window is stretched, for units could only be cut to whole ones. */
    private Limit portion(Limit limit) {
        if (share == 1) {
            return limit;
        }
        long windowSeconds = Math.min(limit.windowSeconds() * share, Limit.MAX_WINDOW_SECONDS);
        return new Limit(limit.name(), limit.limit(), windowSeconds, Math.max(1, limit.burst() / share));
    }
}

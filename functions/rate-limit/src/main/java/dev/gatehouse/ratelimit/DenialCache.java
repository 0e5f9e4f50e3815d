package dev.gatehouse.ratelimit;

import dev.gatehouse.fallback.BoundedCache;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks that Redis has denied and would deny still: until the time to retry, and for {@link #LONGEST} at most, the same
 * check need not be asked again. So a caller who does not stop costs Redis nothing.
 *
 * <p>What another process gives back meanwhile, by a refund or a reset, is seen when that time is over; so is what a check of
 * several subjects on a cluster held only for a moment. Bounded: what finds
 * no room is asked of Redis.
 */
public final class DenialCache {

    /** About 500 bytes each. */
    public static final int DEFAULT_MAX_ENTRIES = 10_000;

    /** For so long a denial counts that somebody elsewhere may have made void. */
    public static final Duration LONGEST = Duration.ofSeconds(10);

    private record Key(String tenant, Check check) {}

    /** @param counted how the counted limits of the check came out, in its order */
    private record Denial(List<Outcome> counted, long sinceMicros) {}

    /**
     * When Redis was asked: its answer is not older.
     *
     * @param forgotten how often anything had been forgotten by then
     */
    record Asked(long micros, long forgotten) {}

    private final LongSupplier clock;
    private final BoundedCache<Key, Denial> memory;
    private final AtomicLong forgotten = new AtomicLong();

    /** Of {@link #DEFAULT_MAX_ENTRIES}, on the system's monotonic clock. */
    public DenialCache() {
        this(DEFAULT_MAX_ENTRIES, () -> System.nanoTime() / 1000);
    }

    /**
     * @param maxEntries at least 1
     * @param clock the time in microseconds, from any beginning
     */
    public DenialCache(int maxEntries, LongSupplier clock) {
        this.clock = clock;
        this.memory = new BoundedCache<>(maxEntries, () -> clock.getAsLong() * 1000);
    }

    /** To give to {@link #note} with the answer to what is sent now. */
    Asked asked() {
        return new Asked(clock.getAsLong(), forgotten.get());
    }

    /** The decision that Redis would make, if it is known to deny. */
    @Nullable
    CheckDecision find(String tenant, Check check) {
        var denial = memory.get(new Key(tenant, check));
        if (denial == null) {
            return null;
        }
        long passed = clock.getAsLong() - denial.sinceMicros;
        var counted = new ArrayList<Outcome>(denial.counted.size());
        for (var outcome : denial.counted) {
            counted.add(outcome.after(passed));
        }
        var decision = CheckDecision.of(check, counted);
        return decision.allowed() ? null : decision;
    }

    /** Keeps a denial, unless one was forgotten since it was asked for: it may be as old as that. */
    synchronized void note(String tenant, Check check, List<Outcome> counted, CheckDecision decision, Asked asked) {
        if (decision.allowed() || (check.mode() == Mode.EACH && check.limits().size() > 1)) {
            return;
        }
        if (asked.forgotten != forgotten.get()) {
            return;
        }
        var until = LONGEST.minus(clock.getAsLong() - asked.micros, ChronoUnit.MICROS);
        var retryAfter = decision.retryAfter();
        if (retryAfter != null && retryAfter.compareTo(until) < 0) {
            until = retryAfter;
        }
        if (until.isPositive()) {
            memory.put(new Key(tenant, check), new Denial(counted, asked.micros), until);
        }
    }

    /** Forgets every denial that the use of this limit by this subject has part in. */
    synchronized void forget(String tenant, String name, String subject) {
        forgotten.incrementAndGet();
        var identity = new LimitedSubject.Identity(name, subject);
        memory.removeIf(key -> key.tenant.equals(tenant)
                && key.check.limits().stream()
                        .anyMatch(asked -> asked.identity().equals(identity)));
    }

    /** Forgets all. */
    public synchronized void clear() {
        forgotten.incrementAndGet();
        memory.clear();
    }
}

// SPDX-License-Identifier: Apache-2.0
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
 * Caches denied checks until they may be retried, for at most {@link #LONGEST}. A caller that keeps retrying therefore
 * causes no load on Redis.
 *
 * <p>A refund or reset by another process takes effect here only when the entry expires. The same applies to units that
 * a check of several subjects on a cluster held briefly. The cache is bounded: a denial that finds no room is not
 * cached.
 */
public final class DenialCache {

    /** The default maximum of entries, of about 500 bytes each. */
    public static final int DEFAULT_MAX_ENTRIES = 10_000;

    /** The maximum time that a denial is cached, although another process may have voided it. */
    public static final Duration LONGEST = Duration.ofSeconds(10);

    private record Key(String tenant, Check check) {}

    /** @param counted the outcomes of the check's counted limits, in its order */
    private record Denial(List<Outcome> counted, long sinceMicros) {}

    /**
     * The time at which a check was sent; its reply is not older.
     *
     * @param invalidations the number of invalidations by then
     */
    record Stamp(long micros, long invalidations) {}

    private final LongSupplier clock;
    private final BoundedCache<Key, Denial> memory;
    private final AtomicLong invalidations = new AtomicLong();

    /** Creates a cache of {@link #DEFAULT_MAX_ENTRIES} on the system's monotonic clock. */
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

    /** Returns the start of a request. Pass it to {@link #put} with the reply. */
    Stamp stamp() {
        return new Stamp(clock.getAsLong(), invalidations.get());
    }

    /** Returns the decision that Redis would make, if a cached denial applies; otherwise null. */
    @Nullable
    CheckDecision find(String tenant, Check check) {
        var denial = memory.get(new Key(tenant, check));
        if (denial == null) {
            return null;
        }
        long passed = clock.getAsLong() - denial.sinceMicros;
        var counted = new ArrayList<LimitDecision>(denial.counted.size());
        for (var outcome : denial.counted) {
            if (outcome.endsLockOut(passed)) {
                return null;
            }
            counted.add(outcome.after(passed).decision());
        }
        var decision = CheckDecision.of(check, counted);
        return decision.allowed() ? null : decision;
    }

    /** Caches a denial, unless an invalidation occurred since the request: the denial may predate it. */
    synchronized void put(String tenant, Check check, List<Outcome> counted, CheckDecision decision, Stamp sent) {
        if (decision.allowed()
                || counted.stream().anyMatch(Outcome::isProvisional)
                || (check.mode() == Mode.EACH && check.limits().size() > 1)) {
            return;
        }
        if (sent.invalidations != invalidations.get()) {
            return;
        }
        var until = LONGEST.minus(clock.getAsLong() - sent.micros, ChronoUnit.MICROS);
        var retryAfter = decision.retryAfter();
        if (retryAfter != null && retryAfter.compareTo(until) < 0) {
            until = retryAfter;
        }
        if (until.isPositive()) {
            memory.put(new Key(tenant, check), new Denial(counted, sent.micros), until);
        }
    }

    /** Removes every denial that involves this limit and subject. */
    synchronized void forget(String tenant, String name, String subject) {
        invalidations.incrementAndGet();
        var identity = new LimitedSubject.Identity(name, subject);
        memory.removeIf(key -> key.tenant.equals(tenant)
                && key.check.limits().stream()
                        .anyMatch(limited -> limited.identity().equals(identity)));
    }

    /** Removes all denials. */
    public synchronized void clear() {
        invalidations.incrementAndGet();
        memory.clear();
    }
}

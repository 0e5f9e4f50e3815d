// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.Check.Hold;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.algorithm.ChargeTerms;
import dev.gatehouse.ratelimit.algorithm.LimitRecord;
import dev.gatehouse.ratelimit.algorithm.LimitState;
import dev.gatehouse.ratelimit.algorithm.OpenHold;
import dev.gatehouse.ratelimit.algorithm.RateAlgorithm;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A counted limit as memory has it for a check.
 *
 * @param hold what the check holds; null if it just charges
 * @param first the first decision on the same hold; null if there was none
 * @param record without the charge; includes a lock-out that the check starts
 * @param blockedUntil the lock-out in memory, which a limit without one leaves as it is
 * @param isNew whether memory holds no record of it
 * @param isChanged whether even a denial stores the record: it was carried over or moved back, a hold has ended, or it locks
 *     the subject out
 * @param hasRoom whether memory has room for a new record and a hold, as far as these are needed
 */
record LocalReading(
        LocalRateLimiter.Key key,
        Limit limit,
        ChargeTerms terms,
        @Nullable Hold hold,
        @Nullable HeldDecision first,
        long now,
        LimitRecord record,
        long blockedUntil,
        boolean isNew,
        boolean isChanged,
        boolean hasRoom) {

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(1);

    /**
     * The first decision on a hold.
     *
     * @param charged the state with its charge
     * @param endsAt the end of the hold, in microseconds since 1970
     * @param settled the state after its settlement; null before it
     */
    record HeldDecision(
            StateAt charged, long endsAt, @Nullable StateAt settled) {}

    /** A state and its time in microseconds since 1970. */
    record StateAt(LimitState state, long now) {

        /** Returns this for a limit that counts like it, otherwise the current state. */
        StateAt or(LimitState current, long later) {
            return state.algorithm().equals(current.algorithm()) ? this : new StateAt(current, later);
        }
    }

    /**
     * Returns the reading of a limit.
     *
     * @param stored the record in memory; null if there is none
     */
    static LocalReading of(
            LocalRateLimiter.Key key,
            Check check,
            LimitedSubject limited,
            RateAlgorithm algorithm,
            @Nullable HeldDecision first,
            @Nullable LimitRecord stored,
            long now,
            boolean hasRoom) {
        var terms = check.terms(limited);
        var found = found(algorithm, stored, now);
        boolean isChanged = stored != null
                && (!algorithm.equals(stored.state().algorithm())
                        || stored.state().isAhead(now)
                        || !stored.at(now).equals(stored));
        long blocked = hasRoom && first == null ? terms.blockedUntil(found, now) : 0;
        return new LocalReading(
                key,
                limited.limit(),
                terms,
                check.hold(),
                first,
                now,
                found.blockedUntil(blocked),
                found.blockedUntil(),
                stored == null,
                isChanged || (blocked > 0 && blocked != found.blockedUntil()),
                hasRoom);
    }

    /** Returns the record of a limit at {@code now}. */
    static LimitRecord found(RateAlgorithm algorithm, @Nullable LimitRecord stored, long now) {
        return stored == null ? LimitRecord.of(algorithm.unused(now)) : stored.found(algorithm, now);
    }

    /** Returns the record with the charge, and with the hold. */
    LimitRecord charged() {
        var charged = record.with(record.state().charged(terms.units()), now);
        return hold == null
                ? charged
                : charged.plus(new OpenHold(
                        hold.id(), holdEndsAt(), hold.millis() * 1000, terms.units(), hold.returns(), charged.state()));
    }

    long holdEndsAt() {
        return first != null ? first.endsAt : hold == null ? 0 : now + hold.millis() * 1000;
    }

    private boolean fits() {
        return hasRoom && terms.admit(record, now);
    }

    private boolean hasTooManyHolds() {
        return hold != null && record.isFull();
    }

    boolean isAllowed() {
        return first != null || terms.units() == 0 || (fits() && !hasTooManyHolds());
    }

    boolean denies() {
        return !isAllowed() && !terms.shadow();
    }

    /** Returns whether there is something to charge, if the check charges. */
    boolean isChargeable() {
        return first == null && terms.units() > 0 && isAllowed();
    }

    /** Returns whether the record must be stored, given whether the check charges. */
    boolean isStored(boolean charges) {
        return terms.units() > 0 && ((charges && isChargeable()) || isChanged);
    }

    /** Returns the record to store, given whether the check charges. */
    LimitRecord toStore(boolean charges) {
        var left = charges && isChargeable() ? charged() : record;
        return terms.block() == 0 || first != null ? left.blockedUntil(blockedUntil) : left;
    }

    /** Returns the decision, which includes the charge if {@code charge}. */
    LimitDecision decision(boolean charge) {
        if (first != null) {
            var repeated = first.charged.or(record.state(), now);
            return LimitDecision.of(LimitRecord.of(repeated.state), terms, true, charge, repeated.now);
        }
        if (!hasRoom) {
            var retryAfter = terms.units() > limit.capacity() ? null : RETRY_WHEN_FULL;
            return isAllowed()
                    ? new Allowed(0, RETRY_WHEN_FULL)
                    : LimitDecision.denied(terms.shadow(), 0, RETRY_WHEN_FULL, retryAfter);
        }
        var decision = LimitDecision.of(charge ? charged() : record, terms, isAllowed(), charge, now);
        return fits() && hasTooManyHolds()
                ? LimitDecision.denied(
                        terms.shadow(),
                        decision.remaining(),
                        decision.resetAfter(),
                        Duration.of(record.earliestEnd() - now, ChronoUnit.MICROS))
                : decision;
    }
}

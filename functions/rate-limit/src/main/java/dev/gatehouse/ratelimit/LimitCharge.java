// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.algorithm.ChargeTerms;
import dev.gatehouse.ratelimit.algorithm.LimitRecord;
import dev.gatehouse.ratelimit.algorithm.LimitState;
import dev.gatehouse.ratelimit.algorithm.RateAlgorithm;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The units of one counted limit in an operation on Redis.
 *
 * @param tag the subject's hash tag; charges with the same tenant and tag lie in one slot
 * @param terms the units to charge or refund, and the terms of a check
 * @param charged the state after the charge to undo; null in any other operation
 */
record LimitCharge(
        String key,
        String tag,
        RateAlgorithm algorithm,
        ChargeTerms terms,
        @Nullable LimitState charged) {

    /** Returns the correction of the same limit by {@code units}. */
    LimitCharge correcting(long units) {
        return new LimitCharge(key, tag, algorithm, ChargeTerms.correcting(units), null);
    }

    /**
     * A script's result for one charge.
     *
     * @param charged whether {@code record} includes the charge's units
     * @param holdsUntil 0 unless holds are open and the charge is denied; the earliest end of one if the limit has as many as it
     *     may have, otherwise 1
     * @param heldUntil the end of the hold; 0 if nothing is held
     * @param heldFor the time in microseconds since the hold began; 0 if nothing is held
     */
    record Outcome(
            LimitCharge charge,
            boolean allowed,
            boolean charged,
            LimitRecord record,
            long now,
            long holdsUntil,
            long heldUntil,
            long heldFor) {

        /** Returns whether a denial may end before its retry time, because a hold may give back units. */
        boolean isProvisional() {
            return holdsUntil > 0;
        }

        /** Returns whether it denies a check of mode {@link Mode#ALL}. */
        boolean denies() {
            return !allowed && !charge.terms.shadow();
        }

        /** Returns whether there is a charge to undo. */
        boolean hasCharged() {
            return charged && charge.terms.units() > 0;
        }

        static List<LimitDecision> decisions(List<Outcome> outcomes) {
            var decisions = new ArrayList<LimitDecision>(outcomes.size());
            for (var outcome : outcomes) {
                decisions.add(outcome.decision());
            }
            return decisions;
        }

        /** Returns the earliest end of the holds; null if nothing is held. */
        static @Nullable Long heldUntil(List<Outcome> outcomes) {
            Long earliest = null;
            for (var outcome : outcomes) {
                if (outcome.charged && outcome.heldUntil > 0 && (earliest == null || outcome.heldUntil < earliest)) {
                    earliest = outcome.heldUntil;
                }
            }
            return earliest;
        }

        LimitDecision decision() {
            var decision = LimitDecision.of(record, charge.terms, allowed, charged, now);
            return holdsUntil <= 1
                    ? decision
                    : LimitDecision.denied(
                            charge.terms.shadow(),
                            decision.remaining(),
                            decision.resetAfter(),
                            Duration.of(holdsUntil - now, ChronoUnit.MICROS));
        }

        /**
         * Returns the result of the same charge {@code passed} microseconds later, if nothing else was charged in
         * between.
         */
        Outcome after(long passed) {
            long then = now + passed;
            var found = record.found(charge.algorithm, then);
            return new Outcome(charge, charge.terms.admit(found, then), false, found, then, 0, 0, 0);
        }

        LimitCharge chargeToUndo() {
            return new LimitCharge(charge.key, charge.tag, charge.algorithm, charge.terms, record.state());
        }

        /** Returns whether a lock-out has ended {@code passed} microseconds later: a denial then starts another. */
        boolean endsLockOut(long passed) {
            return record.isBlocked(now) && !record.isBlocked(now + passed);
        }

        /** Returns the outcome without its charge, if it was charged. */
        Outcome undone() {
            return charged
                    ? new Outcome(
                            charge,
                            allowed,
                            false,
                            record.with(record.state().refunded(charge.terms.units(), now), now),
                            now,
                            holdsUntil,
                            0,
                            0)
                    : this;
        }
    }
}

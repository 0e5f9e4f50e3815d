package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.Meter.Kept;
import dev.gatehouse.ratelimit.Meter.Use;

/**
 * The charge of one counted limit in a check on Redis.
 *
 * @param tag the subject's hash tag; charges with the same tenant and tag lie in one slot
 * @param units the units to charge or give back
 */
record LimitCharge(String key, String tag, Meter meter, long units, boolean shadow) {

    /**
     * A script's result for one charge.
     *
     * @param charged whether {@code use} includes the charge's units
     */
    record Outcome(LimitCharge charge, boolean allowed, boolean charged, Use use, long now) {

        /** Returns whether it denies a check of mode {@link Mode#ALL}. */
        boolean denies() {
            return !allowed && !charge.shadow;
        }

        LimitDecision decision() {
            var decision = charge.meter.decision(allowed, charge.units, use, now);
            return charge.shadow && decision instanceof Denied denied ? WouldDeny.as(denied) : decision;
        }

        /**
         * Returns the result of the same charge {@code passed} microseconds later, if nothing else was charged in
         * between.
         */
        Outcome after(long passed) {
            long then = now + passed;
            var found = charge.meter.found(new Kept(charge.meter.shape(), use), then);
            boolean fits = charge.meter.admits(charge.meter.charged(found, charge.units), then);
            return new Outcome(charge, fits, false, found, then);
        }

        /** Returns the outcome without its charge, if it was charged. */
        Outcome takenBack() {
            return charged
                    ? new Outcome(charge, allowed, false, charge.meter.refunded(use, charge.units, now), now)
                    : this;
        }
    }
}

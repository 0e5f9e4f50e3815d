package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.Meter.Kept;
import dev.gatehouse.ratelimit.Meter.Use;

/**
 * One counted limit of a check on its way to Redis and back.
 *
 * @param tag of the subject: charges of one tenant and tag lie in one slot
 * @param units what is charged, or given back
 */
record LimitCharge(String key, String tag, Meter meter, long units, boolean shadow) {

    /**
     * What a script said of it.
     *
     * @param charged whether its cost is in {@code use}
     */
    record Outcome(LimitCharge charge, boolean allowed, boolean charged, Use use, long now) {

        /** Whether a check in which all must have room fails by it. */
        boolean denies() {
            return !allowed && !charge.shadow;
        }

        LimitDecision decision() {
            var decision = charge.meter.decision(allowed, charge.units, use, now);
            return charge.shadow && decision instanceof Denied denied ? WouldDeny.as(denied) : decision;
        }

        /** What Redis would say of the same charge so many microseconds later, if nobody else was admitted. */
        Outcome after(long passed) {
            long then = now + passed;
            var found = charge.meter.found(new Kept(charge.meter.shape(), use), then);
            boolean fits = charge.meter.admits(charge.meter.charged(found, charge.units), then);
            return new Outcome(charge, fits, false, found, then);
        }

        /** The outcome once its charge, if it was charged, has been taken back. */
        Outcome takenBack() {
            return charged
                    ? new Outcome(charge, allowed, false, charge.meter.refunded(use, charge.units, now), now)
                    : this;
        }
    }
}

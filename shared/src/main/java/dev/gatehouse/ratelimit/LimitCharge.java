package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.Gcra.Micros;

/**
 * One limit of a check on its way to Redis and back.
 *
 * @param tag of the subject: charges of one tenant and tag lie in one slot
 */
record LimitCharge(String key, String tag, Gcra gcra, long cost) {

    Micros increment() {
        return gcra.increment(cost);
    }

    /**
     * What {@code gcra.lua} said of it.
     *
     * @param charged whether its cost is in {@code tat}
     */
    record Outcome(LimitCharge charge, boolean allowed, boolean charged, Micros tat, long now) {

        LimitDecision decision() {
            return charge.gcra.decision(allowed, charge.cost, tat, now);
        }

        /** The outcome once its charge, if it was charged, has been taken back. */
        Outcome refunded() {
            return charged
                    ? new Outcome(charge, allowed, false, charge.gcra.minus(tat, charge.increment()), now)
                    : this;
        }
    }
}

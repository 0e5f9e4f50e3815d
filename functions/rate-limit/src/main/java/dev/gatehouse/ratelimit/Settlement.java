// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

/**
 * The actual cost of work that was charged by estimate.
 *
 * @param reserved units that a check charged for it, 0 to {@link Limit#MAX_UNITS}
 * @param actual units that it used, 0 to {@link Limit#MAX_UNITS}. An excess is charged even without room and delays
 *     later checks; the rest is refunded
 */
public record Settlement(Limit limit, String subject, long reserved, long actual) {

    public Settlement {
        LimitedSubject.requireSubject(subject);
        LimitedSubject.requireUnits("reserved", reserved);
        LimitedSubject.requireUnits("actual", actual);
    }

    /**
     * The actual cost of work whose units are held.
     *
     * @param holdId the id of the {@link Check.Hold}
     * @param actual units that it used, 0 to {@link Limit#MAX_UNITS}. An excess is charged even without room; of the rest,
     *     what is still in use of the held charge is returned
     */
    public record OfHold(Limit limit, String subject, String holdId, long actual) {

        public OfHold {
            LimitedSubject.requireSubject(subject);
            Check.Hold.requireId(holdId);
            LimitedSubject.requireUnits("actual", actual);
        }
    }

    /** Returns the difference to charge or to refund. */
    LimitedSubject difference() {
        return new LimitedSubject(limit, subject, Math.abs(actual - reserved));
    }

    boolean isDearer() {
        return actual > reserved;
    }
}

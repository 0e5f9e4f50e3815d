package dev.gatehouse.ratelimit;

/**
 * What work cost in the end, of which only an estimate could be charged before.
 *
 * @param reserved units that a check charged for it
 * @param actual units that it took, 0 to {@link Limit#MAX_UNITS}: what is more is charged though it may not fit, and later
 *     checks wait it off; what is less is given back
 */
public record Settlement(Limit limit, String subject, long reserved, long actual) {

    public Settlement {
        LimitedSubject.requireSubject(subject);
        LimitedSubject.requireUnits("reserved", reserved);
        LimitedSubject.requireUnits("actual", actual);
    }

    /** The difference, to be charged or to be given back. */
    LimitedSubject difference() {
        return new LimitedSubject(limit, subject, Math.abs(actual - reserved));
    }

    boolean isDearer() {
        return actual > reserved;
    }
}

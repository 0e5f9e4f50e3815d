package dev.gatehouse.ratelimit.algorithm;

/**
 * The terms on which a check charges a limit.
 *
 * @param units the units to charge; 0 only reads
 * @param shadow whether the limit only reports what it would deny
 * @param maxWait the maximum time in microseconds that the charge may wait for its units, 0 if it may not; only GCRA lets a
 *     charge wait
 */
public record ChargeTerms(long units, boolean shadow, long maxWait) {

    /** Returns the terms of a correction, which no limit denies. */
    public static ChargeTerms correcting(long units) {
        return new ChargeTerms(units, false, 0);
    }

    /** Returns whether these terms admit their units to a limit, given its state without them. */
    public boolean admit(LimitState state, long now) {
        return units == 0 || state.admits(units, now, maxWait);
    }

    /** Returns the time until the charged units are free, in microseconds, given the state that includes them. */
    public long waitTime(LimitState charged, long now) {
        var wait = maxWait == 0 || units == 0 || shadow ? null : charged.retryAfter(0, now);
        return wait == null ? 0 : Math.max(0, wait);
    }
}

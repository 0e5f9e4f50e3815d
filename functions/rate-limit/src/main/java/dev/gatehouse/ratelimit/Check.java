package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.algorithm.ChargeTerms;
import java.time.Duration;
import java.util.List;

/**
 * The limits that one request is checked against.
 *
 * @param limits 1 to {@value #MAX_LIMITS}; no two with the same name and subject
 * @param maxWait the maximum time that the charges may wait for their units, zero to {@link #MAX_WAIT}. A check with room by
 *     then is allowed and charged now, and the request must wait for {@link CheckDecision#waitTime} before it passes. More
 *     than zero only with limits of GCRA, of 0 units, or unlimited
 */
public record Check(List<LimitedSubject> limits, Mode mode, Duration maxWait) {

    public static final int MAX_LIMITS = 20;

    /** The maximum time that a charge may wait: 15 minutes, which is also the longest delay of an SQS message. */
    public static final Duration MAX_WAIT = Duration.ofMinutes(15);

    public Check {
        limits = List.copyOf(limits);
        if (maxWait.isNegative() || maxWait.compareTo(MAX_WAIT) > 0) {
            throw new InvalidLimit("maxWaitMillis", "must be 0 to " + MAX_WAIT.toMillis());
        }
        if (maxWait.isPositive()
                && !limits.stream().allMatch(limited -> limited.limit().canWait())) {
            throw new InvalidLimit("maxWaitMillis", "requires limits of algorithm gcra");
        }
        if (limits.isEmpty() || limits.size() > MAX_LIMITS) {
            throw new InvalidLimit("limits", "must hold 1 to " + MAX_LIMITS + " limits, not " + limits.size());
        }
        if (limits.size() > 1
                && limits.stream().map(LimitedSubject::identity).distinct().count() < limits.size()) {
            throw new InvalidLimit("limits", "must not name the same limit and subject twice");
        }
    }

    /** Creates a check that does not wait. */
    public Check(List<LimitedSubject> limits, Mode mode) {
        this(limits, mode, Duration.ZERO);
    }

    /** Returns the terms on which this check charges one of its limits. */
    ChargeTerms terms(LimitedSubject limited) {
        var limit = limited.limit();
        return new ChargeTerms(
                limited.cost(), limit.shadow(), limit.blockSeconds() * 1_000_000, maxWait.toNanos() / 1000);
    }

    /** Returns the limits whose decisions depend on use, in their order. */
    List<LimitedSubject> counted() {
        return limits.stream().filter(limited -> limited.limit().isCounted()).toList();
    }

    /** Returns whether a limit of 0 units denies it, whatever is used. */
    boolean isDeniedUncounted() {
        for (var limited : limits) {
            if (!limited.limit().isCounted() && LimitDecision.uncounted(limited) instanceof LimitDecision.Denied) {
                return true;
            }
        }
        return false;
    }
}

package dev.gatehouse.ratelimit;

import java.util.List;

/**
 * The limits that one request is checked against.
 *
 * @param limits 1 to {@value #MAX_LIMITS}; no two with the same name and subject
 */
public record Check(List<LimitedSubject> limits, Mode mode) {

    public static final int MAX_LIMITS = 20;

    public Check {
        limits = List.copyOf(limits);
        if (limits.isEmpty() || limits.size() > MAX_LIMITS) {
            throw new InvalidLimit("limits", "must hold 1 to " + MAX_LIMITS + " limits, not " + limits.size());
        }
        if (limits.size() > 1
                && limits.stream().map(LimitedSubject::identity).distinct().count() < limits.size()) {
            throw new InvalidLimit("limits", "must not name the same limit and subject twice");
        }
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

package dev.gatehouse.ratelimit;

import java.util.List;

/**
 * The outcome of a check.
 *
 * @param allowed whether every limit had room
 * @param limits one for each limit of the check, in its order
 */
public record CheckDecision(boolean allowed, List<LimitDecision> limits) {

    public CheckDecision {
        limits = List.copyOf(limits);
    }
}

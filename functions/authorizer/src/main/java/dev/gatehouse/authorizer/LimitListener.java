package dev.gatehouse.authorizer;

import dev.gatehouse.ratelimit.CheckDecision;
import java.util.List;

/** Receives the decisions of the limits of one request, those of the address before those of the user. */
@FunctionalInterface
public interface LimitListener {

    /** Ignores the decisions. */
    LimitListener NONE = (_, _, _) -> {};

    /**
     * Receives a decision.
     *
     * @param limits the limits that were checked; none if there are none
     * @param subject the address, or the id of the session's user
     * @param decision has one decision for each of {@code limits}, in their order
     */
    void decided(List<ChargedLimit> limits, String subject, CheckDecision decision);
}

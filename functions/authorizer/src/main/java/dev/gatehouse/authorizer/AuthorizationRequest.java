// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.session.SessionToken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to an {@link Authorizer}, for one request to a route.
 *
 * @param access the condition apart from limits
 * @param token null if the request has none, or its value cannot be a token, or no session is needed
 * @param userLimits the limits that charge the session's user; 0 to {@value
 *     Check#MAX_LIMITS}, with distinct names
 * @param address the caller's address as the gateway reports it; a subject as in {@link LimitedSubject}
 * @param addressLimits the limits that charge the address; bounded like the user's
 * @param onLimit the effect of a limit without room
 * @param listener receives the decisions of the limits
 */
public record AuthorizationRequest(
        Access access,
        @Nullable SessionToken token,
        List<ChargedLimit> userLimits,
        String address,
        List<ChargedLimit> addressLimits,
        OnLimit onLimit,
        LimitListener listener) {

    /** The effect on a request when a limit has no room. */
    public enum OnLimit {
        /** Denies the request. */
        DENY,
        /** Lets the request pass where it has the access, and marks it for the route that serves it. */
        FLAG
    }

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

    /** @throws dev.gatehouse.ratelimit.InvalidLimit if limits or address are out of their bounds */
    public AuthorizationRequest {
        userLimits = List.copyOf(userLimits);
        addressLimits = List.copyOf(addressLimits);
        checkOf(addressLimits, address);
        checkOf(userLimits, "-");
    }

    /** Creates a request without a listener. */
    public AuthorizationRequest(
            Access access,
            @Nullable SessionToken token,
            List<ChargedLimit> userLimits,
            String address,
            List<ChargedLimit> addressLimits,
            OnLimit onLimit) {
        this(access, token, userLimits, address, addressLimits, onLimit, LimitListener.NONE);
    }

    /** Returns whether a limit without room denies the request. */
    boolean isDeniedOnLimit() {
        return onLimit == OnLimit.DENY;
    }

    /** Returns a check of the address's limits; null if there are none. */
    @Nullable
    Check addressCheck() {
        return checkOf(addressLimits, address);
    }

    /**
     * Returns a check of the user's limits; null if there are none.
     *
     * @param subject the user's id, or the tag in place of an id that is not known yet
     */
    @Nullable
    Check userCheck(String subject) {
        return checkOf(userLimits, subject);
    }

    private static @Nullable Check checkOf(List<ChargedLimit> limits, String subject) {
        return limits.isEmpty()
                ? null
                : new Check(
                        limits.stream()
                                .map(charged -> new LimitedSubject(charged.limit(), subject, charged.cost()))
                                .toList(),
                        Mode.ALL);
    }

    /** Leaves out token and address, which identify a person. */
    @Override
    public String toString() {
        return "AuthorizationRequest[…]";
    }
}

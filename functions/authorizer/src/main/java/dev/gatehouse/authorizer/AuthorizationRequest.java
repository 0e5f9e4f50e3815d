package dev.gatehouse.authorizer;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of an {@link Authorizer}: one request on its way to a route.
 *
 * @param token null: it has none, or what it has can be no token
 * @param userLimits of which each request of the session's user takes a unit; 0 to {@value Check#MAX_LIMITS}, no two of the
 *     same name
 * @param address of the caller, as the gateway sees it; a subject as in {@link LimitedSubject}
 * @param addressLimits of which each request from the address takes a unit; bounded as the user's
 * @param onLimit what is done where there is no room
 */
public record AuthorizationRequest(
        @Nullable SessionToken token,
        List<Limit> userLimits,
        String address,
        List<Limit> addressLimits,
        OnLimit onLimit) {

    /** What is done with a request for which there is no room. */
    public enum OnLimit {
        /** It does not pass. */
        DENY,
        /** It passes, if it has a session, and whoever serves it is told. */
        FLAG
    }

    /** @throws dev.gatehouse.ratelimit.InvalidLimit if limits or address are out of their bounds */
    public AuthorizationRequest {
        userLimits = List.copyOf(userLimits);
        addressLimits = List.copyOf(addressLimits);
        checkOf(addressLimits, address);
        checkOf(userLimits, "-");
    }

    /** Whether want of room keeps it from passing. */
    boolean isDeniedOnLimit() {
        return onLimit == OnLimit.DENY;
    }

    /** One unit of each of the address's limits; null where there are none. */
    @Nullable
    Check addressCheck() {
        return checkOf(addressLimits, address);
    }

    /** One unit of each of the user's limits; null where there are none. */
    @Nullable
    Check userCheck(UserId user) {
        return checkOf(userLimits, user.value());
    }

    private static @Nullable Check checkOf(List<Limit> limits, String subject) {
        return limits.isEmpty()
                ? null
                : new Check(
                        limits.stream()
                                .map(limit -> new LimitedSubject(limit, subject, 1))
                                .toList(),
                        Mode.ALL);
    }

    /** Neither token nor address: they tell of a person. */
    @Override
    public String toString() {
        return "AuthorizationRequest[…]";
    }
}

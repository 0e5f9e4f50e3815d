package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.redis.HashTag;

/**
 * What an override is kept under.
 *
 * @param tag the subject's {@link HashTag}, for subjects themselves are not kept
 */
record OverrideKey(String policy, String tag) {

    /** @throws dev.gatehouse.ratelimit.InvalidLimit if there can be no such policy or subject */
    static OverrideKey of(String policy, String subject) {
        return of(Limit.unlimited(policy), subject);
    }

    /** @throws dev.gatehouse.ratelimit.InvalidLimit if there can be no such subject */
    static OverrideKey of(Limit limit, String subject) {
        return new OverrideKey(limit.name(), HashTag.of(new LimitedSubject(limit, subject, 0).subject()));
    }
}

package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.redis.HashTag;

/**
 * The key of an override.
 *
 * @param tag the subject's {@link HashTag}; the subject itself is not stored
 */
record OverrideKey(String policy, String tag) {

    /**
     * Returns the key of an override.
     *
     * @throws dev.gatehouse.ratelimit.InvalidLimit if the policy's name or the subject is invalid
     */
    static OverrideKey of(String policy, String subject) {
        return new OverrideKey(Limit.requireName(policy), HashTag.of(LimitedSubject.requireSubject(subject)));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.redis.HashTag;
import java.util.regex.Pattern;

/**
 * The key of an override.
 *
 * @param tag the subject's {@link HashTag}; the subject itself is not stored
 */
record OverrideKey(String policy, String tag) {

    private static final Pattern TAG = Pattern.compile(Policies.TAG_PATTERN);

    /**
     * Returns the key of an override.
     *
     * @throws InvalidLimit if the policy's name or the subject is invalid
     */
    static OverrideKey of(String policy, String subject) {
        return new OverrideKey(Limit.requireName(policy), HashTag.of(LimitedSubject.requireSubject(subject)));
    }

    /**
     * Returns the key of an override by the tag of its subject.
     *
     * @throws InvalidLimit if the policy's name or the tag is invalid
     */
    static OverrideKey ofTag(String policy, String tag) {
        if (!TAG.matcher(tag).matches()) {
            throw new InvalidLimit("subjectTag", Policies.TAG_RULE);
        }
        return new OverrideKey(Limit.requireName(policy), tag);
    }
}

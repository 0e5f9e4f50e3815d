// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.redis.HashTag;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * An override of a policy for one subject.
 *
 * @param policy the name of the overridden policy
 * @param replacement the limit in its place. The units count under the name of the overridden policy all the same
 * @param expiresAt the end of the override, in whole milliseconds, in the years 1970 to 9999; null if it has none
 * @param label a note for operators, 1 to {@value #MAX_LABEL_LENGTH} characters and no secret; null if there is none
 */
public record PolicyOverride(
        String policy,
        Replacement replacement,
        @Nullable Instant expiresAt,
        @Nullable String label) {

    /** The maximum length of a label in characters. */
    public static final int MAX_LABEL_LENGTH = 100;

    /** The maximum time until the end of an override: ten years of 365 days. */
    public static final long MAX_SECONDS = Limit.MAX_WINDOW_SECONDS;

    private static final Instant LATEST_END = Instant.parse("9999-12-31T23:59:59.999Z");

    /** The limit in place of the policy's. */
    public sealed interface Replacement {

        /**
         * A limit of the override's own.
         *
         * @param limit a limit with the name of the overridden policy
         */
        record OwnLimit(Limit limit) implements Replacement {}

        /**
         * The limit of another policy, as it is at each decision, without its own overrides. The override has no effect while
         * there is no such policy.
         */
        record OtherPolicy(String name) implements Replacement {}
    }

    public PolicyOverride {
        Policies.requireName(policy);
        if (replacement instanceof Replacement.OtherPolicy(var name) && !Policies.isName(name)) {
            throw new InvalidLimit("policy", Policies.NAME_RULE);
        }
        if (label != null && !isLabel(label)) {
            throw new InvalidLimit("label", "must be 1 to " + MAX_LABEL_LENGTH + " characters of well-formed Unicode");
        }
        if (replacement instanceof Replacement.OwnLimit(var limit)
                && !limit.name().equals(policy)) {
            throw new InvalidLimit("name", "must be the name of the overridden policy");
        }
        if (expiresAt != null && (expiresAt.isBefore(Instant.EPOCH) || expiresAt.isAfter(LATEST_END))) {
            throw new InvalidLimit("expiresAt", "must be in the years 1970 to 9999");
        }
        expiresAt = expiresAt == null ? null : expiresAt.truncatedTo(ChronoUnit.MILLIS);
    }

    private static boolean isLabel(String text) {
        return !text.isEmpty()
                && text.codePointCount(0, text.length()) <= MAX_LABEL_LENGTH
                && HashTag.isWellFormed(text);
    }

    /** Returns the override by {@code limit}, of the policy of its name, without an end. */
    public static PolicyOverride of(Limit limit) {
        return new PolicyOverride(limit.name(), new Replacement.OwnLimit(limit), null, null);
    }

    /** Returns the override of {@code policy} by the limit of the policy {@code other}, without an end. */
    public static PolicyOverride ofPolicy(String policy, String other) {
        return new PolicyOverride(policy, new Replacement.OtherPolicy(other), null, null);
    }

    /** Returns this override with an end. */
    public PolicyOverride until(@Nullable Instant end) {
        return new PolicyOverride(policy, replacement, end, label);
    }

    /** Returns this override with a label. */
    public PolicyOverride labelled(@Nullable String text) {
        return new PolicyOverride(policy, replacement, expiresAt, text);
    }

    /** Returns whether the override has ended {@code micros} after the beginning of 1970. */
    boolean hasEnded(long micros) {
        return expiresAt != null && expiresAt.toEpochMilli() * 1_000 <= micros;
    }
}

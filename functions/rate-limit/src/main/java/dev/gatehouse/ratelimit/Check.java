// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.ratelimit.algorithm.ChargeTerms;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits that one request is checked against.
 *
 * @param limits 1 to {@value #MAX_LIMITS}; no two with the same name and subject
 * @param maxWait the maximum time that the charges may wait for their units, zero to {@link #MAX_WAIT}. A check with room by
 *     then is allowed and charged now, and the request must wait for {@link CheckDecision#waitTime} before it passes. More
 *     than zero only with limits of GCRA, of 0 units, or unlimited
 * @param hold holds what the check charges until it is settled, for longer than {@code maxWait}; null to just charge it
 */
public record Check(
        List<LimitedSubject> limits,
        Mode mode,
        Duration maxWait,
        @Nullable Hold hold) {

    public static final int MAX_LIMITS = 20;

    /** The maximum time that a charge may wait: 15 minutes, which is also the longest delay of an SQS message. */
    public static final Duration MAX_WAIT = Duration.ofMinutes(15);

    /**
     * A hold of the units that a check charges, until {@link Settlement.OfHold} settles it by the actual units or it ends.
     *
     * @param id 1 to {@value #MAX_ID_LENGTH} visible ASCII characters, chosen by the caller. A check with the id of an
     *     earlier hold of the same limit and subject charges nothing and repeats its decision
     * @param millis the time until the hold ends unless it is settled, 1 to {@value #MAX_MILLIS}
     * @param returns whether a hold that ends unsettled returns its units; otherwise they stay charged
     */
    public record Hold(String id, long millis, boolean returns) {

        public static final int MAX_ID_LENGTH = 128;

        /** The maximum duration in milliseconds: 15 minutes. */
        public static final long MAX_MILLIS = 900_000;

        public Hold {
            requireId(id);
            if (millis < 1 || millis > MAX_MILLIS) {
                throw new InvalidLimit("holdMillis", "must be 1 to " + MAX_MILLIS);
            }
        }

        /** Returns a hold with a new id of 128 random bits. */
        public static Hold of(Duration length, boolean returns) {
            return new Hold(RandomToken.next(), length.toMillis(), returns);
        }

        static void requireId(String id) {
            if (!InvalidArgument.isVisible(id, 1, MAX_ID_LENGTH)) {
                throw new InvalidLimit("holdId", "must be 1 to " + MAX_ID_LENGTH + " visible ASCII characters");
            }
        }
    }

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
        if (hold != null && limits.stream().anyMatch(limited -> limited.cost() == 0)) {
            throw new InvalidLimit("cost", "must be at least 1 in a hold");
        }
        // Otherwise it might return its units before the request passes, and others would pass in its place.
        if (hold != null && hold.millis() <= maxWait.toMillis()) {
            throw new InvalidLimit("holdMillis", "must be more than maxWaitMillis");
        }
    }

    /** Creates a check that does not wait. */
    public Check(List<LimitedSubject> limits, Mode mode) {
        this(limits, mode, Duration.ZERO, null);
    }

    /** Creates a check that just charges. */
    public Check(List<LimitedSubject> limits, Mode mode, Duration maxWait) {
        this(limits, mode, maxWait, null);
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

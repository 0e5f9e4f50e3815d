// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import dev.gatehouse.codec.MessagePackWriter;
import org.jspecify.annotations.Nullable;

/**
 * The use of a limit by one subject. Its numbers have a meaning only together with the parameters of its algorithm. All
 * times are in microseconds since 1970, and all durations in microseconds.
 */
public sealed interface LimitState
        permits GcraAlgorithm.State, FixedWindowAlgorithm.State, SlidingWindowAlgorithm.State {

    /** Returns the algorithm that wrote the state. */
    RateAlgorithm algorithm();

    /** Returns the state after a charge, whether the charge fits or not. */
    LimitState charged(long cost);

    /** Returns whether the use is within the limit, so that the charge that led to it is admitted. */
    boolean fits(long now);

    /**
     * Returns whether the limit admits {@code cost}.
     *
     * @param maxWait the maximum time that the charge may wait for its units; only GCRA lets a charge wait
     */
    default boolean admits(long cost, long now, long maxWait) {
        return charged(cost).fits(now);
    }

    /**
     * Returns the state after an unconditional charge. Use beyond the limit is a debt.
     *
     * <p>Use is capped at the amount freed in ten years and at {@link Windows#MAX_COUNT} units. GCRA caps it at
     * 71 years.
     */
    LimitState forced(long units, long now);

    /** Returns the state after a refund of {@code units}; never below unused. */
    LimitState refunded(long units, long now);

    /**
     * Returns the state after a return of up to {@code units} of an earlier charge: no more than is still in use of it, and
     * nothing if the clock went back by more than a window.
     *
     * @param charged the state after that charge, of the same algorithm
     */
    LimitState returned(long units, LimitState charged, long now);

    /**
     * Returns this state after an earlier charge, once what was charged before it went from {@code before} to
     * {@code after}. Only GCRA, where the charges wait in a line, moves it, and only ahead.
     */
    default LimitState following(LimitState before, LimitState after) {
        return this;
    }

    /** Returns the units that the limit would admit at once; never negative. */
    long remaining(long now);

    /** Returns the time until the limit is unused. */
    default long resetAfter(long now) {
        return life(now);
    }

    /** Returns the time until the limit admits {@code cost}; null if it never does. */
    @Nullable
    Long retryAfter(long cost, long now);

    /** Returns the time for which the state must be stored, until a limit of any algorithm is unused; 0 if it is. */
    long life(long now);

    /**
     * Returns whether the clock went back by more than a window since the state was written. The state then moves back
     * with the clock: its limit is as used as when it was written.
     */
    boolean isAhead(long now);

    /** Returns the units in use, for another limit to carry over. */
    UsedUnits used(long now);

    /** Writes the state as three numbers. */
    void writeTo(MessagePackWriter packed);
}

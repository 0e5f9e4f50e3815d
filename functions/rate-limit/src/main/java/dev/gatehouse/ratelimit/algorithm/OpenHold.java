// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import org.jspecify.annotations.Nullable;

/**
 * A hold that is neither settled nor ended.
 *
 * @param endsAt the end, in microseconds since 1970
 * @param length microseconds from its beginning to its end
 * @param units the units charged
 * @param returns whether the units are returned at the end; otherwise they stay charged
 * @param charged the state after the charge; null once the hold can return nothing
 */
public record OpenHold(
        String id,
        long endsAt,
        long length,
        long units,
        boolean returns,
        @Nullable LimitState charged) {

    /** Returns the hold at {@code now}. It begins again if the clock went back by more than its length. */
    OpenHold at(long now) {
        return beganAfter(now) ? new OpenHold(id, now + length, length, units, returns, charged) : this;
    }

    /** Returns whether the clock went back by more than the hold's length since its beginning. */
    boolean beganAfter(long now) {
        return endsAt - now > 2 * length;
    }

    /** Returns the hold once the use that its charge waits behind went from {@code before} to {@code after}. */
    OpenHold following(LimitState before, LimitState after) {
        return charged == null ? this : with(charged.following(before, after));
    }

    OpenHold with(@Nullable LimitState state) {
        return new OpenHold(id, endsAt, length, units, returns, state);
    }
}

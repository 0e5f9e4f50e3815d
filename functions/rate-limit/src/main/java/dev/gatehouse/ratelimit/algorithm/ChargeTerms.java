// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.algorithm;

import org.jspecify.annotations.Nullable;

/**
 * The terms on which a check charges a limit. All durations are in microseconds.
 *
 * @param units the units to charge; 0 only reads
 * @param shadow whether the limit only reports what it would deny
 * @param block the duration of the lock-out that a denial starts; 0 for none
 * @param maxWait the maximum time that the charge may wait for its units, 0 if it may not; only GCRA lets a charge wait
 */
public record ChargeTerms(long units, boolean shadow, long block, long maxWait) {

    /** Returns the terms of a correction, which no limit denies. */
    public static ChargeTerms correcting(long units) {
        return new ChargeTerms(units, false, 0, 0);
    }

    /** Returns whether these terms admit their units, given the record without them. A lock-out denies them. */
    public boolean admit(LimitRecord found, long now) {
        return units == 0 || (!found.isBlocked(now) && hasRoom(found.state(), now));
    }

    private boolean hasRoom(LimitState state, long now) {
        return state.admits(units, now, maxWait);
    }

    /**
     * Returns the lock-out after a check, given the record before it, as a time; 0 for none. The first denial starts one.
     * After a step back of the clock, or if the limit's duration was lowered, one lasts no longer than from now.
     */
    public long blockedUntil(LimitRecord found, long now) {
        if (block == 0) {
            return 0;
        }
        if (found.isBlocked(now)) {
            return Math.min(found.blockedUntil(), now + block);
        }
        return units == 0 || hasRoom(found.state(), now) ? 0 : now + block;
    }

    /** Returns the time until the charged units are free, given the state that includes them. */
    public long waitTime(LimitState charged, long now) {
        var wait = maxWait == 0 || units == 0 || shadow ? null : charged.retryAfter(0, now);
        return wait == null ? 0 : Math.max(0, wait);
    }

    /** Returns the time until these terms admit their units, after a denial that left {@code denied}; null if they never do. */
    public @Nullable Long retryAfter(LimitRecord denied, long now) {
        long blocked = denied.blockedFor(now);
        if (blocked > 0 && hasRoom(denied.state(), now)) {
            return blocked;
        }
        var room = denied.state().retryAfter(units, now);
        return room == null ? null : (Long) Math.max(blocked, room - maxWait);
    }
}

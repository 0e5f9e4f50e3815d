// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.redis.MicroClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a check.
 *
 * @param allowed whether every limit had room, except those in shadow
 * @param limits one for each limit of the check, in its order
 * @param holdEndsAt the end of the check's hold; null if nothing is held
 */
public record CheckDecision(
        boolean allowed,
        List<LimitDecision> limits,
        @Nullable Instant holdEndsAt) {

    public CheckDecision {
        limits = List.copyOf(limits);
    }

    /** Creates a decision without a hold. */
    public CheckDecision(boolean allowed, List<LimitDecision> limits) {
        this(allowed, limits, null);
    }

    /** Returns this decision with a hold that ends at {@code micros} since 1970; without one if that is null. */
    CheckDecision heldUntil(@Nullable Long micros) {
        return micros == null ? this : new CheckDecision(allowed, limits, MicroClock.instant(micros));
    }

    /** Returns the decision of {@code check}, given those of its counted limits in its order. */
    static CheckDecision of(Check check, List<LimitDecision> counted) {
        return of(check, counted, LimitDecision::uncounted);
    }

    /** Returns the state of the limits after a correction, as a read without a charge would. */
    static CheckDecision corrected(Check charges, List<LimitDecision> counted) {
        return of(charges, counted, charged -> LimitDecision.left(charged.limit()));
    }

    private static CheckDecision of(
            Check check, List<LimitDecision> counted, Function<LimitedSubject, LimitDecision> uncounted) {
        var decisions = counted.iterator();
        var limits = new ArrayList<LimitDecision>(check.limits().size());
        for (var limited : check.limits()) {
            limits.add(limited.limit().isCounted() ? decisions.next() : uncounted.apply(limited));
        }
        return of(limits);
    }

    static CheckDecision of(List<LimitDecision> limits) {
        boolean allowed = true;
        for (var limit : limits) {
            allowed &= !(limit instanceof Denied);
        }
        return new CheckDecision(allowed, limits);
    }

    /**
     * Returns the time that the charged request must wait before it passes: the longest of its limits; zero if it need not
     * wait. In whole microseconds, rounded up.
     */
    public Duration waitTime() {
        var longest = Duration.ZERO;
        for (var limit : limits) {
            if (limit instanceof Allowed allowed && longest.compareTo(allowed.waitTime()) < 0) {
                longest = allowed.waitTime();
            }
        }
        return longest;
    }

    /** Returns the time until all denying limits admit; null if one never does, zero if none denies. */
    public @Nullable Duration retryAfter() {
        var longest = Duration.ZERO;
        for (var limit : limits) {
            if (limit instanceof Denied denied) {
                if (denied.retryAfter() == null) {
                    return null;
                }
                longest = longest.compareTo(denied.retryAfter()) < 0 ? denied.retryAfter() : longest;
            }
        }
        return longest;
    }
}

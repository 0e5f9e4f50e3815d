// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.telemetry.CurrentRequest;
import dev.gatehouse.web.Problem;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The invocation that the current thread serves.
 *
 * @param end the moment when Lambda ends it
 * @param problem the response to its malformed event; null if the event is well-formed
 */
public record Invocation(Deadline end, @Nullable Problem problem) {

    private static final ScopedValue<Invocation> CURRENT = ScopedValue.newInstance();

    /**
     * Returns the result of {@code work}, run within the invocation that {@code lambda} describes.
     *
     * @param reserved time at the invocation's end that deadlines leave, in addition to the margin of every decision
     */
    public static <T> T serve(@Nullable Context lambda, Duration reserved, Supplier<T> work) {
        return serve(lambda, reserved, null, work);
    }

    static <T> T serve(@Nullable Context lambda, Duration reserved, @Nullable Problem problem, Supplier<T> work) {
        var remaining = lambda == null ? Duration.ofDays(1) : Duration.ofMillis(lambda.getRemainingTimeInMillis());
        var invocation = new Invocation(Deadline.in(remaining.minus(reserved)), problem);
        try {
            return ScopedValue.where(CURRENT, invocation).call(work::get);
        } finally {
            CurrentRequest.end();
        }
    }

    /** Returns the current invocation's end; null outside of one. */
    static @Nullable Deadline currentEnd() {
        return CURRENT.isBound() ? CURRENT.get().end : null;
    }

    /** Returns the problem of the current invocation's event; null if there is none. */
    static @Nullable Problem currentProblem() {
        return CURRENT.isBound() ? CURRENT.get().problem : null;
    }
}

package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The invocation that the current thread serves.
 *
 * @param end when Lambda ends it
 */
record Invocation(Deadline end) {

    static final ScopedValue<Invocation> CURRENT = ScopedValue.newInstance();

    /** The invocation that {@code context} tells of, cut short by {@code left}; without one it never ends. */
    static Invocation of(@Nullable Context context, Duration left) {
        var remaining = context == null ? Duration.ofDays(1) : Duration.ofMillis(context.getRemainingTimeInMillis());
        return new Invocation(Deadline.in(remaining.minus(left)));
    }
}

package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import dev.gatehouse.http.RequestId;
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

    // An environment serves one invocation at a time, and more threads than its own speak of it.
    private static volatile @Nullable RequestId request;

    /** From now on what is logged is logged of {@code id}. */
    static void begins(RequestId id) {
        request = id;
    }

    static void ends() {
        request = null;
    }

    /** The request that is served now, by whichever thread; null between two. */
    static @Nullable RequestId requestId() {
        return request;
    }

    /** The invocation that {@code context} tells of, cut short by {@code left}; without one it never ends. */
    static Invocation of(@Nullable Context context, Duration left) {
        var remaining = context == null ? Duration.ofDays(1) : Duration.ofMillis(context.getRemainingTimeInMillis());
        return new Invocation(Deadline.in(remaining.minus(left)));
    }
}

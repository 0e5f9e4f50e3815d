// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import dev.gatehouse.redis.Jitter;
import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;

/**
 * The retries of a command that never left this process, with exponential backoff and full jitter. No other command is
 * retried: Redis may have executed it.
 *
 * @param maxRetries 0 to 100
 * @param delay the maximum pause before the first retry, 1 ms to 1 h; doubled for each further one
 * @param maxDelay the maximum of all pauses, {@code delay} to 1 h
 * @param whileOpen whether to retry while the circuit breaker is open, too. Otherwise the command fails at once.
 */
public record RetryPolicy(int maxRetries, Duration delay, Duration maxDelay, boolean whileOpen) {

    /** No retries. */
    public static final RetryPolicy NONE = new RetryPolicy(0, Duration.ofMillis(1), Duration.ofMillis(1), false);

    /** Retries up to three times, after at most 25, 50 and 100 ms, and not while the circuit breaker is open. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(3, Duration.ofMillis(25), Duration.ofMillis(100), false);

    private static final long MAX_MILLIS = 3_600_000;

    /** @throws InvalidArgument if a value is out of its bounds */
    public RetryPolicy {
        InvalidArgument.requireRange("maxRetries", maxRetries, 0, 100);
        InvalidArgument.requireRange("delay", delay.toMillis(), 1, MAX_MILLIS);
        InvalidArgument.requireRange("maxDelay", maxDelay.toMillis(), delay.toMillis(), MAX_MILLIS);
    }

    /** Returns a policy for callers that wait for Redis to return: it retries while the circuit breaker is open, too. */
    public static RetryPolicy untilRecovery(int maxRetries, Duration delay, Duration maxDelay) {
        return new RetryPolicy(maxRetries, delay, maxDelay, true);
    }

    /** Returns whether to retry after {@code reply}, the result of an attempt after {@code retries} earlier ones. */
    boolean isRetryable(Reply<?> reply, int retries) {
        return retries < maxRetries
                && reply instanceof NotSent<?>(var reason)
                && switch (reason) {
                    case NOT_CONNECTED, QUEUE_FULL -> true;
                    case CIRCUIT_OPEN -> whileOpen;
                    case DEADLINE, CLOSED, CONNECTION_LOST -> false;
                };
    }

    /** Returns a random pause before the next attempt, after {@code retries} earlier ones. */
    long pauseNanos(int retries) {
        var longest = maxDelay.toNanos();
        var doubled = retries < 32 ? delay.toNanos() << retries : longest;
        return Jitter.between(0, Math.min(doubled < delay.toNanos() ? longest : doubled, longest) + 1);
    }
}

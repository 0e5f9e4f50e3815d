package dev.gatehouse.fallback;

import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import java.time.Duration;
import java.util.function.Function;

/** The result of an operation: a decision with its source, or none because Redis is unavailable. */
public sealed interface Decision<T> {

    /** A decision, made by {@code source}. */
    record Decided<T>(T decision, Source source) implements Decision<T> {

        /** Returns whether the fallback policy made the decision, without Redis. */
        public boolean degraded() {
            return source == Source.LOCAL;
        }
    }

    /**
     * No decision: Redis did not answer and the policy is {@link FallbackPolicy#CLOSED}.
     *
     * @param retryAfter the time after which a retry may succeed
     */
    record Unavailable<T>(Duration retryAfter) implements Decision<T> {}

    enum Source {
        REDIS,
        LOCAL
    }

    /** Applies {@code decision} to the decision, if there is one. */
    default <R> Decision<R> map(Function<? super T, ? extends R> decision) {
        return switch (this) {
            case Decided<T>(var decided, var source) -> new Decided<>(decision.apply(decided), source);
            case Unavailable<T>(var retryAfter) -> new Unavailable<>(retryAfter);
        };
    }

    /** Converts a reply of Redis: an answered one is decided, any other is unavailable. */
    static <T> Decision<T> of(Reply<T> reply) {
        return switch (reply) {
            case Answered<T>(var decision) -> new Decided<>(decision, Source.REDIS);
            case Refused<T> _, NotSent<T> _, Unknown<T> _ -> new Unavailable<>(Duration.ofSeconds(1));
        };
    }
}

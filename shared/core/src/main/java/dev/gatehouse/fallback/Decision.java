package dev.gatehouse.fallback;

import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import java.time.Duration;
import java.util.function.Function;

/** What a domain says: a decision and where it was made, or that none could be made. */
public sealed interface Decision<T> {

    /** A decision, made by {@code source}. */
    record Decided<T>(T decision, Source source) implements Decision<T> {

        /** Whether it was made without Redis, by the policy for that case. */
        public boolean degraded() {
            return source == Source.LOCAL;
        }
    }

    /**
     * No decision: Redis did not answer and the policy is {@link FallbackPolicy#CLOSED}.
     *
     * @param retryAfter when asking again is worth while
     */
    record Unavailable<T>(Duration retryAfter) implements Decision<T> {}

    /** Who decided. */
    enum Source {
        REDIS,
        LOCAL
    }

    /** The same answer with another decision in it. */
    default <R> Decision<R> map(Function<? super T, ? extends R> decision) {
        return switch (this) {
            case Decided<T>(var decided, var source) -> new Decided<>(decision.apply(decided), source);
            case Unavailable<T>(var retryAfter) -> new Unavailable<>(retryAfter);
        };
    }

    /** Redis's word as an answer: what it answered is decided, anything else is unavailable. */
    static <T> Decision<T> of(Reply<T> reply) {
        return switch (reply) {
            case Answered<T>(var decision) -> new Decided<>(decision, Source.REDIS);
            case Refused<T> _, NotSent<T> _, Unknown<T> _ -> new Unavailable<>(Duration.ofSeconds(1));
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

import dev.gatehouse.redis.Reply;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.Reply.Unknown;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The result of an operation: a decision with its source, or none because Redis is unavailable. */
public sealed interface Decision<T> {

    /** A decision, made by {@code source}. */
    record Decided<T>(T value, Source source) implements Decision<T> {

        /** Returns whether the fallback policy made the decision, without Redis. */
        public boolean degraded() {
            return source == Source.LOCAL;
        }
    }

    /**
     * The absence of a decision: Redis did not reply and the policy is {@link FallbackPolicy#CLOSED}, or memory lacks the
     * subject.
     *
     * @param retryAfter the time after which a retry may succeed
     */
    record Unavailable<T>(Duration retryAfter) implements Decision<T> {}

    /** The maker of a decision. */
    enum Source {
        REDIS,
        LOCAL
    }

    /** Returns the decision {@code value}, made without Redis. */
    static <T> CompletionStage<Decision<T>> local(T value) {
        return CompletableFuture.completedStage(new Decided<>(value, Source.LOCAL));
    }

    /** Applies {@code mapping} to the value of the decision, if there is one. */
    default <R> Decision<R> map(Function<? super T, ? extends R> mapping) {
        return switch (this) {
            case Decided<T>(var value, var source) -> new Decided<>(mapping.apply(value), source);
            case Unavailable<T>(var retryAfter) -> new Unavailable<>(retryAfter);
        };
    }

    /** Passes the value of the decision to {@code action}, if there is one. Returns this decision. */
    default Decision<T> ifDecided(Consumer<? super T> action) {
        if (this instanceof Decided<T>(var value, var _)) {
            action.accept(value);
        }
        return this;
    }

    /** Returns this decision; if unavailable, the one of {@code fallback}. */
    default CompletionStage<Decision<T>> orElse(Function<Unavailable<T>, CompletionStage<Decision<T>>> fallback) {
        return switch (this) {
            // A future, because thenCompose copies a completed stage, and each decision takes this path.
            case Decided<T> decided -> CompletableFuture.completedFuture(decided);
            case Unavailable<T> unavailable -> fallback.apply(unavailable);
        };
    }

    /**
     * Returns this decision; if unavailable, the one of memory. The decision remains unavailable if memory lacks the subject,
     * because Redis may have it.
     *
     * @param isFound whether the decision of memory shows that it has the subject
     */
    default CompletionStage<Decision<T>> orElseIfFound(
            Supplier<CompletionStage<Decision<T>>> memory, Predicate<? super T> isFound) {
        return orElse(unavailable -> memory.get()
                .thenApply(found ->
                        found instanceof Decided<T>(var value, var _) && isFound.test(value) ? found : unavailable));
    }

    /** Converts a reply of Redis: an answered one is decided, any other is unavailable. */
    static <T> Decision<T> of(Reply<T> reply) {
        return switch (reply) {
            case Answered<T>(var value) -> new Decided<>(value, Source.REDIS);
            case Refused<T> _, NotSent<T> _, Unknown<T> _ -> new Unavailable<>(Duration.ofSeconds(1));
        };
    }
}

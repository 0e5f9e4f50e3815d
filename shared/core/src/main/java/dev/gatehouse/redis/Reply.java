// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a command. The four cases differ in what is known about the state of Redis afterwards, which decides
 * whether a retry is safe.
 */
public sealed interface Reply<T extends @Nullable Object> {

    /** Redis executed the command and replied with {@code value}. */
    record Answered<T extends @Nullable Object>(T value) implements Reply<T> {}

    /**
     * Redis replied with an error and changed nothing.
     *
     * @param code the first word of the error: {@code LOADING}, {@code READONLY}, {@code OOM}, {@code WRONGTYPE}, …
     */
    record Refused<T extends @Nullable Object>(String code) implements Reply<T> {}

    /** The command never left this process, so nothing has changed. */
    record NotSent<T extends @Nullable Object>(FailureReason reason) implements Reply<T> {}

    /** The command was sent and has no reply: it may have been executed. Retry only what is idempotent. */
    record Unknown<T extends @Nullable Object>(FailureReason reason) implements Reply<T> {}

    /** The reason why there is no reply. */
    enum FailureReason {
        /** The circuit breaker is open. */
        CIRCUIT_OPEN("the circuit breaker is open"),
        /** No connection could be opened, or the existing one was lost. */
        NOT_CONNECTED("there is no connection"),
        /** The deadline passed before the reply, or before sending. */
        DEADLINE("no reply within the deadline"),
        /** The queue of commands in flight is full. */
        QUEUE_FULL("too many commands are pending"),
        /** The connection broke before the reply. */
        CONNECTION_LOST("the connection broke"),
        /** The link is closed. */
        CLOSED("the link is closed");

        private final String text;

        FailureReason(String text) {
            this.text = text;
        }

        /** Returns the identifier used in logs and metrics: {@code circuit-open}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Returns a description of Redis for operators. */
        public String text() {
            return text;
        }
    }

    /** Returns the reason why there is no reply; null if Redis replied. */
    default @Nullable FailureReason failure() {
        return switch (this) {
            case Answered<T> _, Refused<T> _ -> null;
            case NotSent<T>(var reason) -> reason;
            case Unknown<T>(var reason) -> reason;
        };
    }

    /** Returns the value if Redis executed the command; otherwise {@code fallback}. */
    default T orElse(T fallback) {
        return this instanceof Answered<T>(var value) ? value : fallback;
    }

    /** Applies {@code mapping} to the value of an answered reply. */
    @SuppressWarnings("unchecked")
    default <R extends @Nullable Object> Reply<R> map(Function<? super T, ? extends R> mapping) {
        return this instanceof Answered<T>(var value) ? new Answered<>(mapping.apply(value)) : (Reply<R>) this;
    }
}

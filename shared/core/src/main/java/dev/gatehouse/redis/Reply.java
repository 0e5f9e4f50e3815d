package dev.gatehouse.redis;

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
    record NotSent<T extends @Nullable Object>(FailureReason trouble) implements Reply<T> {}

    /** The command was sent and has no reply: it may have been executed. Retry only what is idempotent. */
    record Unknown<T extends @Nullable Object>(FailureReason trouble) implements Reply<T> {}

    /** The reason why there is no reply. */
    enum FailureReason {
        /** The circuit breaker is open. */
        CIRCUIT_OPEN,
        /** No connection could be opened, or the existing one was lost. */
        NOT_CONNECTED,
        /** The deadline passed before the reply, or before sending. */
        DEADLINE,
        /** The queue of commands in flight is full. */
        QUEUE_FULL,
        /** The connection broke before the reply. */
        CONNECTION_LOST,
        /** The link is closed. */
        CLOSED
    }

    /** Applies {@code mapping} to the value of an answered reply. */
    @SuppressWarnings("unchecked")
    default <R extends @Nullable Object> Reply<R> map(Function<? super T, ? extends R> mapping) {
        return this instanceof Answered<T>(var value) ? new Answered<>(mapping.apply(value)) : (Reply<R>) this;
    }
}

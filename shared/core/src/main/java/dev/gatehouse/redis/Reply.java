package dev.gatehouse.redis;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came of asking Redis. The four arms differ in what is known about Redis's state afterwards, which decides whether
 * asking again is safe.
 */
public sealed interface Reply<T extends @Nullable Object> {

    /** Redis did it and this is what it said. */
    record Answered<T extends @Nullable Object>(T value) implements Reply<T> {}

    /**
     * Redis answered with an error and changed nothing.
     *
     * @param code first word of the error: {@code LOADING}, {@code READONLY}, {@code OOM}, {@code WRONGTYPE}, …
     */
    record Refused<T extends @Nullable Object>(String code) implements Reply<T> {}

    /** It never left this process, so nothing has changed. */
    record NotSent<T extends @Nullable Object>(FailureReason trouble) implements Reply<T> {}

    /** It was sent and no answer came: it may have been done or not. Ask again only what is safe to do twice. */
    record Unknown<T extends @Nullable Object>(FailureReason trouble) implements Reply<T> {}

    /** Why there was no answer. */
    enum FailureReason {
        /** Redis failed a moment ago and is given time. */
        CIRCUIT_OPEN,
        /** No connection could be opened, or the one there was is gone. */
        NOT_CONNECTED,
        /** The deadline came before Redis's answer, or had passed before it was asked. */
        DEADLINE,
        /** More commands are under way than the connection's queue may hold. */
        QUEUE_FULL,
        /** The connection broke while the answer was awaited. */
        CONNECTION_LOST,
        /** The link was closed by its owner. */
        CLOSED
    }

    /** The same reply with an answered value put through {@code mapping}. */
    @SuppressWarnings("unchecked")
    default <R extends @Nullable Object> Reply<R> map(Function<? super T, ? extends R> mapping) {
        return this instanceof Answered<T>(var value) ? new Answered<>(mapping.apply(value)) : (Reply<R>) this;
    }
}

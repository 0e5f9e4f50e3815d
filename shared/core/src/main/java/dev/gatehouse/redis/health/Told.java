package dev.gatehouse.redis.health;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something Redis may tell of itself, for managed ones keep much to themselves.
 *
 * @param value what it told; null if it did not
 * @param reason why it did not; null if it did
 */
public record Told<T>(@Nullable T value, @Nullable String reason) {

    static <T> Told<T> of(T value) {
        return new Told<>(value, null);
    }

    static <T> Told<T> withheld(String reason) {
        return new Told<>(null, reason);
    }

    /** The same with another value in it, or with the same reason. */
    public <R> Told<R> map(Function<? super T, ? extends R> mapping) {
        return value == null ? new Told<>(null, reason) : new Told<>(mapping.apply(value), null);
    }

    /** What came of {@code mapping}, which may find that it was not told after all. */
    public <R> Told<R> flatMap(Function<? super T, Told<R>> mapping) {
        return value == null ? new Told<>(null, reason) : mapping.apply(value);
    }
}

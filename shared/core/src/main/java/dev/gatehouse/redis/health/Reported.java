// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value of the server info, or the reason why Redis withholds it, as managed services often do.
 *
 * @param value null if Redis does not report it
 * @param reason the reason why Redis does not report it; null if it does
 */
public record Reported<T>(@Nullable T value, @Nullable String reason) {

    static <T> Reported<T> of(T value) {
        return new Reported<>(value, null);
    }

    static <T> Reported<T> withheld(String reason) {
        return new Reported<>(null, reason);
    }

    /** Returns the mapped value, or the same reason. */
    public <R> Reported<R> map(Function<? super T, ? extends R> mapping) {
        return flatMap(found -> of(mapping.apply(found)));
    }

    /** Returns the result of {@code mapping}, or the same reason. */
    public <R> Reported<R> flatMap(Function<? super T, Reported<R>> mapping) {
        return value == null ? new Reported<>(null, reason) : mapping.apply(value);
    }

    /** Returns this if it has a value, else {@code other}. */
    Reported<T> or(Reported<T> other) {
        return value == null ? other : this;
    }
}

package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.web.JsonBody;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is made of a body within the domain's bounds; what lies beyond them is a fault of the body. */
record Bounded(JsonBody fields) {

    /** What {@code making} gives; null where a violation was put down, before or by it. */
    <T> @Nullable T make(Supplier<T> making) {
        return fields.make(() -> {
            try {
                return making.get();
            } catch (InvalidLimit invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}

package dev.gatehouse.health.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.redis.health.RedisHealth;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How something is, in the shape of Micronaut's management endpoints. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Health", description = "How it is; the details are for callers with a key.")
record HealthAnswer(
        @Schema(type = "string", description = "Who is.", example = "gatehouse", nullable = true) @Nullable
        String name,

        @Schema(
                type = "string",
                description = "UP, DOWN, or UNKNOWN where there is nothing to be known.",
                example = "UP")
        String status,

        @Schema(description = "What it is made of, or what is known of it.", nullable = true) @Nullable
        Map<String, Object> details) {

    static final String UP = "UP";
    static final String DOWN = "DOWN";
    private static final String UNKNOWN = "UNKNOWN";

    /** For those who may know no more. */
    static HealthAnswer bare(String status) {
        return new HealthAnswer(null, status, null);
    }

    /** The status of the whole, by Redis. */
    static String statusOf(RedisHealth redis) {
        return redis.serves() ? UP : DOWN;
    }

    /** The whole, with Redis as its part. */
    static HealthAnswer detailed(String service, RedisHealth redis) {
        var part =
                new HealthAnswer(service, redis instanceof RedisHealth.Absent ? UNKNOWN : statusOf(redis), told(redis));
        return new HealthAnswer(service, statusOf(redis), Map.of("redis", part));
    }

    private static Map<String, Object> told(RedisHealth redis) {
        return redis instanceof RedisHealth.Disconnected gone
                ? Map.of("status", redis.status(), "error", gone.error())
                : Map.of("status", redis.status());
    }
}

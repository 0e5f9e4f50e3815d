package dev.gatehouse.health.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;

/** How the service is, and what it is made of. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "DetailedHealth", description = "How the service is, and what it is made of.")
record DetailedAnswer(
        @Schema(
                type = "string",
                description = "degraded: something is the matter with Redis; unhealthy: it does not answer.",
                allowableValues = {"healthy", "degraded", "unhealthy"})
        String status,

        @Schema(type = "string", example = "gatehouse") String service,

        @Schema(type = "string", example = "0.1.0") String version,

        @Schema(type = "string", description = "Where it runs.", example = "prod")
        String environment,

        Services services) {

    /** The parts. */
    @Serdeable.Serializable
    @Schema(name = "DetailedHealthServices")
    record Services(RedisAnswer redis, Api api) {}

    /** This process. */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "ApiHealth")
    record Api(
            @Schema(type = "string", description = "healthy, for it answers.", example = "healthy")
            String status,

            @Schema(description = "Since this process started.", example = "3600")
            long uptimeSeconds,

            @Schema(type = "string", example = "25.0.1") String java,

            @Schema(example = "33554432") long heapUsedBytes,

            @Schema(example = "536870912") long heapMaxBytes) {

        static Api now() {
            var heap = Runtime.getRuntime();
            var started = ProcessHandle.current().info().startInstant();
            return new Api(
                    "healthy",
                    started.map(instant ->
                                    Duration.between(instant, Instant.now()).toSeconds())
                            .orElse(0L),
                    Runtime.version().toString(),
                    heap.totalMemory() - heap.freeMemory(),
                    heap.maxMemory());
        }
    }

    static DetailedAnswer of(Service service, RedisAnswer redis) {
        var status =
                switch (redis.status()) {
                    case "disconnected" -> "unhealthy";
                    case "degraded" -> "degraded";
                    default -> "healthy";
                };
        return new DetailedAnswer(
                status, service.name(), service.version(), service.environment(), new Services(redis, Api.now()));
    }
}

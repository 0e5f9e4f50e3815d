// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.health.http.RedisHealthResponse.Trouble;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The health of the service and its parts.
 *
 * @param status degraded if Redis has troubles or does not reply, so that the functions decide by their fallback policies
 * @param environment the deployment environment, such as prod
 * @param troubles the conditions to correct
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "DetailedHealth")
record DetailedHealthResponse(
        @Schema(
                type = "string",
                allowableValues = {"healthy", "degraded"})
        String status,

        String service,
        String version,
        String environment,
        Services services,
        List<Trouble> troubles) {

    /** The parts. */
    @Serdeable.Serializable
    @Schema(name = "DetailedHealthServices")
    record Services(RedisHealthResponse redis, Api api) {}

    /**
     * This process.
     *
     * @param status healthy, since it responds
     */
    @Serdeable.Serializable
    @Schema(name = "ApiHealth")
    record Api(String status, long uptimeSeconds, String java, long heapUsedBytes, long heapMaxBytes) {

        static Api now() {
            var heap = Runtime.getRuntime();
            var uptime = ProcessHandle.current()
                    .info()
                    .startInstant()
                    .map(start -> Duration.between(start, Instant.now()))
                    .orElse(Duration.ZERO);
            return new Api(
                    "healthy",
                    uptime.toSeconds(),
                    Runtime.version().toString(),
                    heap.totalMemory() - heap.freeMemory(),
                    heap.maxMemory());
        }
    }

    static DetailedHealthResponse of(ServiceInfo service, RedisHealthResponse redis) {
        var isDegraded = redis.status().equals("degraded") || redis.status().equals("disconnected");
        return new DetailedHealthResponse(
                isDegraded ? "degraded" : "healthy",
                service.name,
                service.version,
                service.environment,
                new Services(redis, Api.now()),
                redis.troubles());
    }
}

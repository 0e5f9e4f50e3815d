// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The recent figures of this server.
 *
 * @param intervalMillis the usual time between two samples; a sample after a pause of the machine covers the pause
 * @param startedAt when the server started, in milliseconds since 1970
 * @param now the present time of the server, in milliseconds since 1970
 * @param samples the samples, the earliest first
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "ConsoleFigures")
record FiguresResponse(long intervalMillis, long startedAt, long now, List<Sample> samples) {

    /**
     * The figures since the previous sample, without requests of health, metrics and pages.
     *
     * @param at the time of the sample, in milliseconds since 1970
     * @param requests the requests by outcome
     * @param degraded the decisions made without Redis
     * @param errors the requests with a status of 500 or more
     * @param circuit the state of the circuit breaker: closed, open or half-open; null if Redis is disabled
     * @param connected whether Redis serves
     * @param redisMemoryBytes the used memory of Redis at the latest check; null if it is unknown
     * @param webSockets the open WebSockets
     */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "ConsoleSample")
    record Sample(
            long at,
            Map<String, Long> requests,
            long degraded,
            long errors,
            RoundTrips roundTrip,
            Durations requestDuration,
            @Nullable String circuit,
            boolean connected,
            long heapUsedBytes,
            long heapMaxBytes,
            @Nullable Long redisMemoryBytes,
            int webSockets) {}

    /**
     * The times from sending a command to the reply of Redis.
     *
     * @param p50Micros the median in microseconds; null without a command
     * @param p99Micros the 99th percentile in microseconds; null without a command
     * @param count the number of commands
     */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "ConsoleRoundTrips")
    record RoundTrips(@Nullable Long p50Micros, @Nullable Long p99Micros, long count) {}

    /**
     * The times from arrival to response.
     *
     * @param p50Micros the median in microseconds; null without a request
     * @param p99Micros the 99th percentile in microseconds; null without a request
     */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "ConsoleDurations")
    record Durations(@Nullable Long p50Micros, @Nullable Long p99Micros) {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import dev.gatehouse.health.RedisChecks;
import dev.gatehouse.redis.health.RedisHealth.Absent;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.CallerProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reports the health of Redis in detail, for operators with an API key. */
@RightsAllowed("read")
@Controller
@Tag(name = "Health", description = "The health of Redis and the service.")
@CallerProblems
public class RedisHealthController {

    private final ServiceInfo service;
    private final RedisChecks checks;

    RedisHealthController(ServiceInfo service, RedisChecks checks) {
        this.service = service;
        this.checks = checks;
    }

    /**
     * Performs operations on Redis and reports the results. Performs a ping, and sets, gets and deletes a key, on the
     * function's own connection and within its deadline. troubles lists what should be corrected.
     */
    @Get("/health/redis")
    @Operation(operationId = "getRedisHealth")
    @ApiResponse(
            responseCode = "200",
            description = "Redis replies. With troubles, the status is degraded.",
            content = @Content(schema = @Schema(implementation = RedisHealthResponse.class)))
    @ApiResponse(
            responseCode = "503",
            description = "Redis does not reply; error has the reason.",
            content = @Content(schema = @Schema(implementation = RedisHealthResponse.class)))
    public CompletionStage<HttpResponse<?>> redis(@Parameter(hidden = true) Tenant caller) {
        return operations().thenApply(redis -> HttpResponse.status(
                        redis.status().equals("disconnected") ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.OK)
                .body(redis));
    }

    /** Reports the health of the service and its parts. */
    @Get("/health/detailed")
    @Operation(operationId = "getDetailedHealth")
    @ApiResponse(
            responseCode = "200",
            description = "The service responds. Without Redis, or with troubles, the status is degraded.",
            content = @Content(schema = @Schema(implementation = DetailedHealthResponse.class)))
    public CompletionStage<HttpResponse<?>> detailed(@Parameter(hidden = true) Tenant caller) {
        return operations().thenApply(redis -> HttpResponse.ok(DetailedHealthResponse.of(service, redis)));
    }

    /** Reports the statistics of Redis. */
    @Get("/redis/stats")
    @Operation(operationId = "getRedisStats")
    @ApiResponse(
            responseCode = "200",
            description = "The statistics.",
            content = @Content(schema = @Schema(implementation = RedisStatsResponse.class)))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> stats(@Parameter(hidden = true) Tenant caller) {
        return checks.script().thenCompose(health -> switch (health) {
            case Connected _ -> checks.serverInfo().thenApply(server -> HttpResponse.ok(RedisStatsResponse.of(server)));
            case Disconnected disconnected -> unavailable("Redis does not reply: " + disconnected.error() + ".");
            case Absent _ -> unavailable("Redis is disabled by choice.");
        });
    }

    private static CompletionStage<HttpResponse<?>> unavailable(String why) {
        return CompletableFuture.completedStage(
                Problem.storeUnavailable(Duration.ofSeconds(1)).withDetail(why).response());
    }

    private CompletionStage<RedisHealthResponse> operations() {
        return checks.operations().thenApply(health -> RedisHealthResponse.of(health, checks.url(), checks.circuit()));
    }
}

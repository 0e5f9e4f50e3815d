package dev.gatehouse.health.http;

import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Absent;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Tenant;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
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

/** For those who run it, and have a key: how is Redis, and what is the matter with it? */
@Controller
@Tag(name = "Health", description = "Is the store well?")
@KeyNeeded
public class RedisHealthController {

    private final Service service;
    private final RedisChecks checks;

    RedisHealthController(Service service, RedisChecks checks) {
        this.service = service;
        this.checks = checks;
    }

    /** Performs operations on the function's own connection and tells how they went. */
    @Get("/health/redis")
    @Operation(
            operationId = "redisHealth",
            summary = "Perform operations on Redis and tell how they went",
            description =
                    "A ping, and a key that is set, read and deleted, on the function's own connection and within its "
                            + "deadline. troubles names what should be mended, and how.")
    @ApiResponse(
            responseCode = "200",
            description = "Redis answers. Where something is the matter with it the status is degraded.",
            content = @Content(schema = @Schema(implementation = RedisAnswer.class)))
    @ApiResponse(
            responseCode = "503",
            description = "Redis does not answer; error says why.",
            content = @Content(schema = @Schema(implementation = RedisAnswer.class)))
    public CompletionStage<HttpResponse<?>> redis(@Parameter(hidden = true) Tenant caller) {
        return checks.look().thenApply(health -> response(health).body(answer(health)));
    }

    /** The same, with the service around it. */
    @Get("/health/detailed")
    @Operation(operationId = "detailedHealth", summary = "Tell how the service is and what it is made of")
    @ApiResponse(
            responseCode = "200",
            description = "Redis answers.",
            content = @Content(schema = @Schema(implementation = DetailedAnswer.class)))
    @ApiResponse(
            responseCode = "503",
            description = "Redis does not answer.",
            content = @Content(schema = @Schema(implementation = DetailedAnswer.class)))
    public CompletionStage<HttpResponse<?>> detailed(@Parameter(hidden = true) Tenant caller) {
        return checks.look().thenApply(health -> response(health).body(DetailedAnswer.of(service, answer(health))));
    }

    /** What Redis tells of itself. */
    @Get("/redis/stats")
    @Operation(operationId = "redisStats", summary = "Tell what Redis tells of itself")
    @ApiResponse(
            responseCode = "200",
            description = "Its figures.",
            content = @Content(schema = @Schema(implementation = StatsAnswer.class)))
    @ApiResponse(responseCode = "503", description = "Redis does not answer: problem store-unavailable.")
    public CompletionStage<HttpResponse<?>> stats(@Parameter(hidden = true) Tenant caller) {
        return checks.glance().thenCompose(health -> switch (health) {
            case Connected _ -> checks.facts().thenApply(facts -> HttpResponse.ok(StatsAnswer.of(facts)));
            case Disconnected gone -> unavailable("Redis does not answer: " + gone.error() + ".");
            case Absent _ -> unavailable("There is no Redis here, by choice.");
        });
    }

    private static CompletionStage<HttpResponse<?>> unavailable(String why) {
        return CompletableFuture.completedStage(
                Problem.storeUnavailable(Duration.ofSeconds(1)).withDetail(why).response());
    }

    private static MutableHttpResponse<Object> response(RedisHealth health) {
        return HttpResponse.status(health instanceof Disconnected ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.OK);
    }

    private RedisAnswer answer(RedisHealth health) {
        return RedisAnswer.of(health, checks.url(), checks.circuit());
    }
}

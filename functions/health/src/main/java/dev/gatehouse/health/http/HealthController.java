package dev.gatehouse.health.http;

import dev.gatehouse.web.Tenant;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** For those who start, stop and route to it: is it alive, and is it ready? */
@Controller("/health")
@Tag(name = "Health", description = "Is the store well?")
@SecurityRequirements
public class HealthController {

    private final Service service;
    private final RedisChecks checks;

    HealthController(Service service, RedisChecks checks) {
        this.service = service;
        this.checks = checks;
    }

    /** The same as {@link #readiness}. */
    @Get
    @Operation(operationId = "health", summary = "Tell whether decisions can be made as they are meant to be")
    @ReadinessAnswers
    public CompletionStage<HttpResponse<?>> health(@Parameter(hidden = true) @Nullable Tenant caller) {
        return readiness(caller);
    }

    /** Whether this process runs. It asks nobody. */
    @Get("/liveness")
    @Operation(operationId = "liveness", summary = "Tell that the process runs, whatever Redis does")
    @ApiResponse(
            responseCode = "200",
            description = "It does.",
            content = @Content(schema = @Schema(implementation = HealthAnswer.class)))
    public CompletionStage<HttpResponse<?>> liveness(@Parameter(hidden = true) @Nullable Tenant caller) {
        return CompletableFuture.completedStage(HttpResponse.ok(
                caller == null
                        ? HealthAnswer.bare(HealthAnswer.UP)
                        : new HealthAnswer(service.name(), HealthAnswer.UP, null)));
    }

    /** Whether decisions can be made as they are meant to be: by one write to Redis. */
    @Get("/readiness")
    @Operation(operationId = "readiness", summary = "Tell whether decisions can be made as they are meant to be")
    @ReadinessAnswers
    public CompletionStage<HttpResponse<?>> readiness(@Parameter(hidden = true) @Nullable Tenant caller) {
        return checks.glance().thenApply(redis -> {
            var status = HealthAnswer.statusOf(redis);
            return HttpResponse.status(redis.serves() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                    .body(caller == null ? HealthAnswer.bare(status) : HealthAnswer.detailed(service.name(), redis));
        });
    }
}

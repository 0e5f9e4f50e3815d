package dev.gatehouse.functions.ratelimit;

import dev.gatehouse.http.Deadlines;
import dev.gatehouse.http.Problem;
import dev.gatehouse.http.Reading.Faulty;
import dev.gatehouse.http.Reading.Read;
import dev.gatehouse.http.Tenant;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.RateLimiter;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** May it pass now? */
@Controller("/v1/rate-limits")
@Tag(name = "Rate limits", description = "May it pass now?")
public class RateLimitController {

    private final RateLimiter limiter;
    private final Deadlines deadlines;

    RateLimitController(RateLimiter limiter, Deadlines deadlines) {
        this.limiter = limiter;
        this.deadlines = deadlines;
    }

    /** Decides and charges one or more limits. */
    @Post("/check")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "checkRateLimits",
            summary = "Decide whether a request may pass, and charge its limits",
            description = "In mode all (the default) either every limit has room and all are charged, or none is. "
                    + "In mode each every limit is decided alone. A denial charges nothing. A cost of 0 only looks.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CheckRequest.class),
                            examples = {
                                @ExampleObject(name = "One limit", value = """
                                                {"limits": [{"name": "api", "subject": "user-42", "limit": 100, "windowSeconds": 60}]}\
                                                """),
                                @ExampleObject(name = "Two limits at once", value = """
                                                {"limits": [\
                                                {"name": "second", "subject": "user-42", "limit": 5, "windowSeconds": 1}, \
                                                {"name": "day", "subject": "user-42", "limit": 10000, "windowSeconds": 86400}\
                                                ]}\
                                                """),
                                @ExampleObject(name = "Only look", value = """
                                                {"mode": "each", "limits": [{"name": "api", "subject": "user-42", "limit": 100, \
                                                "windowSeconds": 60, "cost": 0}]}\
                                                """)
                            }))
    @ApiResponse(
            responseCode = "200",
            description = "It may pass (mode all), or every limit was decided alone (mode each).",
            headers = {
                @Header(
                        name = "RateLimit-Policy",
                        description = "The limits: quota q in a window of w seconds.",
                        schema = @Schema(type = "string", example = "\"api\";q=100;w=60")),
                @Header(
                        name = "RateLimit",
                        description = "Their state: r remaining, wholly unused again in t seconds.",
                        schema = @Schema(type = "string", example = "\"api\";r=99;t=1")),
                @Header(
                        name = "X-RateLimit-Limit",
                        description = "Units in a window of the tightest limit.",
                        schema = @Schema(type = "integer", example = "100")),
                @Header(
                        name = "X-RateLimit-Remaining",
                        description = "What is left of it.",
                        schema = @Schema(type = "integer", example = "99")),
                @Header(
                        name = "X-RateLimit-Reset",
                        description = "Seconds until it is wholly unused again.",
                        schema = @Schema(type = "integer", example = "1")),
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CheckAnswer.class)))
    @ApiResponse(
            responseCode = "400",
            description = "The body is not a check: problem invalid-request, with the faults found in errors.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.InvalidRequest.class)))
    @ApiResponse(
            responseCode = "401",
            description = "No API key, or an unknown one: problem unauthenticated.",
            headers = {
                @Header(
                        name = "WWW-Authenticate",
                        description = "How to authenticate.",
                        schema = @Schema(type = "string", example = "Bearer realm=\"gatehouse\""))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @ApiResponse(
            responseCode = "406",
            description = "Accept takes no JSON: problem not-acceptable.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @ApiResponse(
            responseCode = "413",
            description = "The body is over 256 KiB: problem content-too-large.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @ApiResponse(
            responseCode = "415",
            description = "The body is not said to be JSON, or is packed: problem unsupported-media-type.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @ApiResponse(
            responseCode = "429",
            description = "It may not pass now: problem quota-exceeded.",
            headers = {
                @Header(
                        name = "Retry-After",
                        description = "Seconds until it may pass; absent if it never may.",
                        schema = @Schema(type = "integer", example = "1")),
                @Header(
                        name = "RateLimit-Policy",
                        description = "The limits: quota q in a window of w seconds.",
                        schema = @Schema(type = "string", example = "\"api\";q=100;w=60")),
                @Header(
                        name = "RateLimit",
                        description = "Their state: r remaining, wholly unused again in t seconds.",
                        schema = @Schema(type = "string", example = "\"api\";r=99;t=1")),
                @Header(
                        name = "X-RateLimit-Limit",
                        description = "Units in a window of the tightest limit.",
                        schema = @Schema(type = "integer", example = "100")),
                @Header(
                        name = "X-RateLimit-Remaining",
                        description = "What is left of it.",
                        schema = @Schema(type = "integer", example = "99")),
                @Header(
                        name = "X-RateLimit-Reset",
                        description = "Seconds until it is wholly unused again.",
                        schema = @Schema(type = "integer", example = "1")),
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.QuotaExceeded.class)))
    @ApiResponse(
            responseCode = "503",
            description = "Redis does not answer and the policy is to refuse: problem store-unavailable.",
            headers = {
                @Header(
                        name = "Retry-After",
                        description = "Seconds until it is worth asking again.",
                        schema = @Schema(type = "integer", example = "1"))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    public CompletionStage<HttpResponse<?>> check(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        return switch (CheckRequest.read(body)) {
            case Read<Check>(var check) ->
                limiter.check(tenant.name(), check, deadlines.next()).thenApply(new CheckResponse(check)::to);
            case Faulty<Check>(var violations) ->
                CompletableFuture.completedStage(
                        Problem.invalidRequest(violations).response());
        };
    }
}

package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.web.Deadlines;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.UnsafeToAskAgain;
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
import java.util.concurrent.CompletionStage;

/** Serves the checks of rate limits. */
@Controller("/v1/rate-limits")
@Tag(name = "Rate limits", description = "Decide whether a request may pass.")
@BodyProblems
public class RateLimitController {

    private final RateLimiter limiter;
    private final NamedPolicies policies;
    private final Deadlines deadlines;

    RateLimitController(RateLimiter limiter, NamedPolicies policies, Deadlines deadlines) {
        this.limiter = limiter;
        this.policies = policies;
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
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CheckRequest.class),
                            examples = {
                                @ExampleObject(name = "One limit", value = """
                                                {"limits": [{"name": "api", "subject": "user-42", "limit": 100, "windowSeconds": 60}]}\
"""),
                                @ExampleObject(name = "A policy and a quota", value = """
                                                {"limits": [{"policy": "free-plan", "subject": "user-42"}, {"name": "exports", "subject": "user-42",
"algorithm": "fixed-window", "limit": 10, "period": "day", "timeZone": "Europe/Berlin"}]}\
"""),
                                @ExampleObject(name = "Only look", value = """
                                                {"mode": "each", "limits": [{"name": "api", "subject": "user-42", "limit": 100, "windowSeconds": 60, "cost": 0}]}\
""")
                            }))
    @ApiResponse(
            responseCode = "200",
            description = "The request may pass (mode all), or every limit was decided alone (mode each).",
            headers = {
                @Header(
                        name = "RateLimit-Policy",
                        description = "The limits that can deny: quota q in a window of w seconds.",
                        schema = @Schema(type = "string")),
                @Header(
                        name = "RateLimit",
                        description = "Their state: r remaining, unused again in t seconds.",
                        schema = @Schema(type = "string")),
                @Header(
                        name = "X-RateLimit-Limit",
                        description = "The limit of the tightest limit that can deny.",
                        schema = @Schema(type = "integer")),
                @Header(
                        name = "X-RateLimit-Remaining",
                        description = "Its remaining units.",
                        schema = @Schema(type = "integer")),
                @Header(
                        name = "X-RateLimit-Reset",
                        description = "Seconds until it is unused again.",
                        schema = @Schema(type = "integer")),
                @Header(name = "Gatehouse-Source", description = "redis or local.", schema = @Schema(type = "string"))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CheckResponse.class)))
    @ApiResponse(
            responseCode = "429",
            description = "The request may not pass now: problem quota-exceeded.",
            headers = {
                @Header(
                        name = "Retry-After",
                        description = "Seconds until it may pass; absent if it never may.",
                        schema = @Schema(type = "integer")),
                @Header(
                        name = "RateLimit-Policy",
                        description = "The limits that can deny: quota q in a window of w seconds.",
                        schema = @Schema(type = "string")),
                @Header(
                        name = "RateLimit",
                        description = "Their state: r remaining, unused again in t seconds.",
                        schema = @Schema(type = "string")),
                @Header(
                        name = "X-RateLimit-Limit",
                        description = "The limit of the tightest limit that can deny.",
                        schema = @Schema(type = "integer")),
                @Header(
                        name = "X-RateLimit-Remaining",
                        description = "Its remaining units.",
                        schema = @Schema(type = "integer")),
                @Header(
                        name = "X-RateLimit-Reset",
                        description = "Seconds until it is unused again.",
                        schema = @Schema(type = "integer")),
                @Header(name = "Gatehouse-Source", description = "redis or local.", schema = @Schema(type = "string"))
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = LimitProblems.QuotaProblem.class)))
    @UnsafeToAskAgain
    public CompletionStage<HttpResponse<?>> check(@Parameter(hidden = true) Tenant tenant, @Body CheckRequest request) {
        var deadline = deadlines.next();
        return policies.with(tenant, request.namesPolicy(), deadline, known -> {
            var check = request.toCheck(known);
            return limiter.check(tenant.name(), check, deadline)
                    .thenApply(decision -> CheckResponse.to(check, decision));
        });
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.http.policy.NamedPolicies;
import dev.gatehouse.ratelimit.telemetry.LimitReporter;
import dev.gatehouse.web.CommonHeadersFilter;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.BodyProblems;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
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
@RightsAllowed("check")
@Controller("/v1/rate-limits")
@Tag(name = "Rate limits", description = "Decide whether a request may pass.")
@BodyProblems
public class RateLimitController {

    private final RateLimiter limiter;
    private final NamedPolicies policies;
    private final LimitReporter reporter;
    private final DeadlineFactory deadlines;

    RateLimitController(
            RateLimiter limiter, NamedPolicies policies, LimitReporter reporter, DeadlineFactory deadlines) {
        this.limiter = limiter;
        this.policies = policies;
        this.reporter = reporter;
        this.deadlines = deadlines;
    }

    /**
     * Decides whether a request may pass, and charges its limits. In mode all (the default) either every limit has
     * room and all are charged, or none is. In mode each every limit is decided alone. A denial charges nothing. A
     * cost of 0 only looks and is never denied. A request that can wait gives maxWaitMillis: if there is room by then, it is
     * charged now, and must wait for waitMillis before it passes. With holdMillis the charged units are held until they are
     * settled, or the hold ends; a repetition with the same holdId charges nothing.
     */
    @Post("/check")
    @Operation(operationId = "checkRateLimits")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CheckRequest.class),
                            examples = {
                                @ExampleObject(name = "One limit", ref = "OneLimit"),
                                @ExampleObject(name = "A policy and a quota", ref = "PolicyAndQuota"),
                                @ExampleObject(name = "Only look", ref = "Look"),
                                @ExampleObject(name = "Wait for a turn", ref = "Wait"),
                                @ExampleObject(name = "Hold tokens of a language model", ref = "Hold")
                            }))
    @ApiResponse(
            responseCode = "200",
            description = "The request may pass (mode all), or every limit was decided alone (mode each).",
            headers = {
                @Header(name = "RateLimit-Policy", ref = "RateLimit-Policy"),
                @Header(name = "RateLimit", ref = "RateLimit"),
                @Header(name = "X-RateLimit-Limit", ref = "X-RateLimit-Limit"),
                @Header(name = "X-RateLimit-Remaining", ref = "X-RateLimit-Remaining"),
                @Header(name = "X-RateLimit-Reset", ref = "X-RateLimit-Reset"),
                @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source")
            },
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CheckResponse.class)))
    @ApiResponse(responseCode = "429", ref = "QuotaExceeded")
    @ApiResponse(responseCode = "503", ref = "CheckUnknown")
    public CompletionStage<HttpResponse<?>> check(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body CheckRequest request) {
        var deadline = deadlines.next();
        return policies.with(tenant, request.policies(), deadline, snapshot -> {
            var check = request.toCheck(snapshot);
            return limiter.check(tenant.name(), check, deadline)
                    .thenApply(decision -> CheckResponse.to(
                            check,
                            request.maxWaitMillis() != null,
                            decision.ifDecided(made -> reporter.report(
                                    tenant.name(),
                                    check,
                                    made,
                                    request::isPolicy,
                                    () -> CommonHeadersFilter.traceOf(http)))));
        });
    }
}

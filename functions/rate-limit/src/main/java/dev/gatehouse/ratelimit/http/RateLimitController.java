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
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** May it pass now? */
@Controller("/v1/rate-limits")
@Tag(name = "Rate limits", description = "May it pass now?")
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
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = LimitSchema.Checked.class),
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
                                @ExampleObject(name = "A policy and a quota", value = """
                                                {"limits": [\
                                                {"policy": "free-plan", "subject": "user-42"}, \
                                                {"name": "exports", "subject": "user-42", "algorithm": "fixed-window", "limit": 10, \
                                                "period": "day", "timeZone": "Europe/Berlin"}\
                                                ]}\
                                                """),
                                @ExampleObject(name = "Only look", value = """
                                                {"mode": "each", "limits": [{"name": "api", "subject": "user-42", "limit": 100, \
                                                "windowSeconds": 60, "cost": 0}]}\
                                                """)
                            }))
    @Decisions
    @UnsafeToAskAgain
    public CompletionStage<HttpResponse<?>> check(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        var deadline = deadlines.next();
        return policies.in(
                tenant, AskedCheck.read(body), deadline, check -> limiter.check(tenant.name(), check, deadline)
                        .thenApply(new CheckResponse(check)::to));
    }
}

package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.web.Deadlines;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.SafeToAskAgain;
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
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What was charged and should not have been, or not so. */
@Controller("/v1/rate-limits")
@Tag(name = "Rate limits", description = "May it pass now?")
@BodyProblems
public class CorrectionController {

    private final RateLimiter limiter;
    private final NamedPolicies policies;
    private final Deadlines deadlines;

    CorrectionController(RateLimiter limiter, NamedPolicies policies, Deadlines deadlines) {
        this.limiter = limiter;
        this.policies = policies;
        this.deadlines = deadlines;
    }

    /** Gives back what checks charged. */
    @Post("/refund")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "refundRateLimits",
            summary = "Give back what a check charged, for work that was not done after all",
            description = "Takes the body of the check; its mode does not matter. At most what is used is given back.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = LimitSchema.Checked.class),
                            examples = @ExampleObject(name = "One limit", value = """
                                            {"limits": [{"name": "api", "subject": "user-42", "limit": 100, "windowSeconds": 60}]}\
                                            """)))
    @ApiResponse(
            responseCode = "200",
            description = "It is given back.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = CorrectionAnswer.class)))
    @UnsafeToAskAgain
    public CompletionStage<HttpResponse<?>> refund(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        var deadline = deadlines.next();
        return policies.in(
                tenant, AskedCheck.read(body), deadline, charges -> limiter.refund(tenant.name(), charges, deadline)
                        .thenApply(new CorrectionResponse(charges.limits())::toRefund));
    }

    /** Charges or gives back what work cost more or less than was reserved for it. */
    @Post("/settle")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "settleRateLimit",
            summary = "Charge or give back the difference between what was reserved and what was needed",
            description =
                    "What was needed beyond the limit is charged all the same: it goes into debt, and later checks "
                            + "wait it off.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = LimitSchema.Settled.class),
                            examples = @ExampleObject(name = "Dearer than thought", value = """
                                            {"name": "tokens", "subject": "user-42", "limit": 1000, "windowSeconds": 60, \
                                            "reserved": 100, "actual": 180}\
                                            """)))
    @ApiResponse(
            responseCode = "200",
            description = "The difference is charged or given back.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = CorrectionAnswer.class)))
    @UnsafeToAskAgain
    public CompletionStage<HttpResponse<?>> settle(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        var deadline = deadlines.next();
        return policies.in(tenant, AskedSettlement.read(body), deadline, settlement -> {
            var settled = new LimitedSubject(settlement.limit(), settlement.subject(), 0);
            return limiter.settle(tenant.name(), settlement, deadline)
                    .thenApply(new CorrectionResponse(List.of(settled))::toSettle);
        });
    }

    /** Forgets what a subject has used of a limit. */
    @Post("/reset")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "resetRateLimit",
            summary = "Forget what a subject has used of a limit",
            description = "Its debts are forgotten, too. The answer is the same where nothing was used.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = LimitSchema.Reset.class),
                            examples = @ExampleObject(name = "One limit", value = """
                                            {"name": "api", "subject": "user-42"}\
                                            """)))
    @ApiResponse(
            responseCode = "204",
            description = "Nothing is used.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")))
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> reset(
            @Parameter(hidden = true) Tenant tenant, @Body byte @Nullable [] body) {
        var deadline = deadlines.next();
        return policies.in(tenant, AskedSubject.readReset(body), deadline, used -> limiter.reset(
                        tenant.name(), used.limit().name(), used.subject(), deadline)
                .thenApply(new CorrectionResponse(List.of(used))::toReset));
    }
}

package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.http.policy.NamedPolicies;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import dev.gatehouse.web.openapi.UnsafeToRetry;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.serde.annotation.Serdeable;
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

/** Serves the corrections of what was charged. */
@RightsAllowed("check")
@Controller("/v1/rate-limits")
@Tag(name = "Rate limits", description = "Decide whether a request may pass.")
@BodyProblems
public class CorrectionController {

    private final RateLimiter limiter;
    private final NamedPolicies policies;
    private final DeadlineFactory deadlines;

    CorrectionController(RateLimiter limiter, NamedPolicies policies, DeadlineFactory deadlines) {
        this.limiter = limiter;
        this.policies = policies;
        this.deadlines = deadlines;
    }

    /**
     * Gives back what a check charged. Takes the body of the check, for work that was not done; its mode does not
     * matter. At most the units in use are refunded.
     */
    @Post("/refund")
    @Operation(operationId = "refundRateLimits")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = CheckRequest.class),
                            examples = {@ExampleObject(name = "One limit", ref = "OneLimit")}))
    @ApiResponse(
            responseCode = "200",
            description = "The charges were refunded.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = CorrectionResponse.class)))
    @UnsafeToRetry
    public CompletionStage<HttpResponse<?>> refund(
            @Parameter(hidden = true) Tenant tenant, @Body CheckRequest request) {
        var deadline = deadlines.next();
        return policies.with(tenant, request.policies(), deadline, snapshot -> {
            var charges = request.toCheck(snapshot);
            return limiter.refund(tenant.name(), charges, deadline)
                    .thenApply(decision -> DecisionResponse.of(
                            decision,
                            "Whether the charges were refunded is unknown. A repetition may refund them twice.",
                            decided ->
                                    corrected(charges.limits(), decided.value().limits(), decided.degraded())));
        });
    }

    /**
     * Charges or refunds the difference between the reserved and the actual units. Units beyond the limit are
     * charged all the same: they become debt, and later checks wait it off.
     */
    @Post("/settle")
    @Operation(operationId = "settleRateLimit")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SettleRequest.class),
                            examples = {@ExampleObject(name = "More than reserved", ref = "MoreThanReserved")}))
    @ApiResponse(
            responseCode = "200",
            description = "The difference was charged or refunded.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = CorrectionResponse.class)))
    @UnsafeToRetry
    public CompletionStage<HttpResponse<?>> settle(
            @Parameter(hidden = true) Tenant tenant, @Body SettleRequest request) {
        var deadline = deadlines.next();
        return policies.with(tenant, request.selector().policies(), deadline, snapshot -> {
            var settlement = request.toSettlement(snapshot);
            var settled = List.of(new LimitedSubject(settlement.limit(), settlement.subject(), 0));
            return limiter.settle(tenant.name(), settlement, deadline)
                    .thenApply(decision -> DecisionResponse.of(
                            decision,
                            "The difference may or may not have been settled; a repetition may settle it twice.",
                            decided -> corrected(settled, List.of(decided.value()), decided.degraded())));
        });
    }

    /**
     * Forgets what a subject has used of a limit. Its debt is forgotten, too. The response is the same where nothing
     * was used.
     */
    @Post("/reset")
    @Operation(operationId = "resetRateLimit")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ResetRequest.class),
                            examples = {@ExampleObject(name = "One limit", ref = "OneLimit")}))
    @ApiResponse(
            responseCode = "204",
            description = "Nothing is used.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> reset(@Parameter(hidden = true) Tenant tenant, @Body ResetRequest request) {
        var deadline = deadlines.next();
        var selector = request.selector();
        return policies.with(tenant, selector.policies(), deadline, snapshot -> limiter.reset(
                        tenant.name(), request.limitName(snapshot), selector.subject(), deadline)
                .thenApply(decision -> DecisionResponse.of(
                        decision,
                        "The limit may or may not have been reset. It is safe to repeat the request.",
                        _ -> HttpResponse.noContent())));
    }

    private static MutableHttpResponse<?> corrected(
            List<LimitedSubject> limits, List<LimitDecision> decisions, boolean degraded) {
        return HttpResponse.ok(new CorrectionResponse(degraded, LimitResponse.ofAll(limits, decisions)));
    }

    /**
     * The state of limits after a refund or a settlement.
     *
     * @param degraded whether it was done without Redis
     * @param limits one for each limit of the request, in its order
     */
    @Serdeable.Serializable
    @Schema(name = "CorrectionResponse")
    record CorrectionResponse(boolean degraded, List<LimitResponse> limits) {}
}

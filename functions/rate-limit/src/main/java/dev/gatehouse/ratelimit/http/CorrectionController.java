// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.Settlement;
import dev.gatehouse.ratelimit.http.policy.NamedPolicies;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
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
import java.util.Objects;
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
            var charges = request.toRefund(snapshot);
            return limiter.refund(tenant.name(), charges, deadline)
                    .thenApply(decision -> DecisionResponse.of(
                            decision,
                            "Whether the charges were refunded is unknown. A repetition may refund them twice.",
                            decided ->
                                    corrected(charges.limits(), decided.value().limits(), decided.degraded())));
        });
    }

    /**
     * Charges or refunds the difference between the reserved, or held, and the actual units. Units beyond the limit are
     * charged all the same: they become debt, and later checks wait it off. A hold is settled once: a repetition within ten
     * minutes gets the same response. Of a hold, no more is returned than is still in use of its own charge.
     */
    @Post("/settle")
    @Operation(operationId = "settleRateLimit")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = SettleRequest.class),
                            examples = {
                                @ExampleObject(name = "More than reserved", ref = "MoreThanReserved"),
                                @ExampleObject(name = "A hold", ref = "SettledHold")
                            }))
    @ApiResponse(
            responseCode = "200",
            description = "The difference was charged or refunded.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = CorrectionResponse.class)))
    @ApiResponse(responseCode = "409", ref = "HoldEnded")
    @ApiResponse(responseCode = "503", ref = "SettlementUnknown")
    public CompletionStage<HttpResponse<?>> settle(
            @Parameter(hidden = true) Tenant tenant, @Body SettleRequest request) {
        var deadline = deadlines.next();
        return policies.with(tenant, request.selector().policies(), deadline, snapshot -> {
            var settled = new LimitedSubject(
                    request.toLimit(snapshot), request.selector().subject(), 0);
            return request.holdId() == null
                    ? settleReserved(tenant, settled, request, deadline)
                    : settleHold(tenant, settled, request, deadline);
        });
    }

    private CompletionStage<HttpResponse<?>> settleReserved(
            Tenant tenant, LimitedSubject settled, SettleRequest request, Deadline deadline) {
        long reserved = Objects.requireNonNull(request.reserved());
        var settlement = new Settlement(settled.limit(), settled.subject(), reserved, request.actual());
        return limiter.settle(tenant.name(), settlement, deadline)
                .thenApply(decision -> DecisionResponse.of(
                        decision,
                        "The difference may or may not have been settled; a repetition may settle it twice.",
                        decided -> corrected(List.of(settled), List.of(decided.value()), decided.degraded())));
    }

    private CompletionStage<HttpResponse<?>> settleHold(
            Tenant tenant, LimitedSubject settled, SettleRequest request, Deadline deadline) {
        var settlement = new Settlement.OfHold(
                settled.limit(), settled.subject(), Objects.requireNonNull(request.holdId()), request.actual());
        return limiter.settleHold(tenant.name(), settlement, deadline)
                .thenApply(decision -> DecisionResponse.of(
                        decision,
                        "The hold may or may not have been settled. It is safe to repeat the request.",
                        decided -> decided.value()
                                .<MutableHttpResponse<?>>map(
                                        left -> corrected(List.of(settled), List.of(left), decided.degraded()))
                                .orElseGet(() -> holdEnded(decided.degraded()).response())));
    }

    private static Problem holdEnded(boolean degraded) {
        return Problem.of(
                        "hold-ended",
                        "Hold ended",
                        409,
                        "The hold has ended, was reset or was never made. Nothing was changed.")
                .with("degraded", degraded);
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
                            examples = {@ExampleObject(name = "One limit", ref = "LimitToReset")}))
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

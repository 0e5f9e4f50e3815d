package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.Claims;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.idempotency.WaitingClaims;
import dev.gatehouse.web.CommonHeadersFilter;
import dev.gatehouse.web.Deadlines;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.CallerProblems;
import dev.gatehouse.web.openapi.ContentProblems;
import dev.gatehouse.web.openapi.ProblemSchema;
import dev.gatehouse.web.openapi.SafeToAskAgain;
import io.micronaut.http.HttpRequest;
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
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The routes of claims. */
@Controller("/v1/idempotency/claims")
@Tag(name = "Idempotency", description = "Has it been done already?")
@ApiResponse(
        responseCode = "400",
        description =
                "The body is invalid: problem invalid-request, with the violations in errors. Or there is no key: "
                        + "problem idempotency-key-missing, which has errors too.",
        content =
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                        schema = @Schema(implementation = ProblemSchema.InvalidRequest.class)))
@CallerProblems
@ContentProblems
public class IdempotencyController {

    private final Claims claims;
    private final WaitingClaims waiting;
    private final Deadlines deadlines;
    private final CommonHeadersFilter commonHeaders;

    IdempotencyController(
            Claims claims, WaitingClaims waiting, Deadlines deadlines, CommonHeadersFilter commonHeaders) {
        this.claims = claims;
        this.waiting = waiting;
        this.deadlines = deadlines;
        this.commonHeaders = commonHeaders;
    }

    @Post
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "claim",
            summary = "Claim work, or get its result",
            description =
                    "One of all claimants of a key gets the work. It completes or releases the claim; otherwise another "
                            + "gets the work when the lease has ended.")
    @KeyHeader
    @ApiResponse(
            responseCode = "201",
            description = "The work is the claimant's. The same owner gets the same response while in flight.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = ClaimGrantedResponse.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The work has been done.",
            headers = {
                @Header(
                        name = "Idempotent-Replayed",
                        description = "true",
                        schema = @Schema(type = "string", example = "true")),
                @Header(
                        name = "Gatehouse-Source",
                        description = "Who decided: redis or local.",
                        schema = @Schema(type = "string", example = "redis"))
            },
            content = @Content(schema = @Schema(implementation = ClaimReplayedResponse.class)))
    @ApiResponse(
            responseCode = "409",
            description = "The work is in flight: problem idempotency-in-flight.",
            headers =
                    @Header(
                            name = "Retry-After",
                            description = "Seconds until the lease ends.",
                            schema = @Schema(type = "integer", example = "30")),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ClaimProblem.InFlight.class)))
    @ApiResponse(
            responseCode = "422",
            description = "The key was used with another fingerprint: problem idempotency-key-reused.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @ApiResponse(
            responseCode = "503",
            description =
                    "Redis does not answer: problem store-unavailable. It is safe to repeat with the owner of the problem.",
            headers =
                    @Header(
                            name = "Retry-After",
                            description = "Seconds until a retry is worthwhile.",
                            schema = @Schema(type = "integer", example = "1")),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ClaimProblem.Undecided.class)))
    public CompletionStage<HttpResponse<?>> claim(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> http,
            @Body CreateClaimRequest request) {
        var key = KeySource.resolve(http, request.key(), request.scope());
        var claim = request.toClaimRequest(key, commonHeaders.requestId(http));
        var patience = request.patience();
        return waiting.claim(tenant.name(), claim, patience, deadlines.afterWaiting(patience))
                .thenApply(decision -> ClaimResponseMapper.toClaim(claim.claim().owner(), decision));
    }

    @Post("/complete")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "completeClaim",
            summary = "Store the result of the work",
            description = "Possible after the lease has ended too, unless another has claimed the key. Safe to repeat.")
    @KeyHeader
    @ApiResponse(
            responseCode = "200",
            description = "A result of this owner is stored.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = ClaimCompletedResponse.class)))
    @ApiResponse(
            responseCode = "409",
            description = "The claim is not held by the owner: problem lease-lost.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.LeaseLost.class)))
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> complete(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> http,
            @Body CompleteClaimRequest request) {
        var claim = claim(http, request.key(), request.scope(), request.owner());
        return claims.complete(tenant.name(), claim, request.result(), request.lifetime(), deadlines.next())
                .thenApply(decision -> wake(tenant, claim.key(), ClaimResponseMapper.toComplete(decision)));
    }

    @Post("/release")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "releaseClaim",
            summary = "Release a claim, so that others can claim the key",
            description = "Safe to repeat unless another has claimed the key since.")
    @KeyHeader
    @ApiResponse(
            responseCode = "204",
            description = "The claim was released.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")))
    @ApiResponse(
            responseCode = "409",
            description = "The claim is not held by the owner: problem lease-lost.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.LeaseLost.class)))
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> release(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> http,
            @Body ReleaseClaimRequest request) {
        var claim = claim(http, request.key(), request.scope(), request.owner());
        return claims.release(tenant.name(), claim, deadlines.next())
                .thenApply(decision -> wake(tenant, claim.key(), ClaimResponseMapper.toRelease(decision)));
    }

    @Post("/extend")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "extendClaim",
            summary = "Extend the lease",
            description = "Possible unless another has claimed the key.")
    @KeyHeader
    @ApiResponse(
            responseCode = "200",
            description = "The lease was extended.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = ClaimExtendedResponse.class)))
    @ApiResponse(
            responseCode = "409",
            description = "The claim is not held by the owner: problem lease-lost.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.LeaseLost.class)))
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> extend(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> http,
            @Body ExtendClaimRequest request) {
        var claim = claim(http, request.key(), request.scope(), request.owner());
        return claims.extend(tenant.name(), claim, new ClaimLease(request.leaseMillis()), deadlines.next())
                .thenApply(ClaimResponseMapper::toExtend);
    }

    @Post("/inspect")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "inspectClaim", summary = "Return the state of a key", description = "Changes nothing.")
    @KeyHeader
    @ApiResponse(
            responseCode = "200",
            description = "The work is in flight or completed.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")),
            content = @Content(schema = @Schema(implementation = ClaimStateResponse.class)))
    @ApiResponse(
            responseCode = "404",
            description = "The key is unknown: problem idempotency-key-unknown.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(implementation = ProblemSchema.class)))
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> inspect(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> http,
            @Body KeyRequest request) {
        var key = KeySource.resolve(http, request.key(), request.scope());
        return claims.inspect(tenant.name(), key, deadlines.next()).thenApply(ClaimResponseMapper::toInspect);
    }

    @Post("/invalidate")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "invalidateClaim",
            summary = "Remove a key, even if another owner holds it",
            description = "The work may be done again, even if it is in flight.")
    @KeyHeader
    @ApiResponse(
            responseCode = "204",
            description = "The key was removed.",
            headers =
                    @Header(
                            name = "Gatehouse-Source",
                            description = "Who decided: redis or local.",
                            schema = @Schema(type = "string", example = "redis")))
    @SafeToAskAgain
    public CompletionStage<HttpResponse<?>> invalidate(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(hidden = true) HttpRequest<?> http,
            @Body KeyRequest request) {
        var key = KeySource.resolve(http, request.key(), request.scope());
        return claims.invalidate(tenant.name(), key, deadlines.next())
                .thenApply(decision -> wake(tenant, key, ClaimResponseMapper.toInvalidate(decision)));
    }

    private HttpResponse<?> wake(Tenant tenant, IdempotencyKey key, HttpResponse<?> response) {
        waiting.wake(tenant.name(), key);
        return response;
    }

    private static Claim claim(HttpRequest<?> http, @Nullable String key, String scope, String owner) {
        return new Claim(KeySource.resolve(http, key, scope), new Owner(owner));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.http;

import dev.gatehouse.idempotency.ClaimLease;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.ClaimStore;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.WaitingClaims;
import dev.gatehouse.web.ClientConnection;
import dev.gatehouse.web.CommonHeadersFilter;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.json.JsonMapper;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The routes of claims. */
@RightsAllowed("claims")
@Controller("/v1/idempotency/claims")
@Tag(name = "Idempotency", description = "Has it been done already?")
@ApiResponse(responseCode = "400", ref = "InvalidClaim")
@BodyProblems
public class IdempotencyController {

    private final ClaimStore claims;
    private final WaitingClaims waiting;
    private final DeadlineFactory deadlines;
    private final CommonHeadersFilter commonHeaders;
    private final JsonMapper json;

    IdempotencyController(
            ClaimStore claims,
            WaitingClaims waiting,
            DeadlineFactory deadlines,
            CommonHeadersFilter commonHeaders,
            JsonMapper json) {
        this.claims = claims;
        this.waiting = waiting;
        this.deadlines = deadlines;
        this.commonHeaders = commonHeaders;
        this.json = json;
    }

    /**
     * Claims work, or returns its result. One of all claimants of a key gets the work. It completes or releases the
     * claim; otherwise another gets the work when the lease has ended. The member {@code claims} claims up to 20 works in
     * one round trip.
     */
    @Post
    @Operation(operationId = "claim")
    @Parameter(name = KeyRequest.HEADER, in = ParameterIn.HEADER, ref = "Idempotency-Key")
    @ApiResponse(
            responseCode = "201",
            description = "The work is the claimant's. The same owner gets the same response while in flight.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = ClaimResponse.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The work has been done; of several claims: their results.",
            headers = {
                @Header(name = "Idempotent-Replayed", ref = "Idempotent-Replayed"),
                @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source")
            },
            content = @Content(schema = @Schema(implementation = ClaimResponse.class)))
    @ApiResponse(responseCode = "409", ref = "ClaimInFlight")
    @ApiResponse(responseCode = "422", ref = "KeyReused")
    @ApiResponse(responseCode = "503", ref = "ClaimUnknown")
    public CompletionStage<HttpResponse<?>> claim(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body ClaimBody body) {
        var claimedBy = commonHeaders.requestId(http);
        return switch (body) {
            case CreateClaimRequest one -> claim(tenant, one, one.toClaimRequest(http, claimedBy));
            case ClaimAllRequest several -> claimAll(tenant, several, several.toClaimRequests(http, claimedBy));
        };
    }

    private CompletionStage<HttpResponse<?>> claim(Tenant tenant, CreateClaimRequest request, ClaimRequest claim) {
        var maxWait = request.maxWait();
        var claimant = request.terms().claimant(ClientConnection.current());
        return waiting.claim(tenant.name(), claim, claimant, maxWait, deadlines.afterWaiting(maxWait))
                .thenApply(decision -> ClaimResponseMapper.toClaim(claim.claim().owner(), decision));
    }

    private CompletionStage<HttpResponse<?>> claimAll(
            Tenant tenant, ClaimAllRequest request, List<ClaimRequest> requests) {
        var stages = waiting.claimAll(
                tenant.name(), requests, request.claimants(ClientConnection.current()), deadlines.next());
        var futures = stages.stream().map(CompletionStage::toCompletableFuture).toList();
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> ClaimResponseMapper.toClaims(
                        json,
                        requests,
                        futures.stream().map(CompletableFuture::join).toList()));
    }

    /**
     * Stores the result of the work. Possible after the lease has ended too, unless another has claimed the key. Safe
     * to repeat.
     */
    @Post("/complete")
    @Operation(operationId = "completeClaim")
    @Parameter(name = KeyRequest.HEADER, in = ParameterIn.HEADER, ref = "Idempotency-Key")
    @ApiResponse(
            responseCode = "200",
            description = "A result of this owner is stored.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = CompletionRecordedResponse.class)))
    @ApiResponse(responseCode = "409", ref = "LeaseLost")
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> complete(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body CompleteClaimRequest request) {
        var claim = request.claim().toClaim(http);
        return claims.complete(tenant.name(), claim, request.result(), request.lifetime(), deadlines.next())
                .thenApply(decision -> wake(tenant, claim.key(), ClaimResponseMapper.toComplete(decision)));
    }

    /** Releases a claim, so that others can claim the key. Safe to repeat unless another has claimed the key since. */
    @Post("/release")
    @Operation(operationId = "releaseClaim")
    @Parameter(name = KeyRequest.HEADER, in = ParameterIn.HEADER, ref = "Idempotency-Key")
    @ApiResponse(
            responseCode = "204",
            description = "The claim was released.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @ApiResponse(responseCode = "409", ref = "LeaseLost")
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> release(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body ReleaseClaimRequest request) {
        var claim = request.toClaim(http);
        return claims.release(tenant.name(), claim, deadlines.next())
                .thenApply(decision -> wake(tenant, claim.key(), ClaimResponseMapper.toRelease(decision)));
    }

    /** Extends the lease. Possible unless another has claimed the key. */
    @Post("/extend")
    @Operation(operationId = "extendClaim")
    @Parameter(name = KeyRequest.HEADER, in = ParameterIn.HEADER, ref = "Idempotency-Key")
    @ApiResponse(
            responseCode = "200",
            description = "The lease was extended.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = ClaimExtendedResponse.class)))
    @ApiResponse(responseCode = "409", ref = "LeaseLost")
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> extend(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body ExtendClaimRequest request) {
        var claim = request.claim().toClaim(http);
        return claims.extend(tenant.name(), claim, new ClaimLease(request.leaseMillis()), deadlines.next())
                .thenApply(ClaimResponseMapper::toExtend);
    }

    /** Returns the state of a key. Changes nothing. */
    @Post("/inspect")
    @RightsAllowed("read")
    @Operation(operationId = "inspectClaim")
    @Parameter(name = KeyRequest.HEADER, in = ParameterIn.HEADER, ref = "Idempotency-Key")
    @ApiResponse(
            responseCode = "200",
            description = "The work is in flight or completed.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = ClaimStateResponse.class)))
    @ApiResponse(responseCode = "404", ref = "KeyUnknown")
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> inspect(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body KeyRequest request) {
        var key = request.resolve(http);
        return claims.inspect(tenant.name(), key, deadlines.next()).thenApply(ClaimResponseMapper::toInspect);
    }

    /** Removes a key, even if another owner holds it. The work may be done again, even if it is in flight. */
    @Post("/invalidate")
    @Operation(operationId = "invalidateClaim")
    @Parameter(name = KeyRequest.HEADER, in = ParameterIn.HEADER, ref = "Idempotency-Key")
    @ApiResponse(
            responseCode = "204",
            description = "The key was removed.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> invalidate(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body KeyRequest request) {
        var key = request.resolve(http);
        return claims.invalidate(tenant.name(), key, deadlines.next())
                .thenApply(decision -> wake(tenant, key, ClaimResponseMapper.toInvalidate(decision)));
    }

    private HttpResponse<?> wake(Tenant tenant, IdempotencyKey key, HttpResponse<?> response) {
        waiting.wake(tenant.name(), key);
        return response;
    }
}

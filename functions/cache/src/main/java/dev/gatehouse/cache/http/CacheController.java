// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache.http;

import dev.gatehouse.cache.LoadOwner;
import dev.gatehouse.cache.LookupOutcome;
import dev.gatehouse.cache.WaitingCache;
import dev.gatehouse.cache.WaitingCache.LookupCaller;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.web.ClientConnection;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The routes of the cache. */
@RightsAllowed("cache")
@Controller("/v1/cache")
@Tag(name = "Cache", description = "Is there a fresh value, and if not, who loads it?")
@BodyProblems
public class CacheController {

    private final WaitingCache cache;
    private final CacheTelemetry telemetry;
    private final DeadlineFactory deadlines;

    CacheController(WaitingCache cache, CacheTelemetry telemetry, DeadlineFactory deadlines) {
        this.cache = cache;
        this.telemetry = telemetry;
        this.deadlines = deadlines;
    }

    /**
     * Looks up values. One of all callers gets the lease of a value that is missing, stale or soon stale: it loads the
     * value, and fills or releases. Fill and release name the owner in the lease. It is the requested one, unless that has
     * had a lease of the key before.
     */
    @Post("/lookup")
    @Operation(operationId = "lookupCache")
    @ApiResponse(
            responseCode = "200",
            description = "The entries, in the order of the request.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/CacheLookupResult")))
    @ApiResponse(responseCode = "503", ref = "CacheLookupUnknown")
    public CompletionStage<HttpResponse<?>> lookup(
            @Parameter(hidden = true) Tenant tenant, @Body CacheLookupRequest request) {
        var owner = LoadOwner.random();
        var wait = Duration.ofMillis(request.waitMillis());
        var client = ClientConnection.current();
        var caller = new LookupCaller(
                client.cancellation(),
                client.closed(),
                lookup -> !lookup.owner().equals(owner),
                Optional.empty());
        var stages = cache.lookup(tenant.name(), request.toLookups(owner), caller, wait, deadlines.afterWaiting(wait));
        return all(stages).thenApply(decisions -> {
            decisions.forEach(decision -> decision.ifDecided(telemetry::record));
            return CacheResponseMapper.toLookup(owner, decisions);
        });
    }

    private static CompletionStage<List<Decision<LookupOutcome>>> all(
            List<CompletionStage<Decision<LookupOutcome>>> stages) {
        var futures = stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(futures).thenApply(_ -> stages.stream()
                .map(stage -> stage.toCompletableFuture().join())
                .toList());
    }

    /**
     * Stores the value that the owner of a lease has loaded. Possible after the lease has ended too, unless another caller
     * took it or an invalidation voided the load. Safe to repeat.
     */
    @Post("/fill")
    @Operation(operationId = "fillCache")
    @ApiResponse(
            responseCode = "200",
            description = "The value of this owner is stored.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/CacheFilled")))
    @ApiResponse(responseCode = "409", ref = "CacheLeaseLost")
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> fill(
            @Parameter(hidden = true) Tenant tenant, @Body CacheFillRequest request) {
        return cache.fill(tenant.name(), request.write().toWrite(), request.toOwner(), deadlines.next())
                .thenApply(decision -> CacheResponseMapper.toFill(decision.ifDecided(telemetry::record)));
    }

    /** Ends a load that has failed, so that others can load. No effect without the lease. Safe to repeat. */
    @Post("/release")
    @Operation(operationId = "releaseCache")
    @ApiResponse(
            responseCode = "204",
            description = "The owner has no lease any more.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> release(
            @Parameter(hidden = true) Tenant tenant, @Body CacheReleaseRequest request) {
        return cache.release(
                        tenant.name(), request.key().toKey(), request.toOwner(), request.holdMillis(), deadlines.next())
                .thenApply(CacheResponseMapper::toRelease);
    }

    /** Stores a value without a lease, and voids the load in progress. */
    @Post("/put")
    @Operation(operationId = "putCache")
    @ApiResponse(
            responseCode = "200",
            description = "The value is stored.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/CacheFilled")))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> put(
            @Parameter(hidden = true) Tenant tenant, @Body CachePutRequest request) {
        return cache.put(tenant.name(), request.toWrite(), deadlines.next()).thenApply(CacheResponseMapper::toPut);
    }

    /**
     * Invalidates values by key, by tag or the whole scope. Voids loads that began before, so that their values are never
     * returned. Safe to repeat.
     */
    @Post("/invalidate")
    @Operation(operationId = "invalidateCache")
    @ApiResponse(
            responseCode = "204",
            description = "The values were invalidated.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> invalidate(
            @Parameter(hidden = true) Tenant tenant, @Body CacheInvalidateRequest request) {
        return cache.invalidate(tenant.name(), request.toInvalidation(), deadlines.next())
                .thenApply(CacheResponseMapper::toInvalidate);
    }
}

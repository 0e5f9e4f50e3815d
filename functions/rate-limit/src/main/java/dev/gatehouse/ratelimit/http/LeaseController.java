// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.http.policy.NamedPolicies;
import dev.gatehouse.ratelimit.lease.Acquisition;
import dev.gatehouse.ratelimit.lease.Acquisition.Exhausted;
import dev.gatehouse.ratelimit.lease.Acquisition.Granted;
import dev.gatehouse.ratelimit.lease.Extension;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.ratelimit.lease.Extension.Lost;
import dev.gatehouse.ratelimit.lease.Lease;
import dev.gatehouse.ratelimit.lease.LeaseRequest;
import dev.gatehouse.ratelimit.lease.LeaseStore;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.web.ClientConnection;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Serves leases, which limit how much is done at once. */
@RightsAllowed("check")
@Controller("/v1/rate-limits/leases")
@Tag(name = "Leases", description = "Limit how much is done at once.")
@BodyProblems
public class LeaseController {

    private final LeaseStore leases;
    private final NamedPolicies policies;
    private final DeadlineFactory deadlines;
    private final Duration budget;

    LeaseController(LeaseStore leases, NamedPolicies policies, DeadlineFactory deadlines, RedisSettings settings) {
        this.leases = leases;
        this.policies = policies;
        this.deadlines = deadlines;
        this.budget = settings.decisionBudget();
    }

    /**
     * Acquires one of a number of leases; with a limit of 1, a lock. A lease is live until its end, unless it is
     * released before. A repetition with the leaseId of a live lease gets the same grant. Without a leaseId, the lease is
     * released if the caller disconnects before it has the response.
     */
    @Post
    @Operation(operationId = "acquireLease")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = AcquireRequest.class),
                            examples = {
                                @ExampleObject(name = "A lock", ref = "Lock"),
                                @ExampleObject(name = "Five at once", ref = "FiveAtOnce"),
                                @ExampleObject(name = "As many as a policy admits", ref = "LeaseByPolicy")
                            }))
    @ApiResponse(
            responseCode = "201",
            description = "The lease is granted.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = LeaseResponse.class)))
    @ApiResponse(responseCode = "429", ref = "LeasesExhausted")
    @ApiResponse(responseCode = "503", ref = "LeaseUnknown")
    public CompletionStage<HttpResponse<?>> acquire(
            @Parameter(hidden = true) Tenant tenant, @Body AcquireRequest request) {
        var client = ClientConnection.current();
        var deadline = deadlines.next();
        return policies.with(tenant, request.policies(), deadline, snapshot -> {
            var wanted = request.toLeaseRequest(snapshot);
            return leases.acquire(tenant.name(), wanted, deadline).thenApply(decision -> {
                if (request.leaseId() == null) {
                    // Nobody else has the id of the lease, so nobody can use or release it.
                    var _ = client.closed().thenRun(() -> release(tenant, wanted.lease(), decision));
                }
                return acquired(wanted, decision);
            });
        });
    }

    /** Releases a lease unless it was not granted. */
    private void release(Tenant tenant, Lease lease, Decision<Acquisition> decision) {
        if (!(decision instanceof Decided<Acquisition>(Exhausted _, var _))) {
            var _ = leases.release(tenant.name(), lease, Deadline.in(budget));
        }
    }

    private static HttpResponse<?> acquired(LeaseRequest request, Decision<Acquisition> decision) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail(
                                "The lease may or may not have been granted. It is safe to repeat the request with this "
                                        + "leaseId: the response is the same grant.")
                        .with("leaseId", request.lease().id()),
                decided -> switch (decided.value()) {
                    case Granted granted ->
                        HttpResponse.created(LeaseResponse.of(request, granted, decided.degraded()));
                    case Exhausted exhausted ->
                        exhausted(request, exhausted, decided.degraded()).response();
                });
    }

    private static Problem exhausted(LeaseRequest request, Exhausted exhausted, boolean degraded) {
        return new QuotaExceeded(List.of(request.lease().name()), exhausted.retryAfter())
                .problem()
                .with("degraded", degraded)
                .with("limit", request.limit())
                .with("inUse", exhausted.inUse())
                .with("retryAfterMillis", LimitResponse.millis(exhausted.retryAfter()));
    }

    /** Extends a lease. Only while it is live: a lease that has ended is lost, even if it was granted to nobody else. */
    @Post("/extend")
    @Operation(operationId = "extendLease")
    @ApiResponse(
            responseCode = "200",
            description = "The lease is extended.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = LeaseResponse.class)))
    @ApiResponse(responseCode = "409", ref = "LeaseLost")
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> extend(
            @Parameter(hidden = true) Tenant tenant, @Body ExtendRequest request) {
        var lease = request.toLease();
        return leases.extend(tenant.name(), lease, request.leaseMillis(), deadlines.next())
                .thenApply(decision -> extended(lease, decision));
    }

    private static HttpResponse<?> extended(Lease lease, Decision<Extension> decision) {
        return DecisionResponse.of(
                decision,
                "The lease may or may not have been extended. It is safe to repeat the request.",
                decided -> switch (decided.value()) {
                    case Extended extended -> HttpResponse.ok(LeaseResponse.of(lease, extended, decided.degraded()));
                    case Lost _ -> lost(decided.degraded()).response();
                });
    }

    private static Problem lost(boolean degraded) {
        return Problem.of(
                        "lease-lost",
                        "Lease lost",
                        409,
                        "The lease has ended, was released or was never granted. Another may hold it now.")
                .with("degraded", degraded);
    }

    /** Releases a lease. The response is the same if it has ended, was released before or was never granted. */
    @Post("/release")
    @Operation(operationId = "releaseLease")
    @ApiResponse(
            responseCode = "204",
            description = "The lease is not live.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> release(
            @Parameter(hidden = true) Tenant tenant, @Body ReleaseRequest request) {
        return leases.release(tenant.name(), request.toLease(), deadlines.next())
                .thenApply(decision -> DecisionResponse.of(
                        decision,
                        "The lease may or may not have been released. It is safe to repeat the request; otherwise the "
                                + "lease ends when its time is over.",
                        _ -> HttpResponse.noContent()));
    }

    /** Returns how many leases of a name and subject are live, and when they end. Changes nothing. */
    @Post("/inspect")
    @RightsAllowed("read")
    @Operation(operationId = "inspectLeases")
    @ApiResponse(
            responseCode = "200",
            description = "The live leases, without their ids.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = LeaseUsageResponse.class)))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> inspect(
            @Parameter(hidden = true) Tenant tenant, @Body LeasedResourceRequest request) {
        var deadline = deadlines.next();
        return policies.with(tenant, request.name().policies(), deadline, snapshot -> {
            var limit = request.limit(snapshot);
            return leases.inspect(tenant.name(), request.toResource(), deadline)
                    .thenApply(decision -> DecisionResponse.of(
                            decision,
                            "The leases could not be read. It is safe to repeat the request.",
                            decided -> HttpResponse.ok(
                                    LeaseUsageResponse.of(decided.value(), limit, decided.degraded()))));
        });
    }
}

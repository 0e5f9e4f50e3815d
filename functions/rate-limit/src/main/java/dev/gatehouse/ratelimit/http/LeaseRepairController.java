// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.lease.LeaseStore;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.log.AuditLog;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.concurrent.CompletionStage;

/** Serves the repair of leases whose holders are stuck. Callers need the right of an operator, because no lease id protects them. */
@RightsAllowed("admin")
@Controller("/v1/rate-limits/leases/reset")
@Tag(name = "Leases", description = "Limit how much is done at once.")
@BodyProblems
public class LeaseRepairController {

    private final LeaseStore leases;
    private final DeadlineFactory deadlines;

    LeaseRepairController(LeaseStore leases, DeadlineFactory deadlines) {
        this.leases = leases;
        this.deadlines = deadlines;
    }

    /**
     * Ends all live leases of a name and subject, for holders that are stuck. A holder that still works is not stopped, but
     * cannot extend its lease. Another may then hold one at the same time, with a greater fence.
     */
    @Post
    @Operation(operationId = "resetLeases")
    @ApiResponse(
            responseCode = "200",
            description = "No lease of before is live.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = LeaseResetResponse.class)))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> reset(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body LeasedResourceRequest request) {
        var resource = request.toResource();
        return leases.reset(tenant.name(), resource, deadlines.next())
                .thenApply(decision -> AuditLog.record(
                        http,
                        "lease.reset",
                        resource.name() + " " + HashTag.of(resource.subject()),
                        decision,
                        AuditLog.ANY))
                .thenApply(decision -> DecisionResponse.of(
                        decision,
                        "The leases may or may not have been ended. It is safe to repeat the request.",
                        decided -> HttpResponse.ok(new LeaseResetResponse(decided.value(), decided.degraded()))));
    }

    /**
     * The outcome of a reset.
     *
     * @param ended the number of leases that were live before
     * @param degraded whether these were the leases of one process, without Redis
     */
    @Serdeable.Serializable
    @Schema(name = "LeaseResetResponse")
    record LeaseResetResponse(long ended, boolean degraded) {}
}

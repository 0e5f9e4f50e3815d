// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.log.AuditLog;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.CallerProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Serves the policies: limits that are stored, or declared by the settings, under a name. */
@RightsAllowed("admin")
@Controller("/v1/rate-limits/policies")
@Tag(name = "Policies", description = "Store limits under names.")
@CallerProblems
@SafeToRetry
public class PolicyController {

    static final String NAME = "The policy's name: 1 to 64 characters of A-Z a-z 0-9 . _ -";

    private final Policies policies;
    private final PolicyResponseMapper responses;
    private final DeadlineFactory deadlines;

    PolicyController(Policies policies, PolicyResponseMapper responses, DeadlineFactory deadlines) {
        this.policies = policies;
        this.responses = responses;
        this.deadlines = deadlines;
    }

    /** Lists the policies, 100 a page, by name. Without their overrides. */
    @Get
    @RightsAllowed("read")
    @Operation(operationId = "listPolicies")
    @ApiResponse(
            responseCode = "200",
            description = "A page of the policies in force.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = PolicyPage.class)))
    @ApiResponse(responseCode = "400", ref = "InvalidRequest")
    public CompletionStage<HttpResponse<?>> list(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = "The name before the first of the page, which is next of the page before.")
                    @Nullable
                    @QueryValue
                    String after) {
        if (after != null && !Limit.isName(after)) {
            throw new InvalidRequest("after", Limit.NAME_RULE);
        }
        return policies.current(tenant.name(), deadlines.next())
                .thenApply(decision -> responses.toList(decision, after == null ? "" : after));
    }

    /** Reads a policy, without its overrides. */
    @Get("/{name}")
    @RightsAllowed("read")
    @Operation(operationId = "getPolicy")
    @ApiResponse(
            responseCode = "200",
            description = "The policy in force: the stored one, or else the declared one.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = PolicyResponse.class)))
    @ApiResponse(responseCode = "404", ref = "NoSuchPolicy")
    public CompletionStage<HttpResponse<?>> get(
            @Parameter(hidden = true) Tenant tenant,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name) {
        return Policies.isName(name)
                ? policies.find(tenant.name(), name, deadlines.next()).thenApply(responses::toFind)
                : CompletableFuture.completedStage(PolicyResponseMapper.noSuchPolicy());
    }

    /**
     * Stores a policy. Replaces the policy of this name; overrides stay. In force everywhere within 10 seconds. Units
     * that were used stay used.
     */
    @Put("/{name}")
    @Operation(operationId = "putPolicy")
    @ApiResponse(
            responseCode = "200",
            description = "The policy as it is stored.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(implementation = PolicyResponse.class)))
    @BodyProblems
    @ApiResponse(responseCode = "409", ref = "TooManyPolicies")
    public CompletionStage<HttpResponse<?>> put(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name,
            @Body PolicyRequest request) {
        if (!Policies.isName(name)) {
            throw new InvalidRequest("name", Policies.NAME_RULE);
        }
        var policy = request.toLimit(name);
        return policies.put(tenant.name(), policy, deadlines.next())
                .thenApply(decision -> AuditLog.record(http, "policy.put", name, decision, StoreResult.STORED::equals))
                .thenApply(decision -> responses.toPut(decision, policy));
    }

    /**
     * Removes a policy. Its overrides are removed with it. A declared policy of the name is then in force. The response is the
     * same if there was none.
     */
    @Delete("/{name}")
    @Operation(operationId = "deletePolicy")
    @ApiResponse(
            responseCode = "204",
            description = "No such policy is stored.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    public CompletionStage<HttpResponse<?>> delete(
            @Parameter(hidden = true) Tenant tenant,
            HttpRequest<?> http,
            @Parameter(description = NAME, example = "free-plan") @PathVariable String name) {
        return Policies.isName(name)
                ? policies.remove(tenant.name(), name, deadlines.next())
                        .thenApply(
                                decision -> AuditLog.record(http, "policy.delete", name, decision, removed -> removed))
                        .thenApply(PolicyResponseMapper::toRemove)
                : CompletableFuture.completedStage(HttpResponse.noContent());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.state.StateClaim;
import dev.gatehouse.state.StateClaimOutcome;
import dev.gatehouse.state.StateClaimOutcome.Claimed;
import dev.gatehouse.state.StateStore;
import dev.gatehouse.state.StateWrite;
import dev.gatehouse.state.WaitingStateStore;
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
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The routes of workflow states. */
@RightsAllowed("states")
@Controller("/v1/states")
@Tag(name = "Workflow state", description = "Where does this workflow stand, and may I move it?")
@BodyProblems
public class StateController {

    private final Duration budget;
    private final StateStore states;
    private final WaitingStateStore waiting;
    private final DeadlineFactory deadlines;
    private final CommonHeadersFilter commonHeaders;

    StateController(
            RedisSettings settings,
            StateStore states,
            WaitingStateStore waiting,
            DeadlineFactory deadlines,
            CommonHeadersFilter commonHeaders) {
        this.budget = settings.decisionBudget();
        this.states = states;
        this.waiting = waiting;
        this.deadlines = deadlines;
        this.commonHeaders = commonHeaders;
    }

    /** Reads a state. On request, waits until the version differs from the known one. */
    @Post("/read")
    @RightsAllowed("read")
    @Operation(operationId = "readState")
    @ApiResponse(
            responseCode = "200",
            description = "The state.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/StateRead")))
    @ApiResponse(responseCode = "404", ref = "StateUnknown")
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> read(
            @Parameter(hidden = true) Tenant tenant, @Body ReadStateRequest request) {
        var maxWait = request.maxWait();
        return waiting.read(
                        tenant.name(),
                        request.key().toKey(),
                        request.version(),
                        ClientConnection.current().cancellation(),
                        maxWait,
                        deadlines.afterWaiting(maxWait))
                .thenApply(StateResponseMapper::toRead);
    }

    /** Saves a whole state. Refused if it is based on another version, or if another writer has claimed the state. */
    @Post("/save")
    @Operation(operationId = "saveState")
    @ApiResponse(
            responseCode = "201",
            description = "The state was created.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/StateSaved")))
    @ApiResponse(
            responseCode = "200",
            description = "The state was saved.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/StateSaved")))
    @ApiResponse(responseCode = "409", ref = "WriterConflict")
    @ApiResponse(responseCode = "412", ref = "VersionMismatch")
    @ApiResponse(responseCode = "503", ref = "SaveUnknown")
    public CompletionStage<HttpResponse<?>> save(
            @Parameter(hidden = true) Tenant tenant, @Body SaveStateRequest request) {
        return write(tenant, request.toWrite());
    }

    /** Sets and removes members of a state. Others keep their text. Refused as a save is. */
    @Post("/merge")
    @Operation(operationId = "mergeState")
    @ApiResponse(
            responseCode = "201",
            description = "The state was created.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/StateSaved")))
    @ApiResponse(
            responseCode = "200",
            description = "The state was saved.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/StateSaved")))
    @ApiResponse(responseCode = "409", ref = "WriterConflict")
    @ApiResponse(responseCode = "412", ref = "VersionMismatch")
    @ApiResponse(responseCode = "503", ref = "SaveUnknown")
    public CompletionStage<HttpResponse<?>> merge(
            @Parameter(hidden = true) Tenant tenant, @Body MergeStateRequest request) {
        return write(tenant, request.toWrite());
    }

    private CompletionStage<HttpResponse<?>> write(Tenant tenant, StateWrite write) {
        return waiting.save(tenant.name(), write, deadlines.next())
                .thenApply(decision -> StateResponseMapper.toWrite(write.saveId(), decision));
    }

    /** Saves several states of a group: all, or none. */
    @Post("/save-all")
    @Operation(operationId = "saveStates")
    @ApiResponse(
            responseCode = "200",
            description = "All states were saved.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/StatesSaved")))
    @ApiResponse(responseCode = "409", ref = "BatchConflict")
    @ApiResponse(responseCode = "412", ref = "BatchMismatch")
    @ApiResponse(responseCode = "503", ref = "SaveAllUnknown")
    public CompletionStage<HttpResponse<?>> saveAll(
            @Parameter(hidden = true) Tenant tenant, @Body SaveAllRequest request) {
        var writes = request.toWrites();
        var saveIds = writes.stream().map(StateWrite::saveId).toList();
        return waiting.saveAll(tenant.name(), writes, deadlines.next())
                .thenApply(decision -> StateResponseMapper.toWriteAll(saveIds, decision));
    }

    /** Claims a state and reads it. Its writer passes the fence with each write. A greater fence ends the right to write. */
    @Post("/claim")
    @Operation(operationId = "claimState")
    @ApiResponse(
            responseCode = "201",
            description = "The claimant is the writer.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/StateClaimed")))
    @ApiResponse(responseCode = "409", ref = "WriterHeld")
    @ApiResponse(responseCode = "503", ref = "StateClaimUnknown")
    public CompletionStage<HttpResponse<?>> claim(
            @Parameter(hidden = true) Tenant tenant, HttpRequest<?> http, @Body ClaimStateRequest request) {
        var claim = request.toClaim(commonHeaders.requestId(http));
        var client = ClientConnection.current();
        return states.claim(tenant.name(), claim, deadlines.next()).thenApply(decision -> {
            if (request.owner() == null) {
                var _ = client.closed().thenRun(() -> releaseUndelivered(tenant, claim, decision));
            }
            return StateResponseMapper.toClaim(claim.owner(), decision);
        });
    }

    /** Releases a claim whose fence and owner could not be delivered. */
    private void releaseUndelivered(Tenant tenant, StateClaim claim, Decision<StateClaimOutcome> decision) {
        var _ = decision.ifDecided(outcome -> {
            if (outcome instanceof Claimed claimed) {
                var _ = states.release(tenant.name(), claim.key(), claimed.fence(), Deadline.in(budget));
            }
        });
    }

    /** Extends the lease of a claim. Possible unless another has claimed the state. */
    @Post("/claim/extend")
    @Operation(operationId = "extendStateClaim")
    @ApiResponse(
            responseCode = "200",
            description = "The lease was extended.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/StateClaimExtended")))
    @ApiResponse(responseCode = "409", ref = "WriterLost")
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> extend(
            @Parameter(hidden = true) Tenant tenant, @Body ExtendStateClaimRequest request) {
        var claim = request.claim();
        return states.extend(tenant.name(), claim.key().toKey(), claim.fence(), request.leaseMillis(), deadlines.next())
                .thenApply(StateResponseMapper::toExtend);
    }

    /** Releases a claim, so that others can claim and write. No effect on the claim of another. Safe to repeat. */
    @Post("/claim/release")
    @Operation(operationId = "releaseStateClaim")
    @ApiResponse(
            responseCode = "204",
            description = "The claim has ended.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> release(
            @Parameter(hidden = true) Tenant tenant, @Body FenceRequest request) {
        return states.release(tenant.name(), request.key().toKey(), request.fence(), deadlines.next())
                .thenApply(StateResponseMapper::toRelease);
    }

    /** Deletes a state. Versions and fences do not begin again. Safe to repeat. */
    @Post("/delete")
    @Operation(operationId = "deleteState")
    @ApiResponse(
            responseCode = "204",
            description = "There is no state.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"))
    @ApiResponse(responseCode = "409", ref = "WriterConflict")
    @ApiResponse(responseCode = "412", ref = "VersionMismatch")
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> delete(
            @Parameter(hidden = true) Tenant tenant, @Body DeleteStateRequest request) {
        var key = request.key().toKey();
        var fence = WriteConditions.optional(request.fence());
        return waiting.delete(tenant.name(), key, request.expectation(), fence, deadlines.next())
                .thenApply(StateResponseMapper::toDelete);
    }

    /** Lists the states of a group, latest save first. */
    @Post("/list")
    @RightsAllowed("read")
    @Operation(operationId = "listStates")
    @ApiResponse(
            responseCode = "200",
            description = "A page of the states.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/StateList")))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> list(
            @Parameter(hidden = true) Tenant tenant, @Body ListStatesRequest request) {
        return states.list(tenant.name(), request.group(), request.limit(), request.cursor(), deadlines.next())
                .thenApply(StateResponseMapper::toList);
    }
}

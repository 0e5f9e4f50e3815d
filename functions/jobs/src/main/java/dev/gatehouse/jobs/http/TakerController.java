// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.jobs.JobLease;
import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.TakeOutcome;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.jobs.WaitingJobStore;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.web.ClientConnection;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.json.JsonObject;
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
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The routes of those who take jobs. */
@RightsAllowed("jobs")
@Controller("/v1/jobs")
@Tag(name = "Jobs")
@BodyProblems
public class TakerController {

    private final Duration budget;
    private final JobStore jobs;
    private final WaitingJobStore waiting;
    private final DeadlineFactory deadlines;
    private final JobTelemetry telemetry;

    TakerController(
            RedisSettings settings,
            JobStore jobs,
            WaitingJobStore waiting,
            DeadlineFactory deadlines,
            JobTelemetry telemetry) {
        this.budget = settings.decisionBudget();
        this.jobs = jobs;
        this.waiting = waiting;
        this.deadlines = deadlines;
        this.telemetry = telemetry;
    }

    /** Leases jobs that are due to the caller. On request, waits for one. */
    @Post("/take")
    @Operation(operationId = "takeJobs")
    @ApiResponse(
            responseCode = "200",
            description = "The jobs, or none.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobsTaken")))
    @ApiResponse(responseCode = "503", ref = "TakeUnknown")
    public CompletionStage<HttpResponse<?>> take(@Parameter(hidden = true) Tenant tenant, @Body TakeRequest request) {
        var queue = request.queue().toName();
        var options = request.toOptions();
        var client = ClientConnection.current();
        var maxWait = request.maxWait();
        return waiting.take(
                        tenant.name(), queue, options, client.cancellation(), maxWait, deadlines.afterWaiting(maxWait))
                .thenApply(decision -> {
                    if (request.requestId() == null) {
                        var _ = client.closed().thenRun(() -> giveBackUndelivered(tenant, queue, decision));
                    }
                    return JobResponseMapper.toTaken(options, decision.ifDecided(telemetry::record));
                });
    }

    /** Gives back jobs whose leases could not be delivered. */
    private void giveBackUndelivered(Tenant tenant, QueueName queue, Decision<TakeOutcome> decision) {
        var _ = decision.ifDecided(taken -> {
            if (!taken.jobs().isEmpty()) {
                var leases = taken.jobs().stream().map(TakenJob::jobLease).toList();
                var _ = jobs.giveBackAll(tenant.name(), queue, leases, Deadline.in(budget))
                        .whenComplete((_, _) -> waiting.wake(tenant.name(), queue));
            }
        });
    }

    /** Completes jobs. Safe to repeat with the same lease within a minute. */
    @Post("/complete")
    @Operation(operationId = "completeJobs")
    @ApiResponse(
            responseCode = "200",
            description = "The job is completed; of several jobs: their results.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobsEnded")))
    @ApiResponse(responseCode = "409", ref = "LeaseLost")
    @ApiResponse(responseCode = "503", ref = "LeaseEndUnknown")
    public CompletionStage<HttpResponse<?>> complete(@Parameter(hidden = true) Tenant tenant, @Body LeaseBody request) {
        var queue = request.queue().toName();
        var leases = request.leases();
        return respond(
                request instanceof LeaseBody.LeaseBatchRequest,
                tenant,
                queue,
                leases,
                jobs.completeAll(tenant.name(), queue, leases, deadlines.next()),
                JobJson::of);
    }

    /** Ends failed attempts. The jobs wait for another attempt, or are dead. Safe to repeat with the same lease within a minute. */
    @Post("/fail")
    @Operation(operationId = "failJobs")
    @ApiResponse(
            responseCode = "200",
            description = "The job waits or is dead; of several jobs: their results.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobsEnded")))
    @ApiResponse(responseCode = "409", ref = "LeaseLost")
    @ApiResponse(responseCode = "503", ref = "LeaseEndUnknown")
    public CompletionStage<HttpResponse<?>> fail(@Parameter(hidden = true) Tenant tenant, @Body FailBody request) {
        var queue = request.queue().toName();
        var failures = request.failures();
        return respond(
                request instanceof FailBody.FailBatchRequest,
                tenant,
                queue,
                failures.stream().map(failure -> failure.lease()).toList(),
                jobs.failAll(tenant.name(), queue, failures, deadlines.next()),
                JobJson::of);
    }

    /** Gives back jobs that were not begun. They are due at once, and no attempt is counted. */
    @Post("/give-back")
    @Operation(operationId = "giveBackJobs")
    @ApiResponse(
            responseCode = "200",
            description = "The job waits; of several jobs: their results.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobsEnded")))
    @ApiResponse(responseCode = "409", ref = "LeaseLost")
    @ApiResponse(responseCode = "503", ref = "LeaseEndUnknown")
    public CompletionStage<HttpResponse<?>> giveBack(@Parameter(hidden = true) Tenant tenant, @Body LeaseBody request) {
        var queue = request.queue().toName();
        var leases = request.leases();
        return respond(
                request instanceof LeaseBody.LeaseBatchRequest,
                tenant,
                queue,
                leases,
                jobs.giveBackAll(tenant.name(), queue, leases, deadlines.next()),
                JobJson::of);
    }

    /** Extends leases. Never shortens one. */
    @Post("/extend")
    @Operation(operationId = "extendJobs")
    @ApiResponse(
            responseCode = "200",
            description = "The lease was extended; of several jobs: their results.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobsExtended")))
    @ApiResponse(responseCode = "409", ref = "LeaseLost")
    @ApiResponse(responseCode = "503", ref = "LeaseEndUnknown")
    public CompletionStage<HttpResponse<?>> extend(@Parameter(hidden = true) Tenant tenant, @Body ExtendBody request) {
        var queue = request.queue().toName();
        var leases = request.leases();
        return respond(
                request instanceof ExtendBody.ExtendBatchRequest,
                tenant,
                queue,
                leases,
                jobs.extendAll(tenant.name(), queue, leases, request.leaseMillis(), deadlines.next()),
                JobJson::of);
    }

    private <T> CompletionStage<HttpResponse<?>> respond(
            boolean isBatch,
            Tenant tenant,
            QueueName queue,
            List<JobLease> leases,
            CompletionStage<Decision<List<OwnerOutcome<T>>>> change,
            Function<T, JsonObject> json) {
        return change.thenApply(decision -> {
            var _ = decision.ifDecided(outcomes -> outcomes.forEach(telemetry::record));
            waiting.wake(tenant.name(), queue);
            return isBatch
                    ? JobResponseMapper.toLeaseOutcomes(leases, decision, json)
                    : JobResponseMapper.toLeaseOutcome(leases.getFirst(), decision.map(List::getFirst), json);
        });
    }

    /** Ends the attendance of a drainer that has no time for another take. */
    @Post("/leave")
    @Operation(operationId = "leaveQueue")
    @ApiResponse(
            responseCode = "200",
            description = "The drainer has left.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/DrainerLeft")))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> leave(@Parameter(hidden = true) Tenant tenant, @Body LeaveRequest request) {
        return jobs.leave(tenant.name(), request.queue().toName(), request.drainer(), deadlines.next())
                .thenApply(decision -> JobResponseMapper.toBody(
                        "Whether the drainer has left is unknown. It is safe to repeat; otherwise its attendance ends"
                                + " by itself.",
                        decision,
                        JobJson::of));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.WaitingJobStore;
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
import java.util.concurrent.CompletionStage;

/** The routes of jobs and queues. */
@RightsAllowed("jobs")
@Controller("/v1/jobs")
@Tag(name = "Jobs", description = "What is due, and who is working on it?")
@BodyProblems
public class JobController {

    private final JobStore jobs;
    private final WaitingJobStore waiting;
    private final DeadlineFactory deadlines;
    private final JobTelemetry telemetry;

    JobController(JobStore jobs, WaitingJobStore waiting, DeadlineFactory deadlines, JobTelemetry telemetry) {
        this.jobs = jobs;
        this.waiting = waiting;
        this.deadlines = deadlines;
        this.telemetry = telemetry;
    }

    /**
     * Enqueues a job. If the response is not attended, no drainer is sure to take it, and the caller starts one when it is due,
     * or leaves the job to the schedule of the drainers.
     */
    @Post("/enqueue")
    @Operation(operationId = "enqueueJob")
    @ApiResponse(
            responseCode = "201",
            description = "The job was enqueued.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobEnqueued")))
    @ApiResponse(
            responseCode = "200",
            description = "A waiting or active job has the id: it was kept or replaced, or this one runs after it.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobEnqueued")))
    @ApiResponse(responseCode = "503", ref = "EnqueueUnknown")
    public CompletionStage<HttpResponse<?>> enqueue(
            @Parameter(hidden = true) Tenant tenant, @Body EnqueueRequest request) {
        var queue = request.queue().toName();
        var job = request.toJob();
        return waking(tenant, queue, jobs.enqueue(tenant.name(), queue, job, deadlines.next()))
                .thenApply(decision -> JobResponseMapper.toEnqueued(job, decision.ifDecided(telemetry::record)));
    }

    /** Removes a job that is waiting or dead. Safe to repeat. The header states whether the next job of its group is attended. */
    @Post("/cancel")
    @Operation(operationId = "cancelJob")
    @ApiResponse(
            responseCode = "204",
            description = "No job has the id.",
            headers = {
                @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
                @Header(name = JobResponseMapper.ATTENDED, ref = JobResponseMapper.ATTENDED)
            })
    @ApiResponse(responseCode = "409", ref = "JobActive")
    @ApiResponse(responseCode = "503", ref = "CancelUnknown")
    public CompletionStage<HttpResponse<?>> cancel(@Parameter(hidden = true) Tenant tenant, @Body JobRequest request) {
        var queue = request.queue().toName();
        return waking(tenant, queue, jobs.cancel(tenant.name(), queue, request.id(), deadlines.next()))
                .thenApply(decision -> JobResponseMapper.toCancelled(request.id(), decision));
    }

    /** Returns a job. Changes nothing. */
    @Post("/inspect")
    @RightsAllowed("read")
    @Operation(operationId = "inspectJob")
    @ApiResponse(
            responseCode = "200",
            description = "The job.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobDetails")))
    @ApiResponse(responseCode = "404", ref = "JobUnknown")
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> inspect(@Parameter(hidden = true) Tenant tenant, @Body JobRequest request) {
        return jobs.inspect(tenant.name(), request.queue().toName(), request.id(), deadlines.next())
                .thenApply(JobResponseMapper::toInspected);
    }

    /** Lists dead jobs without their payloads, latest death first. */
    @Post("/dead")
    @RightsAllowed("read")
    @Operation(operationId = "listDeadJobs")
    @ApiResponse(
            responseCode = "200",
            description = "A page of the dead jobs.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/DeadJobList")))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> dead(
            @Parameter(hidden = true) Tenant tenant, @Body ListDeadRequest request) {
        var queue = request.queue().toName();
        return jobs.dead(tenant.name(), queue, request.limit(), request.position(), deadlines.next())
                .thenApply(decision -> JobResponseMapper.toBody(
                        "The dead jobs cannot be listed now. It is safe to repeat.", decision, JobJson::ofDead));
    }

    /** Lists jobs that wait or are leased, without payloads and leases. Changes nothing. */
    @Post("/list")
    @RightsAllowed("read")
    @Operation(operationId = "listJobs")
    @ApiResponse(
            responseCode = "200",
            description = "A page of the jobs.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobList")))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> list(
            @Parameter(hidden = true) Tenant tenant, @Body ListJobsRequest request) {
        var queue = request.queue().toName();
        return jobs.list(tenant.name(), queue, request.kind(), request.limit(), request.offset(), deadlines.next())
                .thenApply(decision -> JobResponseMapper.toBody(
                        "The jobs cannot be listed now. It is safe to repeat.", decision, JobJson::ofPresent));
    }

    /** Makes dead jobs due at once, as new ones. Ids of jobs that are not dead are ignored. */
    @Post("/redrive")
    @Operation(operationId = "redriveJobs")
    @ApiResponse(
            responseCode = "200",
            description = "The jobs that wait again.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobsRedriven")))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> redrive(
            @Parameter(hidden = true) Tenant tenant, @Body RedriveRequest request) {
        var queue = request.queue().toName();
        return waking(tenant, queue, jobs.redrive(tenant.name(), queue, request.ids(), deadlines.next()))
                .thenApply(decision -> JobResponseMapper.toBody(
                        "Whether the jobs wait again is unknown. It is safe to repeat; those that do are not repeated.",
                        decision,
                        JobJson::of));
    }

    /** Counts the jobs of a queue. Changes nothing. */
    @Post("/counts")
    @RightsAllowed("read")
    @Operation(operationId = "countJobs")
    @ApiResponse(
            responseCode = "200",
            description = "The numbers of jobs.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/JobCounts")))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> counts(
            @Parameter(hidden = true) Tenant tenant, @Body QueueRequest request) {
        return jobs.counts(tenant.name(), request.toName(), deadlines.next())
                .thenApply(decision -> JobResponseMapper.toBody(
                        "The jobs cannot be counted now. It is safe to repeat.", decision, JobJson::of));
    }

    private <T> CompletionStage<T> waking(Tenant tenant, QueueName queue, CompletionStage<T> change) {
        return change.whenComplete((_, _) -> waiting.wake(tenant.name(), queue));
    }
}

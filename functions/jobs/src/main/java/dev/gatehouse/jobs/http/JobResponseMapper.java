// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.jobs.CancelOutcome;
import dev.gatehouse.jobs.CancelOutcome.Cancelled;
import dev.gatehouse.jobs.CancelOutcome.JobActive;
import dev.gatehouse.jobs.EnqueueOutcome;
import dev.gatehouse.jobs.EnqueueOutcome.Accepted;
import dev.gatehouse.jobs.EnqueueOutcome.DueTooLate;
import dev.gatehouse.jobs.EnqueueOutcome.Queued;
import dev.gatehouse.jobs.JobDetails;
import dev.gatehouse.jobs.JobLease;
import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.jobs.TakeOutcome;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Timestamp;
import dev.gatehouse.web.json.JsonObject;
import dev.gatehouse.web.json.Violation;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Maps outcomes of jobs to status, headers and body. */
final class JobResponseMapper {

    /** The header of a 204 that says whether a drainer is needed. */
    static final String ATTENDED = "Gatehouse-Attended";

    private JobResponseMapper() {}

    static HttpResponse<?> toEnqueued(NewJob job, Decision<EnqueueOutcome> decision) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail(
                                "Whether the job was enqueued is unknown. It is safe to repeat with this id and"
                                        + " requestId: if it was, the response is the first one.")
                        .with("id", job.id())
                        .with("requestId", job.requestId()),
                decided -> switch (decided.value()) {
                    case DueTooLate(var latest) ->
                        Problem.invalidRequest(
                                        List.of(new Violation("runAt", "must be at most " + new Timestamp(latest))))
                                .response();
                    case Accepted accepted -> {
                        var body = JobJson.of(job.id(), accepted);
                        yield respond(
                                accepted instanceof Queued ? HttpStatus.CREATED : HttpStatus.OK,
                                body,
                                decided.degraded());
                    }
                });
    }

    static HttpResponse<?> toTaken(TakeOptions options, Decision<TakeOutcome> decision) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail(
                                "Whether jobs were taken is unknown. It is safe to repeat with this requestId: if they"
                                        + " were, the response has those that are still leased.")
                        .with("requestId", options.requestId()),
                decided -> ok(JobJson.of(decided.value()), decided.degraded()));
    }

    /** Maps the outcome of one lease. */
    static <T> HttpResponse<?> toLeaseOutcome(
            JobLease lease, Decision<OwnerOutcome<T>> decision, Function<T, JsonObject> json) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail(
                                "The effect is unknown. It is safe to repeat with this id and lease: the response is"
                                        + " the first one.")
                        .with("id", lease.id())
                        .with("lease", lease.lease()),
                decided -> switch (decided.value()) {
                    case Held<T>(var result) -> ok(json.apply(result), decided.degraded());
                    case Lost<T> _ ->
                        lost().with("degraded", decided.degraded()).response();
                });
    }

    /**
     * Maps the outcomes of several leases.
     *
     * @param leases in the order of the outcomes
     */
    static <T> HttpResponse<?> toLeaseOutcomes(
            List<JobLease> leases, Decision<List<OwnerOutcome<T>>> decision, Function<T, JsonObject> json) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail(
                                "The effects are unknown. It is safe to repeat with these leases: the response is the "
                                        + "first one.")
                        .with(
                                "jobs",
                                leases.stream()
                                        .map(lease -> Map.of("id", lease.id(), "lease", lease.lease()))
                                        .toList()),
                decided -> {
                    var results = decided.value().stream()
                            .map(outcome -> result(outcome, json))
                            .toList();
                    return ok(new JsonObject().withJson("results", JobJson.array(results)), decided.degraded());
                });
    }

    /** Returns the members of the response to one lease, with its status. */
    private static <T> JsonObject result(OwnerOutcome<T> outcome, Function<T, JsonObject> json) {
        return switch (outcome) {
            case Held<T>(var result) -> json.apply(result).with("status", 200);
            case Lost<T> _ -> {
                var problem = lost();
                yield new JsonObject()
                        .with("type", problem.type())
                        .with("title", problem.title())
                        .with("status", problem.status())
                        .with("detail", problem.detail());
            }
        };
    }

    private static Problem lost() {
        return Problem.of(
                "lease-lost",
                "Lease lost",
                409,
                "The lease has ended, was given back or was never granted. Another may have the job now.");
    }

    static HttpResponse<?> toCancelled(String id, Decision<CancelOutcome> decision) {
        return DecisionResponse.of(
                decision,
                problem -> problem.withDetail("Whether the job was cancelled is unknown. It is safe to repeat.")
                        .with("id", id),
                decided -> switch (decided.value()) {
                    case Cancelled(boolean attended) ->
                        HttpResponse.noContent().header(ATTENDED, Boolean.toString(attended));
                    case JobActive _ ->
                        Problem.of(
                                        "job-active",
                                        "Job active",
                                        409,
                                        "The job is being worked on. Nothing was changed. Retry when its lease has"
                                                + " ended.")
                                .with("degraded", decided.degraded())
                                .response();
                });
    }

    static HttpResponse<?> toInspected(Decision<Optional<JobDetails>> decision) {
        return DecisionResponse.of(
                decision, "The job cannot be read now. It is safe to repeat.", decided -> decided.value()
                        .<MutableHttpResponse<?>>map(job -> ok(JobJson.of(job), decided.degraded()))
                        .orElseGet(() -> Problem.of(
                                        "job-unknown",
                                        "Not Found",
                                        404,
                                        "There is no job of this id: it was completed, cancelled or never enqueued, or"
                                                + " it has expired.")
                                .with("degraded", decided.degraded())
                                .response()));
    }

    /** @param unavailable the detail of the 503 */
    static <T> HttpResponse<?> toBody(String unavailable, Decision<T> decision, Function<T, JsonObject> json) {
        return DecisionResponse.of(
                decision, unavailable, (Decided<T> decided) -> ok(json.apply(decided.value()), decided.degraded()));
    }

    private static MutableHttpResponse<?> ok(JsonObject body, boolean degraded) {
        return respond(HttpStatus.OK, body, degraded);
    }

    private static MutableHttpResponse<?> respond(HttpStatus status, JsonObject body, boolean degraded) {
        return HttpResponse.status(status)
                .body(body.with("degraded", degraded).text())
                .contentType(MediaType.APPLICATION_JSON_TYPE);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import dev.gatehouse.jobs.EnqueueOutcome.Accepted;
import dev.gatehouse.jobs.EnqueueOutcome.After;
import dev.gatehouse.jobs.EnqueueOutcome.Kept;
import dev.gatehouse.jobs.EnqueueOutcome.Queued;
import dev.gatehouse.jobs.EnqueueOutcome.Replaced;
import dev.gatehouse.jobs.JobDetails;
import dev.gatehouse.jobs.JobPage;
import dev.gatehouse.jobs.JobPage.DeadJob;
import dev.gatehouse.jobs.JobPage.PresentJob;
import dev.gatehouse.jobs.LeaseEnd;
import dev.gatehouse.jobs.LeaveOutcome;
import dev.gatehouse.jobs.QueueCounts;
import dev.gatehouse.jobs.Redriven;
import dev.gatehouse.jobs.TakeOutcome;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.web.Timestamp;
import dev.gatehouse.web.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Converts outcomes to JSON, as {@code jobs.yml} describes it. Payloads keep their text, which a serializer would change. */
final class JobJson {

    private static final String NULL = "null";

    private JobJson() {}

    static JsonObject of(String id, Accepted accepted) {
        return new JsonObject()
                .with("id", id)
                .with("outcome", outcome(accepted))
                .with("dueAt", text(accepted.dueAt()))
                .with("attended", accepted.attended());
    }

    static JsonObject of(TakeOutcome taken) {
        return new JsonObject()
                .withJson("jobs", array(taken.jobs().stream().map(JobJson::of).toList()))
                .withJson("nextDueAt", optional(taken.nextDueAt()))
                .with("waiting", taken.waiting())
                .with("left", taken.left());
    }

    private static JsonObject of(TakenJob job) {
        return new JsonObject()
                .with("id", job.id())
                .withJson("payload", job.payload().json())
                .withJson("group", quoted(job.group()))
                .with("attempt", job.attempt())
                .with("lease", job.lease())
                .with("leaseExpiresAt", text(job.leaseExpiresAt()))
                .with("enqueuedAt", text(job.enqueuedAt()));
    }

    /** Returns the word for {@code accepted}. */
    static String outcome(Accepted accepted) {
        return switch (accepted) {
            case Queued _ -> "queued";
            case Kept _ -> "kept";
            case Replaced _ -> "replaced";
            case After _ -> "after";
        };
    }

    /** Returns the word for {@code end}. */
    static String outcome(LeaseEnd end) {
        return switch (end) {
            case LeaseEnd.Completed _ -> "completed";
            case LeaseEnd.Waiting _ -> "waiting";
            case LeaseEnd.Dead _ -> "dead";
        };
    }

    static JsonObject of(LeaseEnd end) {
        var json = new JsonObject().with("outcome", outcome(end));
        switch (end) {
            case LeaseEnd.Completed _ -> {
                // It has no more attempts.
            }
            case LeaseEnd.Waiting(var dueAt, int attempt, boolean _) ->
                json.with("dueAt", text(dueAt)).with("attempt", attempt);
            case LeaseEnd.Dead(int attempt, boolean _) ->
                json.withJson("dueAt", NULL).with("attempt", attempt);
        }
        return json.with("attended", end.attended());
    }

    /** Converts the end of an extended lease. */
    static JsonObject of(Instant leaseEnd) {
        return new JsonObject().with("leaseExpiresAt", text(leaseEnd));
    }

    static JsonObject of(JobDetails job) {
        return new JsonObject()
                .with("id", job.id())
                .with("state", job.state().name().toLowerCase(Locale.ROOT))
                .withJson("payload", job.payload().json())
                .withJson("group", quoted(job.group()))
                .with("attempt", job.attempt())
                .with("maxAttempts", job.maxAttempts())
                .with("crashes", job.crashes())
                .with("enqueuedAt", text(job.enqueuedAt()))
                .with("dueAt", text(job.dueAt()))
                .withJson("leaseExpiresAt", optional(job.leaseExpiresAt()))
                .withJson("diedAt", optional(job.death().map(JobDetails.Death::diedAt)))
                .withJson("reason", quoted(job.death().map(JobDetails.Death::reason)))
                .with("expiresAt", text(job.expiresAt()))
                .with("followed", job.followed());
    }

    static JsonObject ofDead(JobPage<DeadJob> page) {
        return page(page, JobJson::of);
    }

    static JsonObject ofPresent(JobPage<PresentJob> page) {
        return page(page, JobJson::of);
    }

    private static <T> JsonObject page(JobPage<T> page, Function<T, JsonObject> json) {
        return new JsonObject()
                .withJson("jobs", array(page.jobs().stream().map(json).toList()))
                .withJson(
                        "next",
                        page.next().isPresent() ? Long.toString(page.next().getAsLong()) : NULL);
    }

    private static JsonObject of(PresentJob job) {
        return new JsonObject()
                .with("id", job.id())
                .withJson("group", quoted(job.group()))
                .with("attempt", job.attempt())
                .with("maxAttempts", job.maxAttempts())
                .with("crashes", job.crashes())
                .with("enqueuedAt", text(job.enqueuedAt()))
                .with("dueAt", text(job.dueAt()))
                .withJson("leaseExpiresAt", optional(job.leaseExpiresAt()))
                .with("expiresAt", text(job.expiresAt()));
    }

    private static JsonObject of(DeadJob job) {
        return new JsonObject()
                .with("id", job.id())
                .withJson("group", quoted(job.group()))
                .with("attempt", job.attempt())
                .with("crashes", job.crashes())
                .with("diedAt", text(job.death().diedAt()))
                .with("reason", job.death().reason())
                .with("enqueuedAt", text(job.enqueuedAt()))
                .with("expiresAt", text(job.expiresAt()));
    }

    static JsonObject of(Redriven redriven) {
        return new JsonObject()
                .withJson(
                        "ids",
                        redriven.ids().stream().map(JsonObject::quoted).collect(Collectors.joining(",", "[", "]")))
                .with("attended", redriven.attended());
    }

    static JsonObject of(LeaveOutcome outcome) {
        return new JsonObject()
                .with("attended", outcome.attended())
                .withJson("nextDueAt", optional(outcome.nextDueAt()));
    }

    static JsonObject of(QueueCounts counts) {
        return new JsonObject()
                .with("due", counts.due())
                .with("delayed", counts.delayed())
                .with("blocked", counts.blocked())
                .with("active", counts.active())
                .with("dead", counts.dead())
                .with("drainers", counts.drainers())
                .withJson("oldestDueAt", optional(counts.oldestDueAt()));
    }

    static String array(List<JsonObject> elements) {
        return elements.stream().map(JsonObject::text).collect(Collectors.joining(",", "[", "]"));
    }

    private static String quoted(Optional<String> text) {
        return text.map(JsonObject::quoted).orElse(NULL);
    }

    private static String optional(Optional<Instant> instant) {
        return instant.map(JobJson::text).map(JsonObject::quoted).orElse(NULL);
    }

    private static String text(Instant instant) {
        return new Timestamp(instant).toString();
    }
}

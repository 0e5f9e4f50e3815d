// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.jobs.DueTime;
import dev.gatehouse.jobs.JobPayload;
import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.OnDuplicate;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.JsonValue;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job to enqueue.
 *
 * @param payload any JSON value of up to 200 KiB; a taker gets it as it was written
 * @param id identifies the job in its queue, generated if absent
 * @param group a name for jobs that run in order, and only some at once
 * @param groupLimit the number of jobs of the group that run at once; the one of the latest job holds for the group
 * @param delayMillis the time until the job is due; at most one of this and {@code runAt}
 * @param runAt the time at which the job is due, at most 30 days ahead; at once if it is past
 * @param onDuplicate the treatment of this job if a waiting or active one has its id: keep that one; replace a waiting one and
 *     follow an active one, which is not retried then; or run after an active one
 * @param maxAttempts the number of failures after which the job is dead
 * @param ttlSeconds how long the job waits at most once it is due, and how long it is kept when it is dead
 * @param requestId identifies this request, generated if absent; a repetition with it within a minute has the first response
 */
@JsonRecord
record EnqueueRequest(
        @JsonUnwrapped QueueRequest queue,

        @Schema(implementation = Object.class, ref = "#/components/schemas/AnyValue")
        JsonValue payload,

        @Schema(example = "mail-42") @Nullable @Pattern(regexp = QueueRequest.NAME, message = QueueRequest.NAME_RULE)
        String id,

        @Schema(example = "customer-7") @Nullable @Pattern(regexp = QueueRequest.NAME, message = QueueRequest.NAME_RULE)
        String group,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "1")
        @Min(1)
        @Max(NewJob.MAX_GROUP_LIMIT)
        int groupLimit,

        @Schema(example = "60000") @Nullable @Min(0) @Max(DueTime.MAX_DELAY_MILLIS)
        Long delayMillis,

        @Schema(format = "date-time", example = "1970-01-01T00:00:00Z") @Nullable
        String runAt,

        @Schema(
                type = "string",
                allowableValues = {"keep", "replace", "after"},
                requiredMode = NOT_REQUIRED,
                nullable = true)
        @Bindable(defaultValue = "keep")
        @Pattern(regexp = "^(keep|replace|after)$", message = "must be one of: after, keep, replace")
        String onDuplicate,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "3")
        @Min(1)
        @Max(NewJob.MAX_ATTEMPTS)
        int maxAttempts,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "345600")
        @Min(1)
        @Max(NewJob.MAX_TTL_SECONDS)
        long ttlSeconds,

        @Schema(example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
        @Nullable
        @Pattern(regexp = QueueRequest.NAME, message = QueueRequest.NAME_RULE)
        String requestId)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        if (runAt == null) {
            return;
        }
        if (delayMillis != null) {
            violations.add("runAt", "must be left out with delayMillis");
        } else if (instant(runAt).isEmpty()) {
            violations.add("runAt", "must be a time such as 2030-01-31T12:00:00Z");
        }
    }

    /** @throws dev.gatehouse.validation.InvalidArgument if the payload is too long, or the time out of its bounds */
    NewJob toJob() {
        var jobId = id == null ? NewJob.generatedId() : id;
        return new NewJob(
                jobId,
                JobPayload.of(payload.sourceText()),
                Optional.ofNullable(group),
                groupLimit,
                due(),
                OnDuplicate.valueOf(onDuplicate.toUpperCase(Locale.ROOT)),
                maxAttempts,
                ttlSeconds,
                requestId == null ? NewJob.requestId(jobId) : requestId);
    }

    private DueTime due() {
        return Optional.ofNullable(runAt)
                .flatMap(EnqueueRequest::instant)
                .<DueTime>map(DueTime.At::new)
                .orElseGet(() -> delayMillis == null ? DueTime.NOW : new DueTime.After(delayMillis));
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    /** Leaves out all texts of the caller. */
    @Override
    public String toString() {
        return "EnqueueRequest[…]";
    }
}

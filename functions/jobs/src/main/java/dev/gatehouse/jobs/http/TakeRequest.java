// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.fallback.DecisionWaiters;
import dev.gatehouse.jobs.Attendance;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.Validatable;
import dev.gatehouse.web.json.ViolationCollector;
import io.micronaut.core.bind.annotation.Bindable;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Jobs to take.
 *
 * @param max the maximum number of jobs; with 0 a drainer announces only that it attends
 * @param leaseMillis the time for which the jobs are leased
 * @param waitMillis how long to wait while no job can be taken
 * @param drainer identifies a drainer, which takes again within {@code attendMillis}; enqueuers start no other until then
 * @param attendMillis the time until the drainer takes again at most; only, and always, with a drainer
 * @param leaveWhenEmpty whether the drainer leaves if no job can be taken; only with a drainer and without a wait
 * @param requestId a secret that identifies this request, generated if absent; a repetition with it within a minute returns the
 *     jobs that are still leased by it
 */
@JsonRecord
record TakeRequest(
        @JsonUnwrapped QueueRequest queue,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "1")
        @Min(0)
        @Max(TakeOptions.MAX_JOBS)
        int max,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "30000")
        @Min(1)
        @Max(TakeOptions.MAX_LEASE_MILLIS)
        long leaseMillis,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true)
        @Bindable(defaultValue = "0")
        @Min(0)
        @Max(DecisionWaiters.MAX_WAIT_MILLIS)
        long waitMillis,

        @Schema(example = "drainer-1") @Nullable @Pattern(regexp = QueueRequest.NAME, message = QueueRequest.NAME_RULE)
        String drainer,

        @Schema(example = "60000") @Nullable @Min(1) @Max(Attendance.MAX_ATTEND_MILLIS)
        Long attendMillis,

        @Schema(requiredMode = NOT_REQUIRED, nullable = true) @Bindable(defaultValue = "false")
        boolean leaveWhenEmpty,

        @Schema(example = "mQ8Yd1vXy0S3o7Z9aBcDeF")
        @Nullable
        @Pattern(regexp = "^[!-~]{1,100}$", message = "must be 1 to 100 visible ASCII characters")
        String requestId)
        implements Validatable {

    @Override
    public void validate(ViolationCollector violations) {
        if (drainer != null && attendMillis == null) {
            violations.add("attendMillis", "is missing; a drainer must state it");
        }
        if (drainer == null && attendMillis != null) {
            violations.add("attendMillis", "must be left out without a drainer");
        }
        if (drainer == null && leaveWhenEmpty) {
            violations.add("leaveWhenEmpty", "must be left out without a drainer");
        }
        if (leaveWhenEmpty && waitMillis > 0) {
            violations.add("waitMillis", "must be left out with leaveWhenEmpty");
        }
    }

    TakeOptions toOptions() {
        return new TakeOptions(
                max,
                leaseMillis,
                drainer == null || attendMillis == null
                        ? Optional.empty()
                        : Optional.of(new Attendance(drainer, attendMillis, leaveWhenEmpty)),
                requestId == null ? RandomToken.next() : requestId);
    }

    Duration maxWait() {
        return Duration.ofMillis(waitMillis);
    }

    /** Leaves out all texts of the caller. */
    @Override
    public String toString() {
        return "TakeRequest[…]";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.fallback.OwnerOutcome.Lost;
import dev.gatehouse.jobs.EnqueueOutcome;
import dev.gatehouse.jobs.EnqueueOutcome.Accepted;
import dev.gatehouse.jobs.LeaseEnd;
import dev.gatehouse.jobs.TakeOutcome;
import dev.gatehouse.telemetry.Telemetry;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Counts jobs by outcome. A request may have many jobs. */
@Singleton
final class JobTelemetry {

    private final @Nullable Telemetry telemetry;

    JobTelemetry(@Nullable Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    void record(EnqueueOutcome outcome) {
        if (outcome instanceof Accepted accepted) {
            count("jobs.enqueued", JobJson.outcome(accepted));
        }
    }

    void record(TakeOutcome outcome) {
        outcome.jobs().forEach(job -> count("jobs.taken", job.attempt() == 1 ? "first" : "retried"));
    }

    <T> void record(OwnerOutcome<T> outcome) {
        switch (outcome) {
            case Held<T>(LeaseEnd end) -> count("jobs.ended", JobJson.outcome(end));
            case Held<T> _ -> {
                // An extended lease has not ended.
            }
            case Lost<T> _ -> count("jobs.ended", "lost");
        }
    }

    private void count(String counter, String outcome) {
        if (telemetry != null) {
            telemetry.count(counter, outcome);
        }
    }
}

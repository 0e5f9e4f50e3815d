package dev.gatehouse.jobs;

import dev.gatehouse.jobs.JobDetails.Death;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Some dead jobs of a queue, latest death first.
 *
 * @param next the start of the next page, for {@link JobStore#dead}; empty if this is the last
 */
public record DeadJobPage(List<DeadJob> jobs, OptionalLong next) {

    public static final int MAX_LIMIT = 100;

    public DeadJobPage {
        jobs = List.copyOf(jobs);
    }

    /**
     * A dead job, without its payload.
     *
     * @param attempt the number of its last attempt
     */
    public record DeadJob(
            String id,
            Optional<String> group,
            int attempt,
            int crashes,
            Death death,
            Instant enqueuedAt,
            Instant expiresAt) {}

    static void requireLimit(int limit) {
        InvalidArgument.requireRange("limit", limit, 1, MAX_LIMIT);
    }

    static void requireBefore(OptionalLong before) {
        before.ifPresent(position -> InvalidArgument.requireRange("before", position, 1, 1L << 53));
    }
}

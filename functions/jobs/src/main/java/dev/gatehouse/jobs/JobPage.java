// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.jobs.JobDetails.Death;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Some jobs of a queue, without their payloads.
 *
 * @param next the start of the next page; empty if this is the last
 */
public record JobPage<T>(List<T> jobs, OptionalLong next) {

    public static final int MAX_LIMIT = 100;

    /** The maximum number of jobs to skip. */
    public static final int MAX_OFFSET = 1_000_000_000;

    public JobPage {
        jobs = List.copyOf(jobs);
    }

    /** The lists of jobs that are not dead. {@link QueueCounts} counts each. */
    public enum Kind {
        /** Jobs that are due, in the order in which they are taken; then those that became due since the last take. */
        DUE,
        /** Jobs that wait for their due time, earliest first. */
        DELAYED,
        /** Jobs that were due and wait for others of their group, in the order of groups and turns. */
        BLOCKED,
        /** Leased jobs, earliest end of the lease first. */
        ACTIVE
    }

    /**
     * A job that waits or is leased.
     *
     * @param attempt the number of the present or next attempt
     * @param leaseExpiresAt the end of the last lease, if it has not been ended since
     */
    public record PresentJob(
            String id,
            Optional<String> group,
            int attempt,
            int maxAttempts,
            int crashes,
            Instant enqueuedAt,
            Instant dueAt,
            Optional<Instant> leaseExpiresAt,
            Instant expiresAt) {

        /** Leaves out the texts of the caller. */
        @Override
        public String toString() {
            return "PresentJob[…]";
        }
    }

    /**
     * A dead job.
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
            Instant expiresAt) {

        /** Leaves out the texts of the caller. */
        @Override
        public String toString() {
            return "DeadJob[…]";
        }
    }

    static void requireLimit(int limit) {
        InvalidArgument.requireRange("limit", limit, 1, MAX_LIMIT);
    }

    static void requireBefore(OptionalLong before) {
        before.ifPresent(position -> InvalidArgument.requireRange("before", position, 1, 1L << 53));
    }

    static void requireOffset(int offset) {
        InvalidArgument.requireRange("offset", offset, 0, MAX_OFFSET);
    }
}

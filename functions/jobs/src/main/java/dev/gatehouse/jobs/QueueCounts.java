// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * The numbers of jobs in a queue.
 *
 * @param due jobs that are due and wait for a taker. Some may have to wait for others of their group
 * @param delayed jobs that wait for their due time
 * @param blocked jobs that were due, and wait for others of their group
 * @param active jobs that are leased
 * @param dead jobs that are dead
 * @param drainers drainers that attend
 * @param oldestDueAt the due time of the job that has been due longest; empty if {@code due} is 0
 */
public record QueueCounts(
        long due, long delayed, long blocked, long active, long dead, long drainers, Optional<Instant> oldestDueAt) {}

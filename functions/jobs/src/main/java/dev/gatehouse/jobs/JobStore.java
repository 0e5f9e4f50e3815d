// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.jobs.JobPage.DeadJob;
import dev.gatehouse.jobs.JobPage.PresentJob;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * Keeps jobs until they are done, and leases each that is due to one taker at a time.
 *
 * <pre>
 *         enqueue             take               complete
 * absent ─────────▶ waiting ───────▶ active(lease) ─────────▶ absent
 *                    ▲ ▲  │             │   │
 *                    │ │  │             │   │ failed or crashed too often
 *                    │ └──┼─────────────┘   ▼
 *            redrive │    │  fail,         dead
 *                    │    │  give back,     │
 *                    │    │  end of lease   │
 *                    └────┼─────────────────┤
 *                         ▼                 ▼
 *                  absent: cancelled, expired or replaced
 * </pre>
 *
 * <p>A queue has no resident worker. A <em>drainer</em> is started by a schedule, or by an enqueuer that finds none: it takes
 * and completes until nothing is due, and leaves.
 *
 * <p>The contract, verified by {@code JobContract}, {@code AnyAttendanceTest} and {@code AnyJobTraceTest}:
 *
 * <ol>
 *   <li>A job is leased to one taker at a time. A lease that has ended or was replaced changes nothing: its holder gets {@link
 *       OwnerOutcome.Lost}.
 *   <li>A job that was accepted is completed, dead, cancelled, expired or replaced by a job with its id; it is never just gone.
 *       It may run more than once: if its lease ends before it is completed.
 *   <li>A job does not run before its due time. All times are those of the clock of Redis.
 *   <li>The length of a delay has no effect on the number of runs: only leases end and redeliver.
 *   <li>A job of a group gets a place in it when it is first taken, and keeps the place until it is completed, dead,
 *       cancelled or expired: also while it waits for a retry. No more than the limit have one. Jobs get places in the
 *       order in which they became due; those that are due at once, in the order in which they were enqueued, also if the clock
 *       steps back. Outside of groups, jobs are taken in the same order.
 *   <li>No wake-up is lost. Each operation that makes a job takeable at once reports {@code attended}. If true, an attending
 *       drainer takes again after it, unless it dies; that costs the rest of its {@link Attendance#attendMillis} at most.
 *       If false, the caller starts a drainer, or takes again itself. A drainer leaves only in a {@link #take} that finds no
 *       takeable job, or by {@link #leave}, which reports {@code attended} as well. No call reports a job that becomes
 *       takeable by time alone: at the end of a delay, of a retry's pause or of a lease. A drainer that leaves gets the
 *       earliest such time as {@code nextDueAt}. The schedule of the drainers finds the job; where that is too late, a drainer is
 *       started at that time. So {@link EnqueueOutcome.Accepted#attended} is false for a job with a delay, even while a drainer
 *       attends: it may leave before.
 *   <li>After {@link OnDuplicate#REPLACE} was accepted, the old payload is not taken any more.
 *   <li>A queue that nobody calls costs no command, and each key in Redis ends with the last thing in it.
 *   <li>A failed attempt is retried after a backoff: {@value #BACKOFF_MILLIS} ms after the first failure, doubled with each
 *       further one up to {@link #MAX_BACKOFF_MILLIS}, and shortened by up to half at random. {@link
 *       JobFailure#retryInMillis} overrides it. After {@link NewJob#maxAttempts} failures, or
 *       after {@value #MAX_CRASHES} leases that ended by themselves, the job is dead; the latter with the reason {@value
 *       #CRASHED}.
 *   <li>Each call can be repeated within {@value #REMEMBERED_SECONDS} s after its reply was lost, and gets the first
 *       outcome: an enqueue and a take by their request ids, the end of a lease by the lease. A repeated take returns the jobs
 *       that are still leased by it. A repeated redrive finds no dead job. Later, an enqueue with the id of a waiting job is {@link EnqueueOutcome.Kept}, and a
 *       lost take ends with its leases, as a crash.
 *   <li>Tenants and queues are separate.
 *   <li>Every stage completes by its deadline, and never exceptionally. Without a reply of Redis, the decision is
 *       unavailable, and nothing is kept in memory: a job accepted there would be a lost job.
 * </ol>
 */
public interface JobStore {

    /** The maximum number of jobs in a call. */
    int MAX_BATCH = 20;

    /** The bound on the payloads of one take, unless it is a single one: 1 MiB. */
    int MAX_TAKEN_BYTES = 1 << 20;

    /** The reason of the death of a job whose leases ended by themselves. */
    String CRASHED = "crashed";

    /** The number of leases that end by themselves after which a job is dead. */
    int MAX_CRASHES = 3;

    /** The longest pause after the first failure. */
    long BACKOFF_MILLIS = 1_000;

    /** The longest pause after any failure: ten minutes. */
    long MAX_BACKOFF_MILLIS = 600_000;

    /** The time for which repeated calls are recognized at least. */
    int REMEMBERED_SECONDS = 60;

    /** Enqueues a job. */
    CompletionStage<Decision<EnqueueOutcome>> enqueue(String tenant, QueueName queue, NewJob job, Deadline deadline);

    /**
     * Leases jobs that are due to the caller: in order, as many as {@link TakeOptions#max}, or fewer if their payloads are
     * larger than {@link #MAX_TAKEN_BYTES} together. First, jobs whose lease has ended wait again or are dead.
     */
    CompletionStage<Decision<TakeOutcome>> take(String tenant, QueueName queue, TakeOptions options, Deadline deadline);

    /**
     * Ends the attendance of a drainer that has no time for another take.
     *
     * @param drainer as in {@link Attendance#drainer}
     */
    CompletionStage<Decision<LeaveOutcome>> leave(String tenant, QueueName queue, String drainer, Deadline deadline);

    /** Completes one job. */
    default CompletionStage<Decision<OwnerOutcome<LeaseEnd.Completed>>> complete(
            String tenant, QueueName queue, JobLease lease, Deadline deadline) {
        return completeAll(tenant, queue, List.of(lease), deadline).thenApply(JobStore::single);
    }

    /**
     * Completes jobs, each by itself.
     *
     * @param leases 1 to {@value #MAX_BATCH}, of different jobs
     * @return the outcomes in the same order
     */
    CompletionStage<Decision<List<OwnerOutcome<LeaseEnd.Completed>>>> completeAll(
            String tenant, QueueName queue, List<JobLease> leases, Deadline deadline);

    /** Ends a failed attempt of one job, which waits for another or is dead. */
    default CompletionStage<Decision<OwnerOutcome<LeaseEnd>>> fail(
            String tenant, QueueName queue, JobFailure failure, Deadline deadline) {
        return failAll(tenant, queue, List.of(failure), deadline).thenApply(JobStore::single);
    }

    /**
     * Ends failed attempts of jobs, each by itself.
     *
     * @param failures 1 to {@value #MAX_BATCH}, of different jobs
     * @return the outcomes in the same order: {@link LeaseEnd.Waiting} or {@link LeaseEnd.Dead}
     */
    CompletionStage<Decision<List<OwnerOutcome<LeaseEnd>>>> failAll(
            String tenant, QueueName queue, List<JobFailure> failures, Deadline deadline);

    /**
     * Gives back jobs that the caller has not begun, each by itself. They are due at once, and no attempt is counted.
     *
     * @param leases 1 to {@value #MAX_BATCH}, of different jobs
     * @return the outcomes in the same order
     */
    CompletionStage<Decision<List<OwnerOutcome<LeaseEnd.Waiting>>>> giveBackAll(
            String tenant, QueueName queue, List<JobLease> leases, Deadline deadline);

    /** Extends the lease of one job. */
    default CompletionStage<Decision<OwnerOutcome<Instant>>> extend(
            String tenant, QueueName queue, JobLease lease, long leaseMillis, Deadline deadline) {
        return extendAll(tenant, queue, List.of(lease), leaseMillis, deadline).thenApply(JobStore::single);
    }

    /**
     * Extends leases, each by itself. Never shortens one.
     *
     * @param leases 1 to {@value #MAX_BATCH}, of different jobs
     * @param leaseMillis the time that they last from now at least, 1 to {@link TakeOptions#MAX_LEASE_MILLIS}
     * @return the ends of the leases, in the same order
     */
    CompletionStage<Decision<List<OwnerOutcome<Instant>>>> extendAll(
            String tenant, QueueName queue, List<JobLease> leases, long leaseMillis, Deadline deadline);

    /** Removes a job that is waiting or dead. */
    CompletionStage<Decision<CancelOutcome>> cancel(String tenant, QueueName queue, String id, Deadline deadline);

    /** Returns a job; empty if there is none. */
    CompletionStage<Decision<Optional<JobDetails>>> inspect(
            String tenant, QueueName queue, String id, Deadline deadline);

    /**
     * Lists dead jobs, latest death first.
     *
     * @param limit 1 to {@link JobPage#MAX_LIMIT}
     * @param before the {@link JobPage#next} of the previous page; empty for the first page
     */
    CompletionStage<Decision<JobPage<DeadJob>>> dead(
            String tenant, QueueName queue, int limit, OptionalLong before, Deadline deadline);

    /**
     * Lists jobs that are not dead. Changes nothing. Each page is that of its moment: if jobs come or go between two calls, one
     * may be on both pages or on neither.
     *
     * @param limit 1 to {@link JobPage#MAX_LIMIT}
     * @param offset the {@link JobPage#next} of the previous page, up to {@value JobPage#MAX_OFFSET}; 0 for the first page
     */
    CompletionStage<Decision<JobPage<PresentJob>>> list(
            String tenant, QueueName queue, JobPage.Kind kind, int limit, int offset, Deadline deadline);

    /**
     * Makes dead jobs wait again: due at once, as new ones without attempts or crashes.
     *
     * @param ids 1 to {@value #MAX_BATCH}, all different
     */
    CompletionStage<Decision<Redriven>> redrive(String tenant, QueueName queue, List<String> ids, Deadline deadline);

    /** Counts the jobs of a queue. Changes nothing. */
    CompletionStage<Decision<QueueCounts>> counts(String tenant, QueueName queue, Deadline deadline);

    /**
     * Checks the bounds of a batch.
     *
     * @param field the name of the field in requests
     * @param ids the ids of its jobs
     * @throws InvalidArgument if there are none, too many or two equal ones
     */
    static void requireBatch(String field, List<String> ids) {
        InvalidArgument.requireRange(field, ids.size(), 1, MAX_BATCH);
        ids.forEach(NewJob::requireId);
        if (ids.stream().distinct().count() < ids.size()) {
            throw new InvalidArgument(field, "must be of different jobs");
        }
    }

    private static <T> Decision<T> single(Decision<List<T>> decision) {
        return decision.map(List::getFirst);
    }
}

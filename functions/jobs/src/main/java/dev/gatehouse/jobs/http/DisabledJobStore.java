// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.jobs.CancelOutcome;
import dev.gatehouse.jobs.EnqueueOutcome;
import dev.gatehouse.jobs.JobDetails;
import dev.gatehouse.jobs.JobFailure;
import dev.gatehouse.jobs.JobLease;
import dev.gatehouse.jobs.JobPage;
import dev.gatehouse.jobs.JobPage.DeadJob;
import dev.gatehouse.jobs.JobPage.PresentJob;
import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.jobs.LeaseEnd;
import dev.gatehouse.jobs.LeaveOutcome;
import dev.gatehouse.jobs.NewJob;
import dev.gatehouse.jobs.QueueCounts;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.Redriven;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.jobs.TakeOutcome;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The jobs of a process without Redis: every decision is unavailable, since a job in memory would be a lost job. */
final class DisabledJobStore implements JobStore {

    private static <T> CompletionStage<Decision<T>> unavailable() {
        return CompletableFuture.completedStage(new Unavailable<>(Duration.ofSeconds(1)));
    }

    @Override
    public CompletionStage<Decision<EnqueueOutcome>> enqueue(
            String tenant, QueueName queue, NewJob job, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<TakeOutcome>> take(
            String tenant, QueueName queue, TakeOptions options, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<LeaveOutcome>> leave(
            String tenant, QueueName queue, String drainer, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<List<OwnerOutcome<LeaseEnd.Completed>>>> completeAll(
            String tenant, QueueName queue, List<JobLease> leases, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<List<OwnerOutcome<LeaseEnd>>>> failAll(
            String tenant, QueueName queue, List<JobFailure> failures, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<List<OwnerOutcome<LeaseEnd.Waiting>>>> giveBackAll(
            String tenant, QueueName queue, List<JobLease> leases, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<List<OwnerOutcome<Instant>>>> extendAll(
            String tenant, QueueName queue, List<JobLease> leases, long leaseMillis, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<CancelOutcome>> cancel(
            String tenant, QueueName queue, String id, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<Optional<JobDetails>>> inspect(
            String tenant, QueueName queue, String id, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<JobPage<DeadJob>>> dead(
            String tenant, QueueName queue, int limit, OptionalLong before, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<JobPage<PresentJob>>> list(
            String tenant, QueueName queue, JobPage.Kind kind, int limit, int offset, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<Redriven>> redrive(
            String tenant, QueueName queue, List<String> ids, Deadline deadline) {
        return unavailable();
    }

    @Override
    public CompletionStage<Decision<QueueCounts>> counts(String tenant, QueueName queue, Deadline deadline) {
        return unavailable();
    }
}

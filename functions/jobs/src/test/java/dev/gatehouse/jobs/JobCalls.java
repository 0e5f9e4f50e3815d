// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** Calls of a {@link JobStore} at the time of the test. Only the tests move the clock. */
abstract class JobCalls {

    static final long MILLI = 1_000;
    static final long SECOND = 1_000 * MILLI;
    static final QueueName Q = QueueName.of("q");
    static final JobPayload ONE = JobPayload.of("1");
    static final JobPayload TWO = JobPayload.of("2");

    /** Separates the queues of each test. */
    final String tenant = "tenant-" + UUID.randomUUID();

    abstract JobStore jobs();

    abstract AtomicLong clock();

    final EnqueueOutcome enqueue(NewJob job) {
        return decided(jobs().enqueue(tenant, Q, job, patience()));
    }

    final EnqueueOutcome enqueue(String id) {
        return enqueue(NewJob.of(id, ONE));
    }

    static NewJob delayed(String id, long seconds) {
        return NewJob.of(id, ONE).withDue(new DueTime.After(seconds * 1000));
    }

    static NewJob grouped(String id, String group, int limit) {
        return NewJob.of(id, ONE).withGroup(group, limit);
    }

    final TakeOutcome take(TakeOptions options) {
        return decided(jobs().take(tenant, Q, options, patience()));
    }

    final List<TakenJob> take(int max) {
        return take(TakeOptions.of(max)).jobs();
    }

    final TakenJob takeOne() {
        var taken = take(1);
        assertThat(taken).hasSize(1);
        return taken.getFirst();
    }

    final List<String> takenIds(int max) {
        return take(max).stream().map(TakenJob::id).toList();
    }

    /** Takes as a drainer that leaves if there is nothing. */
    final TakeOutcome drain(String drainer, int max) {
        return take(TakeOptions.of(max).withAttendance(new Attendance(drainer, 60_000, true)));
    }

    final OwnerOutcome<LeaseEnd.Completed> complete(TakenJob job) {
        return decided(jobs().complete(tenant, Q, job.jobLease(), patience()));
    }

    final OwnerOutcome<LeaseEnd> fail(TakenJob job, long retryInMillis) {
        return fail(new JobFailure(job.jobLease(), OptionalLong.of(retryInMillis), false, "no luck"));
    }

    final OwnerOutcome<LeaseEnd> fail(JobFailure failure) {
        return decided(jobs().fail(tenant, Q, failure, patience()));
    }

    final OwnerOutcome<LeaseEnd.Waiting> giveBack(TakenJob job) {
        return decided(jobs().giveBackAll(tenant, Q, List.of(job.jobLease()), patience()))
                .getFirst();
    }

    final OwnerOutcome<Instant> extend(TakenJob job, long seconds) {
        return decided(jobs().extend(tenant, Q, job.jobLease(), seconds * 1000, patience()));
    }

    final CancelOutcome cancel(String id) {
        return decided(jobs().cancel(tenant, Q, id, patience()));
    }

    final Optional<JobDetails> inspect(String id) {
        return decided(jobs().inspect(tenant, Q, id, patience()));
    }

    final JobPage<JobPage.DeadJob> dead(int limit, OptionalLong before) {
        return decided(jobs().dead(tenant, Q, limit, before, patience()));
    }

    final JobPage<JobPage.PresentJob> list(JobPage.Kind kind, int limit, int offset) {
        return decided(jobs().list(tenant, Q, kind, limit, offset, patience()));
    }

    final Redriven redrive(String... ids) {
        return decided(jobs().redrive(tenant, Q, List.of(ids), patience()));
    }

    final LeaveOutcome leave(String drainer) {
        return decided(jobs().leave(tenant, Q, drainer, patience()));
    }

    final QueueCounts counts() {
        return decided(jobs().counts(tenant, Q, patience()));
    }

    static <T> T decided(CompletionStage<Decision<T>> stage) {
        var decision = stage.toCompletableFuture().join();
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<T>) decision).value();
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    final void pass(long micros) {
        clock().addAndGet(micros);
    }

    final Instant in(long micros) {
        return Instant.EPOCH.plus(clock().get() + micros, ChronoUnit.MICROS);
    }
}

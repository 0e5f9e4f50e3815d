// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.LeaseRenewer;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.jobs.Attendance;
import dev.gatehouse.jobs.JobLease;
import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.jobs.LeaseEnd;
import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.jobs.TakeOutcome;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.jobs.drain.DrainReport.End;
import dev.gatehouse.redis.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes jobs and works on one after the other, as a drainer of its own. Runs once. */
final class DrainWorker {

    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

    private final JobStore store;
    private final String tenant;
    private final QueueName queue;
    private final DrainOptions options;
    private final Duration budget;
    private final Deadline end;
    private final Deadline lastStart;
    private final JobHandler handler;
    private final WorkerGroup group;
    private final String drainer = RandomToken.next();

    private long completed;
    private long failed;
    private long lost;
    private long givenBack;

    DrainWorker(
            JobStore store,
            String tenant,
            QueueName queue,
            DrainOptions options,
            Duration budget,
            Deadline end,
            JobHandler handler,
            WorkerGroup group) {
        this.store = store;
        this.tenant = tenant;
        this.queue = queue;
        this.options = options;
        this.budget = budget;
        this.end = end;
        this.lastStart = new Deadline(end.nanoTime() - options.reserve().toNanos());
        this.handler = handler;
        this.group = group;
    }

    DrainReport run() {
        try {
            return drain();
        } finally {
            group.end();
        }
    }

    private DrainReport drain() {
        while (!mustStop()) {
            var leaseEnd = leaseEnd();
            var outcome = value(take(options.batch(), true));
            if (outcome == null) {
                return report(End.UNAVAILABLE, false, Optional.empty());
            }
            if (!outcome.left()) {
                work(outcome.jobs(), new HeldLeases(outcome.jobs(), leaseEnd));
            } else if (!group.pauseWhileOthersWork()) {
                return report(End.EMPTY, true, outcome.nextDueAt());
            }
        }
        return leave();
    }

    private boolean mustStop() {
        if (Thread.currentThread().isInterrupted()) {
            group.stop();
        }
        return group.isStopped() || lastStart.isSpent();
    }

    private CompletionStage<Decision<TakeOutcome>> take(int max, boolean leavesWhenEmpty) {
        var attendance = new Attendance(drainer, leaseMillis(), leavesWhenEmpty);
        return store.take(
                tenant,
                queue,
                new TakeOptions(max, leaseMillis(), Optional.of(attendance), RandomToken.next()),
                step());
    }

    private void work(List<TakenJob> jobs, HeldLeases held) {
        try (var _ = new LeaseRenewer(leaseMillis(), end, () -> held.renewing(() -> renew(held)))) {
            for (var job : jobs) {
                // Its lease is not held if it could not be renewed while the works before ran.
                if (!mustStop() && held.holds(job)) {
                    work(job);
                    held.remove(job);
                }
            }
        }
        // A renewal after the drainer has left would let it attend again.
        held.awaitRenewals();
        giveBack(held.all());
    }

    private void work(TakenJob job) {
        var result = result(job);
        var outcome =
                switch (result) {
                    case JobResult.Done _ -> value(store.complete(tenant, queue, job.jobLease(), step()));
                    case JobResult.Failed failure ->
                        value(store.fail(tenant, queue, failure.failure(job.jobLease()), step()));
                };
        if (!(outcome instanceof Held<?>)) {
            lost++;
            LOG.warn("The end of a job was not recorded, so that it may run again");
        } else if (result instanceof JobResult.Done) {
            completed++;
        } else {
            failed++;
        }
    }

    private JobResult result(TakenJob job) {
        try {
            return Objects.requireNonNull(handler.handle(job), "the handler returned no result");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return JobResult.retry(e.getClass().getName());
        } catch (Exception e) {
            LOG.warn("Attempt {} of a job failed", job.attempt(), e);
            return JobResult.retry(e.getClass().getName());
        }
    }

    /** Renews the leases and the attendance. The result is false if no lease is held any more. */
    private CompletionStage<Decision<Boolean>> renew(HeldLeases held) {
        var leases = held.all();
        var attended = take(0, false);
        if (leases.isEmpty()) {
            return attended.thenApply(decision -> decision.map(_ -> false));
        }
        var leaseEnd = leaseEnd();
        return store.extendAll(tenant, queue, leases, leaseMillis(), step())
                .thenApply(decision -> decision.map(outcomes -> held.extend(leases, outcomes, leaseEnd)))
                .thenCombine(attended, (extended, _) -> extended);
    }

    private void giveBack(List<JobLease> leases) {
        if (!leases.isEmpty()) {
            var outcomes = value(store.giveBackAll(tenant, queue, leases, step()));
            for (int i = 0; i < leases.size(); i++) {
                if (outcomes != null && outcomes.get(i) instanceof Held<LeaseEnd.Waiting>) {
                    givenBack++;
                } else {
                    lost++;
                }
            }
        }
    }

    private DrainReport leave() {
        var departure = value(store.leave(tenant, queue, drainer, step()));
        return departure == null
                ? report(End.UNAVAILABLE, false, Optional.empty())
                : report(End.TIME, departure.attended(), departure.nextDueAt());
    }

    private DrainReport report(End reason, boolean attended, Optional<Instant> nextDueAt) {
        return new DrainReport(completed, failed, lost, givenBack, reason, attended, nextDueAt);
    }

    /** Returns the length of a lease that ends by the end of the invocation. */
    private long leaseMillis() {
        long left = TimeUnit.NANOSECONDS.toMillis(end.remainingNanos());
        return Math.max(1, Math.min(options.leaseMillis(), left));
    }

    /** Returns the end of a lease that begins now. */
    private Deadline leaseEnd() {
        return Deadline.in(Duration.ofMillis(leaseMillis()));
    }

    private Deadline step() {
        return end.atMost(budget);
    }

    /** Returns null if the decision is unavailable. */
    private static <T> @Nullable T value(CompletionStage<Decision<T>> stage) {
        return switch (stage.toCompletableFuture().join()) {
            case Decided<T>(var value, var _) -> value;
            case Unavailable<T> _ -> null;
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.jobs.JobLease;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.redis.Deadline;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The leases of the jobs of one take whose work has not ended. Thread-safe. */
final class HeldLeases {

    private final Map<String, JobLease> leases = new ConcurrentHashMap<>();
    private volatile Deadline end;
    private CompletionStage<?> renewal = CompletableFuture.completedStage(null);
    private boolean isClosed;

    /** @param end the end of the leases, by the clock of this process: not after that by the clock of Redis */
    HeldLeases(List<TakenJob> jobs, Deadline end) {
        jobs.forEach(job -> leases.put(job.id(), job.jobLease()));
        this.end = end;
    }

    List<JobLease> all() {
        return List.copyOf(leases.values());
    }

    boolean isEmpty() {
        return leases.isEmpty();
    }

    /** Returns whether the lease of {@code job} has not ended, as far as this process can know without Redis. */
    boolean holds(TakenJob job) {
        return leases.containsKey(job.id()) && !end.isSpent();
    }

    void remove(TakenJob job) {
        leases.remove(job.id());
    }

    /** Runs a renewal, unless the works have ended. */
    synchronized CompletionStage<Decision<Boolean>> renewing(Supplier<CompletionStage<Decision<Boolean>>> call) {
        if (isClosed) {
            return CompletableFuture.completedStage(new Decided<>(false, Source.REDIS));
        }
        var running = call.get();
        renewal = running;
        return running;
    }

    /** Waits for a renewal that is running. No other begins. */
    void awaitRenewals() {
        CompletionStage<?> last;
        synchronized (this) {
            isClosed = true;
            last = renewal;
        }
        last.toCompletableFuture().join();
    }

    /**
     * Records an extension, and removes the leases that are lost.
     *
     * @param extended the leases to extend
     * @param outcomes in the same order
     * @param newEnd the end of those that are held
     * @return whether any lease is held
     */
    boolean extend(List<JobLease> extended, List<OwnerOutcome<Instant>> outcomes, Deadline newEnd) {
        for (int i = 0; i < extended.size(); i++) {
            if (!(outcomes.get(i) instanceof Held<?>)) {
                leases.remove(extended.get(i).id());
            }
        }
        end = newEnd;
        return !isEmpty();
    }
}

package dev.gatehouse.jobs.drain;

import dev.gatehouse.fallback.OwnerOutcome;
import dev.gatehouse.fallback.OwnerOutcome.Held;
import dev.gatehouse.jobs.JobLease;
import dev.gatehouse.jobs.TakenJob;
import dev.gatehouse.redis.Deadline;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The leases of the jobs of one take whose work has not ended. Thread-safe. */
final class HeldLeases {

    private final Map<String, JobLease> leases = new ConcurrentHashMap<>();
    private volatile Deadline end;

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

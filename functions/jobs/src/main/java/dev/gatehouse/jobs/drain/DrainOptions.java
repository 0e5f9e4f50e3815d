// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.drain;

import dev.gatehouse.jobs.Attendance;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.validation.InvalidArgument;
import java.time.Duration;

/**
 * The options of draining a queue.
 *
 * @param workers the number of jobs that run at once, 1 to {@value #MAX_WORKERS}
 * @param batch the number of jobs that a worker takes at once and runs one after the other, 1 to {@link
 *     TakeOptions#MAX_JOBS}. More saves round trips where the work is short
 * @param leaseMillis the length of leases, 100 to {@link Attendance#MAX_ATTEND_MILLIS}. They are extended while the work
 *     runs; a short lease frees the jobs of a crashed drainer sooner
 * @param reserve the time before the end in which no work begins: at least that of a typical job, 0 to 15 minutes
 */
public record DrainOptions(int workers, int batch, long leaseMillis, Duration reserve) {

    public static final int MAX_WORKERS = 100;

    /** One worker, one job at once, leases of 30 s, a reserve of 5 s. */
    public static final DrainOptions DEFAULT =
            new DrainOptions(1, 1, TakeOptions.DEFAULT_LEASE_MILLIS, Duration.ofSeconds(5));

    public DrainOptions {
        InvalidArgument.requireRange("workers", workers, 1, MAX_WORKERS);
        InvalidArgument.requireRange("batch", batch, 1, TakeOptions.MAX_JOBS);
        InvalidArgument.requireRange("leaseMillis", leaseMillis, 100, Attendance.MAX_ATTEND_MILLIS);
        InvalidArgument.requireRange("reserve", reserve.toMillis(), 0, Attendance.MAX_ATTEND_MILLIS);
    }

    public DrainOptions withWorkers(int number) {
        return new DrainOptions(number, batch, leaseMillis, reserve);
    }

    public DrainOptions withBatch(int number) {
        return new DrainOptions(workers, number, leaseMillis, reserve);
    }

    public DrainOptions withLeaseMillis(long millis) {
        return new DrainOptions(workers, batch, millis, reserve);
    }

    public DrainOptions withReserve(Duration time) {
        return new DrainOptions(workers, batch, leaseMillis, time);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import java.time.Instant;

/** The effect of the end of a lease. */
public sealed interface LeaseEnd {

    /**
     * Returns whether nothing became due by the end of the lease, or a drainer attends. If false, the caller takes again or
     * starts a drainer: the next job of the group or the follower can be taken, or the job itself can.
     */
    boolean attended();

    /** The job is completed. */
    record Completed(boolean attended) implements LeaseEnd {}

    /**
     * The job waits. If a new one has replaced it meanwhile, that one waits.
     *
     * @param dueAt the due time of the job that waits
     * @param attempt the number of the attempt that ended
     */
    record Waiting(Instant dueAt, int attempt, boolean attended) implements LeaseEnd {}

    /**
     * The job is dead.
     *
     * @param attempt the number of the attempt that ended
     */
    record Dead(int attempt, boolean attended) implements LeaseEnd {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

import java.time.Instant;

/** The outcome of enqueueing a job. */
public sealed interface EnqueueOutcome {

    /** The job, or one with its id, is in the ledger. */
    sealed interface Accepted extends EnqueueOutcome {

        /** Returns the time before which the job does not run; that of the present job if it was kept. */
        Instant dueAt();

        /**
         * Returns whether the caller can leave the job to others: a drainer attends and will take again, see {@link JobStore}, or
         * the job is leased or follows a leased one. If false, the caller starts a drainer at {@link #dueAt}, or leaves the
         * job to the schedule of the drainers. Always false for a waiting job that is due later.
         */
        boolean attended();
    }

    /** The job is new. */
    record Queued(Instant dueAt, boolean attended) implements Accepted {}

    /** A waiting or active job has the id, and remains. */
    record Kept(Instant dueAt, boolean attended) implements Accepted {}

    /**
     * A waiting job had the id. Its payload, its due time and the bounds of its attempts and life are those of the new one
     * now, and no attempt is counted. It stays in its group, in its place. It keeps its turn, too, if both are due.
     */
    record Replaced(Instant dueAt, boolean attended) implements Accepted {}

    /** An active job has the id. The new one follows it, and has taken the place of an earlier follower. */
    record After(Instant dueAt, boolean attended) implements Accepted {}

    /**
     * The time is too far ahead. Nothing was changed.
     *
     * @param latest the latest time possible, by the clock of Redis
     */
    record DueTooLate(Instant latest) implements EnqueueOutcome {}
}

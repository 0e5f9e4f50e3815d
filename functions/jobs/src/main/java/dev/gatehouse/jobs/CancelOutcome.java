// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

/** The outcome of cancelling a job. */
public sealed interface CancelOutcome {

    /**
     * No job has the id, now or before the call.
     *
     * @param attended whether no job is ready, or a drainer attends. If false, the caller starts a drainer: the next job of the
     *     group can be taken. A repeated call reports it again
     */
    record Cancelled(boolean attended) implements CancelOutcome {}

    /** The job is leased. Nothing was changed, and a follower remains. */
    record JobActive() implements CancelOutcome {}
}

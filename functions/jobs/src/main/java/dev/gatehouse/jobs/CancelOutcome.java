package dev.gatehouse.jobs;

/** The outcome of cancelling a job. */
public sealed interface CancelOutcome {

    /**
     * No job has the id, now or before the call.
     *
     * @param attended whether nothing became due by this, or a drainer attends. If false, the caller starts a drainer: the next
     *     job of the group can be taken. If no job had the id before the call, which may be a repetition, it is false if any
     *     job is ready and no drainer attends
     */
    record Cancelled(boolean attended) implements CancelOutcome {}

    /** The job is leased. Nothing was changed, and a follower remains. */
    record JobActive() implements CancelOutcome {}
}

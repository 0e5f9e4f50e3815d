package dev.gatehouse.idempotency;

import java.time.Duration;
import java.time.Instant;

/** What came of having work done once. */
public sealed interface Execution {

    /**
     * It was done here, and everybody will be told its result.
     *
     * @param degraded whether that holds in this process only, for Redis did not answer
     */
    record Done(Response response, boolean degraded) implements Execution {}

    /**
     * It was done here, but whether others will be told is not known, or they will not.
     *
     * @param lost false: Redis did not answer, and asking it again to complete is safe; true: another had taken the work
     *     over in the meantime, or the key was invalidated, so it may be done twice
     */
    record Unrecorded(Response response, boolean lost) implements Execution {}

    /** It had been done before; nothing was done here. */
    record Replayed(Response response, Instant completedAt, boolean degraded) implements Execution {}

    /** Somebody else is at it; nothing was done here. */
    record InFlight(ClaimOutcome.InFlight claim) implements Execution {}

    /** The key was used for other work; nothing was done here. */
    record KeyReused() implements Execution {}

    /** Redis did not answer and the policy is to refuse; nothing was done here. */
    record Undecided(Duration retryAfter) implements Execution {}
}

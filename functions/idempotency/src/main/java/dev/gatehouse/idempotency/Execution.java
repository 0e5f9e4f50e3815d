// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import java.time.Duration;
import java.time.Instant;

/** The outcome of running work once. */
public sealed interface Execution {

    /**
     * The work ran here, and later callers get its result.
     *
     * @param degraded whether this holds within this process only, since Redis did not reply
     */
    record Done(Response response, boolean degraded) implements Execution {}

    /**
     * The work ran here, but its result may not be stored for other callers.
     *
     * @param lost false: Redis did not reply, and repeating the completion is safe; true: another owner took the claim
     *     over, or the key was invalidated, so the work may run twice
     */
    record Unrecorded(Response response, boolean lost) implements Execution {}

    /** The work ran here. Its response is not stored, see {@link IdempotentExecutor#storing}, and the key is free again. */
    record Released(Response response) implements Execution {}

    /** The work had been completed before. Nothing ran here. */
    record Replayed(Response response, Instant completedAt, boolean degraded) implements Execution {}

    /** Another claimant does the work. Nothing ran here. */
    record InFlight(ClaimOutcome.InFlight claim) implements Execution {}

    /** The key was used for other work. Nothing ran here. */
    record KeyReused() implements Execution {}

    /** Redis did not reply, and the policy is closed. Nothing ran here. */
    record Undecided(Duration retryAfter) implements Execution {}
}

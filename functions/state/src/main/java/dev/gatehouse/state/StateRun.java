// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.state.WriteOutcome.WriterHeld;
import java.time.Duration;

/** The outcome of work on a state. */
public sealed interface StateRun {

    /**
     * The work ran, and its result is saved.
     *
     * @param degraded whether this holds within this process only, since Redis did not reply
     */
    record Saved(WriteOutcome.Saved outcome, boolean degraded) implements StateRun {}

    /** The work ran and had no result to save. */
    record Unchanged() implements StateRun {}

    /**
     * The work ran, but its result was refused: another has taken the claim over, or has written without one after the
     * lease had ended.
     */
    record Refused(WriteOutcome outcome) implements StateRun {}

    /** The work ran, but Redis did not reply to the save, which may have taken effect. */
    record Unrecorded(Duration retryAfter) implements StateRun {}

    /** Another has the claim. Nothing ran here. */
    record Held(WriterHeld claim) implements StateRun {}

    /** Redis did not reply to the claim. Nothing ran here. */
    record Undecided(Duration retryAfter) implements StateRun {}
}

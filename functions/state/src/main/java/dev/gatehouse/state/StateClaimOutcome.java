// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import java.time.Instant;

/** The outcome of claiming a state. */
public sealed interface StateClaimOutcome permits StateClaimOutcome.Claimed, WriteOutcome.WriterHeld {

    /**
     * The claimant is the writer.
     *
     * @param fence authorizes its writes; greater than all fences that the state had before
     * @param leaseEnds the end of the lease, before which others are refused unless they take over
     * @param state the state to begin with
     */
    record Claimed(long fence, Instant leaseEnds, ReadOutcome state) implements StateClaimOutcome {}
}

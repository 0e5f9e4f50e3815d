// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.state.StateInfo.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** The outcome of a save or a merge. */
public sealed interface WriteOutcome {

    /**
     * The write has taken effect: this one or, if it is repeated, the first one.
     *
     * @param version the new version
     * @param created whether there was no state before
     * @param repeated whether an earlier attempt had taken effect. A call without a reply is attempted again by itself
     */
    record Saved(long version, Instant createdAt, Instant savedAt, Instant expiresAt, boolean created, boolean repeated)
            implements WriteOutcome {

        Saved asRepeated() {
            return new Saved(version, createdAt, savedAt, expiresAt, created, true);
        }
    }

    /** A refusal that depends on the state. Nothing was changed. */
    sealed interface Refusal extends WriteOutcome, DeleteOutcome {}

    /**
     * The state has another version.
     *
     * @param present the version; empty if there is no state
     */
    record VersionMismatch(OptionalLong present) implements Refusal {}

    /**
     * The writer has no claim, and another has one whose lease is live.
     *
     * @param retryAfter the time until the end of the lease
     */
    record WriterHeld(Writer writer, Duration retryAfter) implements Refusal, StateClaimOutcome {}

    /** The claim of the fence is not stored, or another was granted after it. The writer must not write again. */
    record WriterLost() implements Refusal {}

    /** A merge would make the state larger than {@link StateValue#MAX_BYTES}. Nothing was changed. */
    record TooLarge() implements WriteOutcome {}
}

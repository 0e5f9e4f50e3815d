// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import java.time.Instant;

/** The outcome of filling in a loaded value. */
public sealed interface FillOutcome {

    /** The value of this owner is stored, by this or an earlier fill. */
    record Filled(Instant freshUntil, Instant expiresAt) implements FillOutcome {}

    /**
     * Nothing was stored, because Redis did not reply and the policy is open.
     *
     * @param times those that the value would have
     */
    record Unstored(Filled times) implements FillOutcome {}

    /** The owner does not have the lease. Nothing was stored. */
    record LeaseLost(Reason reason) implements FillOutcome {}

    /** The reason why an owner does not have the lease. */
    enum Reason {
        /** The lease ended, and another took it. */
        TAKEN,
        /** An invalidation or a put voided the load. */
        INVALIDATED,
        /** The lease was released, has been deleted since its end, or was never granted. */
        ENDED
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import java.time.Instant;

/** The state of a key. Instants have microsecond precision. */
public sealed interface Inspection permits Inspection.Absent, Inspection.InFlight, ClaimOutcome.Completed {

    /** The key is not stored. */
    record Absent() implements Inspection {}

    /**
     * The key is claimed, and the work is not completed.
     *
     * @param leaseEnds the end of the lease; once it has passed, the next claimant gets the key
     */
    record InFlight(Instant claimedAt, String claimedBy, Instant leaseEnds, Instant expiresAt, long attempt)
            implements Inspection {}
}

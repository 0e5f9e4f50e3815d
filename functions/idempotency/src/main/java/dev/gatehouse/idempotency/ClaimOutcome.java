// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import java.time.Duration;
import java.time.Instant;

/** The outcome of claiming a key. Instants have microsecond precision. */
public sealed interface ClaimOutcome {

    /**
     * The claimant holds the claim and does the work.
     *
     * @param leaseEnds the end of the lease, before which no other claimant gets the claim
     * @param expiresAt the time when the key expires, unless the work is completed
     * @param attempt 1 for the first claim; incremented by each claim after an ended lease
     */
    record Claimed(Instant leaseEnds, Instant expiresAt, long attempt) implements ClaimOutcome {}

    /**
     * The work has been done.
     *
     * @param response the response of the completion, byte for byte
     * @param fingerprint the fingerprint of the work
     * @param expiresAt the time when the key expires
     */
    record Completed(Response response, Fingerprint fingerprint, Instant completedAt, Instant expiresAt)
            implements ClaimOutcome, Inspection {}

    /**
     * Another claimant does the work.
     *
     * @param claimedBy the description in the other claim
     * @param leaseEnds the end of the lease; then another can claim the key, unless it is completed, released or
     *     extended before
     * @param retryAfter the time until the end of the lease
     */
    record InFlight(Instant claimedAt, String claimedBy, Instant leaseEnds, Duration retryAfter)
            implements ClaimOutcome {}

    /** The key was used for work with another fingerprint, completed or in flight. */
    record KeyReused() implements ClaimOutcome {}
}

package dev.gatehouse.idempotency;

import java.time.Duration;
import java.time.Instant;

/** The outcome of claiming a key. Instants are in microseconds. */
public sealed interface ClaimOutcome {

    /**
     * The work is the claimant's to do.
     *
     * @param leaseEnds until then nobody else gets it
     * @param expiresAt when the key is forgotten, unless the work is completed
     * @param attempt 1 the first time; more where those before let their leases end
     */
    record Claimed(Instant leaseEnds, Instant expiresAt, long attempt) implements ClaimOutcome {}

    /**
     * The work has been done.
     *
     * @param response as it was completed with, byte for byte
     * @param fingerprint of the work
     * @param expiresAt when the key is forgotten
     */
    record Completed(Response response, Fingerprint fingerprint, Instant completedAt, Instant expiresAt)
            implements ClaimOutcome {}

    /**
     * Somebody else is at it.
     *
     * @param claimedBy what the claimant told of itself
     * @param leaseEnds when another may claim it, unless it is completed, released or extended before
     * @param retryAfter the time until then
     */
    record InFlight(Instant claimedAt, String claimedBy, Instant leaseEnds, Duration retryAfter)
            implements ClaimOutcome {}

    /** The key was used for work of another fingerprint, done or under way. */
    record KeyReused() implements ClaimOutcome {}
}

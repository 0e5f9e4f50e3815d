package dev.gatehouse.idempotency;

import java.time.Instant;

/** What is known of a key. Instants are in microseconds. */
public sealed interface Inspection {

    /** Nothing. */
    record Absent() implements Inspection {}

    /**
     * It was claimed and is not completed.
     *
     * @param leaseEnds if that has passed, whoever claims next gets it
     */
    record InFlight(Instant claimedAt, String claimedBy, Instant leaseEnds, Instant expiresAt, long attempt)
            implements Inspection {}

    /** The work has been done. */
    record Completed(Response response, Instant completedAt, Instant expiresAt) implements Inspection {}
}

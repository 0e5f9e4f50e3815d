package dev.gatehouse.idempotency;

import java.time.Instant;

/** The outcome of completing a claim. */
public sealed interface Completion {

    /**
     * A result is stored: this one, or the one of an earlier completion by the same owner.
     *
     * @param fingerprint the fingerprint of the work
     * @param asGiven whether the stored result equals this one
     */
    record Recorded(Instant completedAt, Instant expiresAt, Fingerprint fingerprint, boolean asGiven)
            implements Completion {}

    /**
     * The owner does not hold the claim. Another took it over or completed it, or it was released, invalidated or
     * expired. The work may run twice.
     */
    record Lost() implements Completion {}
}

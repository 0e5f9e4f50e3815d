package dev.gatehouse.idempotency;

import java.time.Instant;

/** The outcome of completing a claim. */
public sealed interface Completion {

    /**
     * The result is kept: this one, or the one that the same owner completed with before.
     *
     * @param fingerprint of the work
     * @param asGiven whether it is this one
     */
    record Recorded(Instant completedAt, Instant expiresAt, Fingerprint fingerprint, boolean asGiven)
            implements Completion {}

    /**
     * It is not the owner's to complete: another has taken it over or done it, or it was released, invalidated or
     * forgotten. The work may be done twice.
     */
    record Lost() implements Completion {}
}

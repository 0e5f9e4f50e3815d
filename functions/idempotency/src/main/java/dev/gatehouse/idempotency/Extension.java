package dev.gatehouse.idempotency;

import java.time.Instant;

/** The outcome of extending a claim's lease. */
public sealed interface Extension {

    /**
     * Nobody else gets the work until then.
     *
     * @param leaseEnds in microseconds
     */
    record Extended(Instant leaseEnds) implements Extension {}

    /** The claim is not the owner's any more, or is completed. */
    record Lost() implements Extension {}
}

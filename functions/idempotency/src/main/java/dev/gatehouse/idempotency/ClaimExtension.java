package dev.gatehouse.idempotency;

import java.time.Instant;

/** The outcome of extending a lease. */
public sealed interface ClaimExtension {

    /**
     * The lease was extended, or lasts longer already.
     *
     * @param leaseEnds when others can claim the key, to the microsecond
     */
    record Extended(Instant leaseEnds) implements ClaimExtension {}

    /** The owner does not hold the claim any more, or it is completed. */
    record Lost() implements ClaimExtension {}
}

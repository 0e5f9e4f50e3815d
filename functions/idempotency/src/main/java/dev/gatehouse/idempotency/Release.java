package dev.gatehouse.idempotency;

/** The outcome of releasing a claim. */
public sealed interface Release {

    /**
     * Nobody has claimed the key.
     *
     * @param wasClaimed whether the owner had until now
     */
    record Released(boolean wasClaimed) implements Release {}

    /** The work is done, or another's by now. */
    record Lost() implements Release {}
}

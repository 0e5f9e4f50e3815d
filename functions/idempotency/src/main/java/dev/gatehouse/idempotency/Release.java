package dev.gatehouse.idempotency;

/** The outcome of releasing a claim. */
public sealed interface Release {

    /**
     * The key is free.
     *
     * @param wasClaimed whether the owner held the claim until now
     */
    record Released(boolean wasClaimed) implements Release {}

    /** The work is completed, or another owner holds the claim. */
    record Lost() implements Release {}
}

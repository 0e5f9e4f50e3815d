package dev.gatehouse.idempotency;

/** The outcome of releasing a claim. */
public sealed interface Release {

    /** Nobody has claimed the key. */
    record Released() implements Release {}

    /** The work is done, or another's by now. */
    record Lost() implements Release {}
}

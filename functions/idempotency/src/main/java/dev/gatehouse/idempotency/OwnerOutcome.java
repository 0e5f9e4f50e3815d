package dev.gatehouse.idempotency;

/** The outcome of an operation that only the owner of a claim can do. */
public sealed interface OwnerOutcome<T> {

    /** The owner held the claim, and the operation has taken effect. */
    record Held<T>(T result) implements OwnerOutcome<T> {}

    /** The owner does not hold the claim any more. Nothing was changed. */
    record Lost<T>() implements OwnerOutcome<T> {}
}

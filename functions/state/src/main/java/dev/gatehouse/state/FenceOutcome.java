package dev.gatehouse.state;

/** The outcome of an operation on a claim. */
public sealed interface FenceOutcome<T> {

    /** The claim was held, and the operation has taken effect. */
    record Held<T>(T result) implements FenceOutcome<T> {}

    /** Another claim was granted, or this one is not stored. Nothing was changed. */
    record Lost<T>() implements FenceOutcome<T> {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.fallback;

/** The outcome of an operation that only the owner of a claim or lease can do. */
public sealed interface OwnerOutcome<T> {

    /** The owner held it, and the operation has taken effect. */
    record Held<T>(T result) implements OwnerOutcome<T> {}

    /** The owner does not hold it any more. Nothing was changed. */
    record Lost<T>() implements OwnerOutcome<T> {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

/** The outcome of deleting a state. */
public sealed interface DeleteOutcome permits DeleteOutcome.Deleted, WriteOutcome.Refusal {

    /** There is no state any more. */
    record Deleted() implements DeleteOutcome {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

/** The outcome of reading a state. */
public sealed interface ReadOutcome {

    /** The state, with its value. */
    record Found(StateInfo info, StateValue value) implements ReadOutcome {}

    /** The state still has the version that the reader has. */
    record Unchanged(StateInfo info) implements ReadOutcome {}

    /** There is no state: none was saved, or it has expired or was deleted. */
    record Unknown() implements ReadOutcome {}
}

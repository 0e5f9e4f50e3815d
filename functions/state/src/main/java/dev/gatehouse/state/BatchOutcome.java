// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.state.WriteOutcome.Saved;
import java.util.List;

/** The outcome of several writes, of which all or none take effect. */
public sealed interface BatchOutcome {

    /**
     * All writes have taken effect.
     *
     * @param saved the outcomes in the order of the writes
     */
    record AllSaved(List<Saved> saved) implements BatchOutcome {}

    /**
     * Nothing was changed.
     *
     * @param index the index of the first write that was refused, from 0
     * @param outcome its outcome, which is not {@link Saved}
     */
    record NoneSaved(int index, WriteOutcome outcome) implements BatchOutcome {}

    /** Returns the outcome of a batch of one. */
    default WriteOutcome single() {
        return switch (this) {
            case AllSaved(var saved) -> saved.getFirst();
            case NoneSaved(var _, var outcome) -> outcome;
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.validation.InvalidArgument;
import java.util.List;
import java.util.Optional;

/**
 * Some states of a group, latest save first.
 *
 * @param next the start of the next page; empty if this is the last
 */
public record StatePage(List<Entry> states, Optional<Cursor> next) {

    public static final int MAX_LIMIT = 1000;

    public static final int DEFAULT_LIMIT = 100;

    /** A state of the group. */
    public record Entry(String id, StateInfo info) {}

    /**
     * A place in the list: after the save of {@code id} that had {@code version}, among the earlier saves.
     *
     * @param version greater than 0
     */
    public record Cursor(long version, String id) {

        public Cursor {
            InvalidArgument.requireRange("before", version, 1, Expectation.Version.MAX);
            InvalidArgument.requireVisible("before", id, 1, StateKey.MAX_LENGTH);
        }

        /** Returns the cursor as text, such as {@code 1700000000000000.order-42}. */
        public String text() {
            return version + "." + id;
        }

        /**
         * Parses the form that {@link #text} returns.
         *
         * @throws InvalidArgument if {@code text} has another form
         */
        public static Cursor parse(String text) {
            int dot = text.indexOf('.');
            try {
                return new Cursor(Long.parseLong(text.substring(0, Math.max(0, dot))), text.substring(dot + 1));
            } catch (NumberFormatException _) {
                throw new InvalidArgument("before", "must be the next of a previous page");
            }
        }
    }

    static void requireLimit(int limit) {
        InvalidArgument.requireRange("limit", limit, 1, MAX_LIMIT);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.validation.InvalidArgument;

/** The version on which a write is based. */
public sealed interface Expectation {

    /** There is no state. The write creates it, and overwrites nothing. */
    record Absent() implements Expectation {}

    /**
     * The state has this version. The write creates nothing.
     *
     * @param number 1 to {@link #MAX}
     */
    record Version(long number) implements Expectation {

        /** The largest number that scripts compare exactly: 2<sup>53</sup> − 1. */
        public static final long MAX = (1L << 53) - 1;

        public Version {
            InvalidArgument.requireRange("expect", number, 1, MAX);
        }
    }

    /** Any state, or none. */
    record Any() implements Expectation {}

    static Expectation absent() {
        return new Absent();
    }

    static Expectation any() {
        return new Any();
    }

    static Expectation version(long number) {
        return new Version(number);
    }

    /** Returns the number of the version; 0 for no state and −1 for any. */
    default long code() {
        return switch (this) {
            case Absent _ -> 0;
            case Version(var number) -> number;
            case Any _ -> -1;
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench;

/** An implementation of the measured work. */
public interface Contestant {

    /** The role of a contestant in a comparison. */
    enum Role {
        /** The least program that does equal work; all others are compared with it. */
        BASELINE,
        /** Gatehouse. */
        OURS,
        PEER
    }

    /** Returns the name for tables and charts, without characters that JSON or XML escapes. */
    String name();

    Role role();
}

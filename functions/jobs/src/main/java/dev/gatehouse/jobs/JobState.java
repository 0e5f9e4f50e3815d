// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs;

/** The state of a job in the ledger. */
public enum JobState {
    /** Waits for its due time, for a taker or for other jobs of its group. */
    WAITING,
    /** Is leased. */
    ACTIVE,
    /** Has failed too often. Remains for inspection and redrive until it expires. */
    DEAD
}

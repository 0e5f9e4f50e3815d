// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

/** The way in which the limits of one check combine. */
public enum Mode {
    /** Charges all limits if every one has room, otherwise none. */
    ALL,
    /** Decides and charges each limit independently. */
    EACH
}

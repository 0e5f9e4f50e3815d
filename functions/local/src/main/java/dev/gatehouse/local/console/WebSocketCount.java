// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

/** Counts the open WebSockets. */
@FunctionalInterface
public interface WebSocketCount {

    /** Returns the current number. */
    int count();
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The traffic through a {@link FaultProxy} since it was opened, or since an earlier snapshot.
 *
 * @param connectionsAccepted connections accepted, also those reset at once
 * @param connectionsReset connections that the proxy ended with RST
 * @param openConnections connections that neither the client nor the proxy has closed by now
 * @param commandsForwarded commands written to Redis, by name in upper case
 * @param commandReads reads of a client's socket that brought commands: near the number of round trips or flushes,
 *     never above the number of commands
 * @param repliesInjected commands answered by the proxy
 * @param repliesSwallowed commands whose replies came from Redis and were dropped; those after it on the same
 *     connection are not counted
 * @param repliesTruncated replies cut short
 */
public record ProxyTraffic(
        long connectionsAccepted,
        long connectionsReset,
        int openConnections,
        Map<String, Long> commandsForwarded,
        long commandReads,
        long repliesInjected,
        long repliesSwallowed,
        long repliesTruncated) {

    /** Returns the number of commands of this name that were written to Redis. */
    public long forwarded(String command) {
        return commandsForwarded.getOrDefault(command.toUpperCase(Locale.ROOT), 0L);
    }

    /** Returns the traffic since an earlier snapshot, with the open connections of this one. */
    public ProxyTraffic since(ProxyTraffic earlier) {
        var commands = new TreeMap<>(commandsForwarded);
        commands.replaceAll((name, count) -> count - earlier.forwarded(name));
        commands.values().removeIf(count -> count == 0);
        return new ProxyTraffic(
                connectionsAccepted - earlier.connectionsAccepted,
                connectionsReset - earlier.connectionsReset,
                openConnections,
                Map.copyOf(commands),
                commandReads - earlier.commandReads,
                repliesInjected - earlier.repliesInjected,
                repliesSwallowed - earlier.repliesSwallowed,
                repliesTruncated - earlier.repliesTruncated);
    }
}

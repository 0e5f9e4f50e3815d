// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The counts of one proxy, written by all its threads. */
final class ProxyCounts {

    final LongAdder connectionsAccepted = new LongAdder();
    final LongAdder connectionsReset = new LongAdder();
    final LongAdder commandReads = new LongAdder();
    final LongAdder repliesInjected = new LongAdder();
    final LongAdder repliesSwallowed = new LongAdder();
    final LongAdder repliesTruncated = new LongAdder();
    private final Map<String, LongAdder> commandsForwarded = new ConcurrentHashMap<>();

    void forwarded(String command) {
        commandsForwarded.computeIfAbsent(command, name -> new LongAdder()).increment();
    }

    ProxyTraffic snapshot(int openConnections) {
        var commands = new TreeMap<String, Long>();
        commandsForwarded.forEach((name, count) -> commands.put(name, count.sum()));
        return new ProxyTraffic(
                connectionsAccepted.sum(),
                connectionsReset.sum(),
                openConnections,
                Map.copyOf(commands),
                commandReads.sum(),
                repliesInjected.sum(),
                repliesSwallowed.sum(),
                repliesTruncated.sum());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak;

import dev.gatehouse.testkit.redis.SentinelRig;

/**
 * Use of memory, descriptors, threads and keys by the server and Redis at one time.
 *
 * @param seconds the time since the begin of the traffic
 * @param liveBytes the heap after a garbage collection
 * @param keys the keys of Redis
 */
record Usage(long seconds, long liveBytes, long residentBytes, int descriptors, int threads, long keys) {

    static Usage now(long seconds, SoakServer server, SentinelRig redis) {
        var jvm = server.figures();
        return new Usage(
                seconds, jvm.liveHeapBytes(), jvm.residentBytes(), jvm.descriptors(), jvm.threads(), keys(redis));
    }

    /** Returns the number of keys; that of the first server that replies, since all have the same. */
    private static long keys(SentinelRig redis) {
        return redis.servers().stream()
                .filter(server -> server.isAlive() && !server.isFrozen())
                .findFirst()
                .map(server -> (Long) server.cli("DBSIZE"))
                .orElse(-1L);
    }
}

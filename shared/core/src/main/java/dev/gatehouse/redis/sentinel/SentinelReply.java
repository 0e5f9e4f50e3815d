// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.sentinel;

import dev.gatehouse.redis.config.RedisSettings.Node;
import org.jspecify.annotations.Nullable;

/**
 * The reply of one Sentinel to the query for the master's address.
 *
 * @param master null if there was no address
 * @param problem the reason why there was no address, in one line without secrets; null if there was one
 */
public record SentinelReply(
        Node sentinel, @Nullable Node master, @Nullable String problem) {

    public static SentinelReply of(Node sentinel, Node master) {
        return new SentinelReply(sentinel, master, null);
    }

    public static SentinelReply failed(Node sentinel, String problem) {
        return new SentinelReply(sentinel, null, problem);
    }

    @Override
    public String toString() {
        return sentinel + (master == null ? ": " + problem : " reports " + master);
    }
}

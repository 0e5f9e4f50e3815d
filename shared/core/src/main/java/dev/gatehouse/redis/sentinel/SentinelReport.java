// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.sentinel;

import dev.gatehouse.redis.config.RedisSettings.Node;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The replies of all Sentinels at one moment.
 *
 * @param master the name under which they monitor the master
 * @param replies one for each configured Sentinel, in the order of the settings
 */
public record SentinelReport(String master, List<SentinelReply> replies) {

    public SentinelReport {
        replies = List.copyOf(replies);
    }

    /** Returns the addresses that the Sentinels report, without repetitions. */
    public List<Node> masters() {
        return replies.stream()
                .map(SentinelReply::master)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** Returns whether at least one Sentinel reports an address, and no other reports a different one. */
    public boolean agree() {
        return masters().size() == 1;
    }

    /** Returns the replies without an address. */
    public List<SentinelReply> failures() {
        return replies.stream().filter(reply -> reply.master() == null).toList();
    }

    /** Returns one line with the reply of each Sentinel. */
    @Override
    public String toString() {
        return replies.stream().map(SentinelReply::toString).collect(Collectors.joining("; "));
    }
}

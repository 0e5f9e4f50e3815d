// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.health.ServerInfo;
import dev.gatehouse.redis.sentinel.SentinelReply;
import dev.gatehouse.redis.sentinel.SentinelReport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks the Sentinels, and whether a failover may lose writes. */
final class SentinelSteps {

    /** The first query on a cold JVM may exceed the connection timeout. */
    private static final int ATTEMPTS = 3;

    private final RedisLink link;
    private final Report report;

    SentinelSteps(RedisLink link, Report report) {
        this.link = link;
        this.report = report;
    }

    /** Returns the address that the Sentinels report; null if none does. */
    @Nullable
    Node run() {
        report.begin("sentinels");
        var replies = query();
        for (int i = 1; i < ATTEMPTS && replies != null && !replies.failures().isEmpty(); i++) {
            report.progress();
            replies = query();
        }
        if (replies == null || replies.masters().isEmpty()) {
            report.fail(
                    "No Sentinel reports a master: " + replies + ".",
                    "Check REDIS_SENTINEL_NODES, the name in REDIS_SENTINEL_MASTER, REDIS_SENTINEL_PASSWORD and"
                            + " REDIS_SENTINEL_SSL.");
            return null;
        }
        report(replies);
        return replies.masters().getFirst();
    }

    private @Nullable SentinelReport query() {
        return Doctor.joined(link.querySentinels());
    }

    private void report(SentinelReport replies) {
        var failures = replies.failures();
        var all = replies.replies().size();
        if (!replies.agree()) {
            report.warn(
                    "The Sentinels report different masters: " + replies + ".",
                    "During a failover this passes; otherwise compare SENTINEL CKQUORUM and their logs.");
        } else if (!failures.isEmpty()) {
            report.warn(
                    "%d of %d Sentinels report no master: %s."
                            .formatted(
                                    failures.size(),
                                    all,
                                    failures.stream()
                                            .map(SentinelReply::toString)
                                            .collect(Collectors.joining("; "))),
                    "Check these Sentinels: a failover needs a majority.");
        } else {
            report.ok("%d of %d report %s".formatted(all, all, replies.masters().getFirst()));
        }
    }

    /** Advises to accept writes only if a replica receives them. INFO shows the number of such replicas only then. */
    void runForReplicas(ServerInfo server) {
        report.begin("replicas");
        var connected = server.number("connected_slaves").value();
        var required = server.number("min_slaves_good_slaves").value();
        if (connected == null) {
            report.note("not reported");
        } else if (required != null) {
            report.ok(connected + " connected, and writes need at least one");
        } else {
            report.warn(
                    connected + " connected; a master that is cut off accepts writes, which a failover loses.",
                    "Set min-replicas-to-write 1 and min-replicas-max-lag 10 on all servers.");
        }
    }
}

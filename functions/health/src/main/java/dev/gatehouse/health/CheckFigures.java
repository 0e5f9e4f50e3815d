// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health;

import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.ServerInfo;
import dev.gatehouse.telemetry.RedisMetric;
import dev.gatehouse.telemetry.RedisMetricValues;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Extracts the figures for telemetry from a check; a failed one has none, so that no old figure is shown. */
final class CheckFigures {

    /** The offset in {@code ip=192.0.2.7,port=6379,state=online,offset=1234,lag=0}. */
    private static final Pattern OFFSET = Pattern.compile("(?:^|,)offset=([0-9]{1,18})(?:,|$)");

    private CheckFigures() {}

    static RedisMetricValues of(RedisHealth health) {
        if (!(health instanceof Connected connected)) {
            return RedisMetricValues.NONE;
        }
        var server = connected.server();
        var max = server.maxMemoryBytes().value();
        return RedisMetricValues.NONE
                .with(RedisMetric.MEMORY_USED_BYTES, server.usedMemoryBytes().value())
                .with(RedisMetric.MEMORY_MAX_BYTES, max == null || max == 0 ? null : max)
                .with(RedisMetric.CONNECTED_CLIENTS, server.connectedClients().value())
                .with(RedisMetric.MAX_CLIENTS, server.maxClients().value())
                .with(RedisMetric.REPLICATION_LAG_BYTES, replicationLag(server))
                .with(RedisMetric.SLOWLOG_LENGTH, server.slowLogLength().value())
                .with(RedisMetric.SLOW_COMMANDS, server.slowLogTotal().value())
                .with(RedisMetric.EVICTED_KEYS, server.number("evicted_keys").value());
    }

    /** Returns the lag of the last replica; null without replicas, or if Redis does not report their offsets. */
    private static @Nullable Long replicationLag(ServerInfo server) {
        var written = server.number("master_repl_offset").value();
        if (written == null) {
            return null;
        }
        Long max = null;
        int i = 0;
        for (var replica = replica(server, i); replica != null; replica = replica(server, ++i)) {
            var offset = OFFSET.matcher(replica);
            if (offset.find()) {
                long lag = Math.max(0, written - Long.parseLong(offset.group(1)));
                max = max == null ? lag : Math.max(max, lag);
            }
        }
        return max;
    }

    private static @Nullable String replica(ServerInfo server, int number) {
        return server.text("slave" + number).value();
    }
}

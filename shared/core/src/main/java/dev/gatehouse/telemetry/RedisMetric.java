// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import java.util.Locale;

/** A figure that a check of Redis may report, with its names in metrics. */
public enum RedisMetric {
    MEMORY_USED_BYTES("Bytes", "Memory that Redis uses for its data"),
    /** Unknown if there is no limit. */
    MEMORY_MAX_BYTES("Bytes", "Memory that Redis may use for its data"),
    CONNECTED_CLIENTS("Count", "Connections that Redis has"),
    /** Unknown if Redis does not report it. */
    MAX_CLIENTS("Count", "Connections that Redis may have"),
    /** The lag of the replica farthest behind; unknown if there is no replica. */
    REPLICATION_LAG_BYTES("Bytes", "Bytes that the replica farthest behind has not acknowledged"),
    SLOWLOG_LENGTH("Count", "Entries of the slow log, which has the latest only"),
    SLOW_COMMANDS("Count", "Commands that Redis has logged as slow since it started"),
    EVICTED_KEYS("Count", "Keys that Redis evicted since it started");

    private final String unit;
    private final String description;

    RedisMetric(String unit, String description) {
        this.unit = unit;
        this.description = description;
    }

    /** Returns the name for Prometheus, such as {@code gatehouse_redis_memory_used_bytes}. */
    public String gauge() {
        return "gatehouse_redis_" + name().toLowerCase(Locale.ROOT);
    }

    /** Returns the name for CloudWatch, such as {@code RedisMemoryUsedBytes}. */
    public String metric() {
        var metric = new StringBuilder("Redis");
        for (var word : name().split("_", -1)) {
            metric.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return metric.toString();
    }

    /** Returns the unit, as named by CloudWatch. */
    public String unit() {
        return unit;
    }

    public String description() {
        return description;
    }
}

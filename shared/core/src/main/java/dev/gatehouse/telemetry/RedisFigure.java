package dev.gatehouse.telemetry;

import java.util.Locale;

/** A figure that a look at Redis may bring, with the name that it goes by in metrics. */
public enum RedisFigure {
    MEMORY_USED_BYTES("Bytes", "Memory that Redis uses for its data"),
    /** Unknown where there is no limit. */
    MEMORY_MAX_BYTES("Bytes", "Memory that Redis may use for its data"),
    CONNECTED_CLIENTS("Count", "Connections that Redis has"),
    /** Unknown where Redis does not tell it. */
    MAX_CLIENTS("Count", "Connections that Redis may have"),
    /** The farthest behind counts; unknown where there is no replica. */
    REPLICATION_LAG_BYTES("Bytes", "Bytes that the replica farthest behind has not acknowledged"),
    SLOWLOG_LENGTH("Count", "Entries of the slow log, which holds the latest only"),
    EVICTED_KEYS("Count", "Keys that Redis dropped for want of memory since it started");

    private final String unit;
    private final String description;

    RedisFigure(String unit, String description) {
        this.unit = unit;
        this.description = description;
    }

    /** For Prometheus: {@code gatehouse_redis_memory_used_bytes}. */
    public String gauge() {
        return "gatehouse_redis_" + name().toLowerCase(Locale.ROOT);
    }

    /** For CloudWatch: {@code RedisMemoryUsedBytes}. */
    public String metric() {
        var metric = new StringBuilder("Redis");
        for (var word : name().split("_", -1)) {
            metric.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return metric.toString();
    }

    /** As CloudWatch knows it. */
    public String unit() {
        return unit;
    }

    /** In one line. */
    public String description() {
        return description;
    }
}

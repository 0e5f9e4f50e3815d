// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The figures from one check of Redis.
 *
 * @param values the figures that Redis reported; fewer for a managed Redis, and none for an unreachable one
 */
public record RedisMetricValues(Map<RedisMetric, Long> values) {

    public static final RedisMetricValues NONE = new RedisMetricValues(Map.of());

    public RedisMetricValues {
        var copy = new EnumMap<RedisMetric, Long>(RedisMetric.class);
        copy.putAll(values);
        values = Collections.unmodifiableMap(copy);
    }

    /** Returns these figures with {@code figure} set to {@code value}, or unchanged if {@code value} is null. */
    public RedisMetricValues with(RedisMetric figure, @Nullable Long value) {
        if (value == null) {
            return this;
        }
        var more = new EnumMap<RedisMetric, Long>(RedisMetric.class);
        more.putAll(values);
        more.put(figure, value);
        return new RedisMetricValues(more);
    }

    /** Returns the used share of memory in thousandths of a percent; null if use or limit is unknown or the limit is 0. */
    @Nullable
    public Long memoryMilliPercent() {
        var used = values.get(RedisMetric.MEMORY_USED_BYTES);
        var max = values.get(RedisMetric.MEMORY_MAX_BYTES);
        return used == null || max == null || max == 0 ? null : (long) (1e5 * used / max);
    }
}

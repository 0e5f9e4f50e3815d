package dev.gatehouse.telemetry;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How Redis was when it was looked at.
 *
 * @param known what it told; a managed Redis tells less, and of one that cannot be reached nothing is known
 */
public record RedisFigures(Map<RedisFigure, Long> known) {

    /** Nothing is known. */
    public static final RedisFigures NONE = new RedisFigures(Map.of());

    public RedisFigures {
        var copy = new EnumMap<RedisFigure, Long>(RedisFigure.class);
        copy.putAll(known);
        known = Collections.unmodifiableMap(copy);
    }

    /** These and one more; null: it is not known. */
    public RedisFigures with(RedisFigure figure, @Nullable Long value) {
        if (value == null) {
            return this;
        }
        var more = new EnumMap<RedisFigure, Long>(RedisFigure.class);
        more.putAll(known);
        more.put(figure, value);
        return new RedisFigures(more);
    }

    /** How much of its memory Redis uses, in thousandths of a percent; null where it has no limit, or it is not known. */
    @Nullable
    public Long memoryMilliPercent() {
        var used = known.get(RedisFigure.MEMORY_USED_BYTES);
        var max = known.get(RedisFigure.MEMORY_MAX_BYTES);
        return used == null || max == null || max == 0 ? null : (long) (1e5 * used / max);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.algorithm.Algorithm;
import dev.gatehouse.ratelimit.algorithm.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.FixedWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.Gcra;
import dev.gatehouse.ratelimit.algorithm.Algorithm.SlidingWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.Unlimited;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import dev.gatehouse.web.json.JsonRecord;
import dev.gatehouse.web.json.ViolationCollector;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.time.zone.ZoneRulesProvider;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The members that state how many units may pass, and in which time.
 *
 * @param algorithm gcra (the default) frees units evenly; sliding-window counts the last windowSeconds, estimated from
 *     two buckets; fixed-window starts from zero in each window
 * @param limit units in a window; 0 denies everything but a cost of 0
 * @param windowSeconds the length of the window in seconds; required unless period is given
 * @param period a calendar window in place of windowSeconds, with fixed-window only
 * @param startsOn the day on which one of the periods begins, such as a billing date, with period week, month or year only; by
 *     default weeks begin on Monday, months and years on their first day. A month without that day begins on its last
 * @param timeZone the id of the calendar's time zone, with period only; UTC by default
 * @param blockSeconds the time for which the first denial locks the subject out of the limit; 0, the default, for none
 * @param burst the units that may pass at once, with gcra only; by default as many as limit, freed at the limit's rate, within
 *     315360000 seconds
 */
@JsonRecord
public record Quota(
        @Nullable
        @Schema(
                type = "string",
                allowableValues = {"gcra", "sliding-window", "fixed-window"})
        @Pattern(
                regexp = "^(gcra|sliding-window|fixed-window)$",
                message = "must be one of: gcra, sliding-window, fixed-window")
        String algorithm,

        @Nullable @Min(0) @Max(Limit.MAX_UNITS) Long limit,
        @Nullable @Min(1) @Max(Limit.MAX_WINDOW_SECONDS) Long windowSeconds,

        @Nullable
        @Schema(
                type = "string",
                allowableValues = {"minute", "hour", "day", "week", "month", "year"})
        @Pattern(
                regexp = "^(minute|hour|day|week|month|year)$",
                message = "must be one of: minute, hour, day, week, month, year")
        String period,

        @Nullable @Schema(format = "date") String startsOn,

        @Nullable String timeZone,
        @Nullable @Min(0) @Max(Limit.MAX_UNITS) Long burst,
        @Nullable @Min(0) @Max(Limit.MAX_BLOCK_SECONDS) Long blockSeconds) {

    static final String OF_POLICY = "belongs to the policy; leave it out";

    private static final ZoneId UTC = ZoneId.of("UTC");

    private static final String GCRA = "gcra";
    private static final String SLIDING_WINDOW = "sliding-window";
    private static final String FIXED_WINDOW = "fixed-window";

    /** Returns the word by which callers choose {@code algorithm}. */
    static String word(Algorithm algorithm) {
        return switch (algorithm) {
            case Gcra _, Unlimited _ -> GCRA;
            case SlidingWindow _ -> SLIDING_WINDOW;
            case FixedWindow _, CalendarWindow _ -> FIXED_WINDOW;
        };
    }

    /** Returns the members that are given, by name. */
    private Map<String, Object> given() {
        var given = new LinkedHashMap<String, Object>();
        put(given, "algorithm", algorithm);
        put(given, "limit", limit);
        put(given, "windowSeconds", windowSeconds);
        put(given, "period", period);
        put(given, "startsOn", startsOn);
        put(given, "timeZone", timeZone);
        put(given, "burst", burst);
        put(given, "blockSeconds", blockSeconds);
        return given;
    }

    private static void put(Map<String, Object> given, String name, @Nullable Object value) {
        if (value != null) {
            given.put(name, value);
        }
    }

    /** Adds a violation for each member that is given, because a policy states them. */
    public void rejectGiven(ViolationCollector violations) {
        given().keySet().forEach(member -> violations.add(member, OF_POLICY));
    }

    public boolean isGiven() {
        return !given().isEmpty();
    }

    /**
     * Returns the policy of these members; null after adding a violation. An unlimited one needs no members, but those
     * given are checked.
     *
     * @param base supplies what is not given, unless it is null or unlimited
     */
    @Nullable
    Limit toPolicy(
            String name,
            @Nullable Limit base,
            boolean shadow,
            boolean unlimited,
            @Nullable FallbackPolicy whenDown,
            ViolationCollector violations) {
        var counted = unlimited && !isGiven() ? null : toLimit(name, base, shadow, whenDown, violations);
        return unlimited ? new Limit(name, Limit.MAX_UNITS, new Unlimited(), shadow, whenDown) : counted;
    }

    /** Returns the fallback policy of a word; null without one. */
    static @Nullable FallbackPolicy fallback(@Nullable String whenDown) {
        return whenDown == null ? null : FallbackPolicy.valueOf(whenDown.toUpperCase(Locale.ROOT));
    }

    /**
     * Returns the limit of these members; null after adding a violation.
     *
     * @param base supplies what is not given, unless it is null or unlimited
     */
    public @Nullable Limit toLimit(
            String name,
            @Nullable Limit base,
            boolean shadow,
            @Nullable FallbackPolicy whenDown,
            ViolationCollector violations) {
        var from = base == null || base.isUnlimited() ? null : base;
        var word = algorithm != null ? algorithm : from == null ? GCRA : word(from.algorithm());
        reject(word.equals(FIXED_WINDOW) ? null : period, "period", "requires algorithm fixed-window", violations);
        reject(word.equals(FIXED_WINDOW) ? null : startsOn, "startsOn", "requires algorithm fixed-window", violations);
        reject(word.equals(FIXED_WINDOW) ? null : timeZone, "timeZone", "requires algorithm fixed-window", violations);
        reject(word.equals(GCRA) ? null : burst, "burst", "requires algorithm gcra", violations);
        var units = limit != null || from == null ? required(limit, "limit", violations) : from.limit();
        var counted = algorithm(word, units, from, violations);
        if (!violations.isEmpty()) {
            return null;
        }
        try {
            long block = blockSeconds != null ? blockSeconds : from == null ? 0 : from.blockSeconds();
            return new Limit(name, units, counted, shadow, whenDown, block);
        } catch (InvalidLimit invalid) {
            violations.add(invalid.field(), String.valueOf(invalid.getMessage()));
            return null;
        }
    }

    private Algorithm algorithm(String word, long units, @Nullable Limit from, ViolationCollector violations) {
        return switch (word) {
            case SLIDING_WINDOW -> new SlidingWindow(window(from, violations));
            case FIXED_WINDOW -> fixedWindow(from, violations);
            default -> new Gcra(window(from, violations), burst(units, from));
        };
    }

    private Algorithm fixedWindow(@Nullable Limit from, ViolationCollector violations) {
        if (violations.has("period")) {
            return new CalendarWindow(CalendarPeriod.DAY, UTC); // a placeholder for the other rules
        }
        var calendar = from != null && from.algorithm() instanceof CalendarWindow window ? window : null;
        if (period == null && (calendar == null || windowSeconds != null)) {
            reject(timeZone, "timeZone", "requires period", violations);
            reject(startsOn, "startsOn", "requires period", violations);
            return new FixedWindow(window(from, violations));
        }
        reject(windowSeconds, "windowSeconds", "must be left out where period is given", violations);
        var zone = timeZone != null ? zone(timeZone, violations) : calendar == null ? UTC : calendar.zone();
        var every = period != null
                ? CalendarPeriod.valueOf(period.toUpperCase(Locale.ROOT))
                : Objects.requireNonNull(calendar).period();
        return new CalendarWindow(every, zone, firstDay(every, calendar, violations));
    }

    /** Returns the day on which a period begins: by default that of the base, if it applies to {@code every}. */
    private @Nullable LocalDate firstDay(
            CalendarPeriod every, @Nullable CalendarWindow from, ViolationCollector violations) {
        if (startsOn == null) {
            return from == null || !every.canStartOnAnyDay() ? null : from.startsOn();
        }
        try {
            return LocalDate.parse(startsOn);
        } catch (DateTimeParseException _) {
            violations.add("startsOn", "must be a date, such as 2026-01-31");
            return null;
        }
    }

    private long window(@Nullable Limit from, ViolationCollector violations) {
        var length = from == null || from.algorithm() instanceof CalendarWindow
                ? null
                : from.algorithm().windowSeconds();
        return windowSeconds != null || length == null ? required(windowSeconds, "windowSeconds", violations) : length;
    }

    /** Returns the burst: by default the limit, unless the base has a burst of its own. */
    private long burst(long units, @Nullable Limit from) {
        if (burst != null) {
            return burst;
        }
        return from != null && from.algorithm() instanceof Gcra gcra && gcra.burst() != from.limit()
                ? gcra.burst()
                : units;
    }

    /** Parses a zone id. Rejects offsets such as +02:00, which have no rules. */
    private static ZoneId zone(String id, ViolationCollector violations) {
        if (ZoneRulesProvider.getAvailableZoneIds().contains(id)) {
            return ZoneId.of(id);
        }
        violations.add("timeZone", "must be the id of a time zone, such as Europe/Berlin or UTC");
        return UTC;
    }

    private static long required(@Nullable Long value, String member, ViolationCollector violations) {
        if (value == null) {
            violations.add(member, "is missing");
            return 1;
        }
        return value;
    }

    private static void reject(@Nullable Object value, String member, String message, ViolationCollector violations) {
        if (value != null) {
            violations.add(member, message);
        }
    }
}

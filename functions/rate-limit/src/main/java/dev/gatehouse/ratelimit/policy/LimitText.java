// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.algorithm.Algorithm;
import dev.gatehouse.ratelimit.algorithm.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.FixedWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.Gcra;
import dev.gatehouse.ratelimit.algorithm.Algorithm.SlidingWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.Unlimited;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A limit in the human-readable format stored in Redis. It consists of words separated by a space, in any order, such
 * as {@code algorithm=gcra limit=100 windowSeconds=60 burst=100 shadow whenDown=open}.
 *
 * @param name the limit's name, which the text does not contain
 */
record LimitText(String name, String text) {

    static LimitText of(Limit limit) {
        long units = limit.limit();
        var counted =
                switch (limit.algorithm()) {
                    case Gcra(var seconds, var burst) ->
                        "algorithm=gcra limit=" + units + " windowSeconds=" + seconds + " burst=" + burst;
                    case SlidingWindow(var seconds) ->
                        "algorithm=sliding-window limit=" + units + " windowSeconds=" + seconds;
                    case FixedWindow(var seconds) ->
                        "algorithm=fixed-window limit=" + units + " windowSeconds=" + seconds;
                    case CalendarWindow(var period, var zone, var startsOn) ->
                        "algorithm=calendar-window limit=" + units + " period=" + word(period) + " timeZone="
                                + zone.getId() + (startsOn == null ? "" : " startsOn=" + startsOn);
                    case Unlimited() -> "algorithm=unlimited limit=" + units;
                };
        var shadow = limit.shadow() ? " shadow" : "";
        var whenDown = limit.whenDown() == null ? "" : " whenDown=" + word(limit.whenDown());
        var block = limit.blockSeconds() == 0 ? "" : " blockSeconds=" + limit.blockSeconds();
        return new LimitText(limit.name(), counted + shadow + whenDown + block);
    }

    /** Returns the parsed limit; null if the text is invalid or from a later version of Gatehouse. */
    @Nullable
    Limit limit() {
        var words = new HashMap<String, String>();
        for (var word : text.split(" ", -1)) {
            var parts = word.split("=", 2);
            if (words.put(parts[0], parts.length == 1 ? "" : parts[1]) != null) {
                return null;
            }
        }
        try {
            var algorithm = algorithm(words);
            var limit = new Limit(
                    name,
                    number(words, "limit"),
                    algorithm,
                    words.remove("shadow", ""),
                    whenDown(words),
                    words.containsKey("blockSeconds") ? number(words, "blockSeconds") : 0);
            return words.isEmpty() ? limit : null;
        } catch (IllegalArgumentException | DateTimeException _) {
            return null;
        }
    }

    /** Removes the words that it reads, as the other methods do. */
    private static Algorithm algorithm(Map<String, String> words) {
        return switch (text(words, "algorithm")) {
            case "gcra" -> new Gcra(number(words, "windowSeconds"), number(words, "burst"));
            case "sliding-window" -> new SlidingWindow(number(words, "windowSeconds"));
            case "fixed-window" -> new FixedWindow(number(words, "windowSeconds"));
            case "calendar-window" ->
                new CalendarWindow(
                        CalendarPeriod.valueOf(upperCase(text(words, "period"))),
                        ZoneId.of(text(words, "timeZone")),
                        words.containsKey("startsOn") ? LocalDate.parse(text(words, "startsOn")) : null);
            case "unlimited" -> new Unlimited();
            default -> throw new IllegalArgumentException("unknown algorithm");
        };
    }

    private static @Nullable FallbackPolicy whenDown(Map<String, String> words) {
        var word = words.remove("whenDown");
        return word == null ? null : FallbackPolicy.valueOf(upperCase(word));
    }

    private static long number(Map<String, String> words, String name) {
        return Long.parseLong(text(words, name));
    }

    private static String text(Map<String, String> words, String name) {
        var value = words.remove(name);
        if (value == null) {
            throw new IllegalArgumentException("missing word");
        }
        return value;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String upperCase(String word) {
        return word.toUpperCase(Locale.ROOT);
    }
}

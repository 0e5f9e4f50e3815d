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
                    case CalendarWindow(var period, var zone) ->
                        "algorithm=calendar-window limit=" + units + " period=" + word(period) + " timeZone="
                                + zone.getId();
                    case Unlimited() -> "algorithm=unlimited limit=" + units;
                };
        var shadow = limit.shadow() ? " shadow" : "";
        var whenDown = limit.whenDown() == null ? "" : " whenDown=" + word(limit.whenDown());
        return new LimitText(limit.name(), counted + shadow + whenDown);
    }

    /** Returns the parsed limit; null if the text is invalid or from a later version of Gatehouse. */
    @Nullable
    Limit limit() {
        try {
            var words = new Words(text);
            var algorithm = algorithm(words);
            var limit = new Limit(name, words.number("limit"), algorithm, words.flag("shadow"), whenDown(words));
            return words.areAllRead() ? limit : null;
        } catch (IllegalArgumentException | DateTimeException _) {
            return null;
        }
    }

    private static Algorithm algorithm(Words words) {
        return switch (words.required("algorithm")) {
            case "gcra" -> new Gcra(words.number("windowSeconds"), words.number("burst"));
            case "sliding-window" -> new SlidingWindow(words.number("windowSeconds"));
            case "fixed-window" -> new FixedWindow(words.number("windowSeconds"));
            case "calendar-window" ->
                new CalendarWindow(
                        CalendarPeriod.valueOf(upperCase(words.required("period"))),
                        ZoneId.of(words.required("timeZone")));
            case "unlimited" -> new Unlimited();
            default -> throw new IllegalArgumentException("unknown algorithm");
        };
    }

    private static @Nullable FallbackPolicy whenDown(Words words) {
        var word = words.optional("whenDown");
        return word == null ? null : FallbackPolicy.valueOf(upperCase(word));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String upperCase(String word) {
        return word.toUpperCase(Locale.ROOT);
    }

    /** The words not yet read. */
    private static final class Words {

        private final Map<String, String> left = new HashMap<>();

        Words(String text) {
            for (var word : text.split(" ", -1)) {
                int equals = word.indexOf('=');
                var before = equals < 0
                        ? left.put(word, "")
                        : left.put(word.substring(0, equals), word.substring(equals + 1));
                if (before != null) {
                    throw new IllegalArgumentException("duplicate word");
                }
            }
        }

        @Nullable
        String optional(String name) {
            return left.remove(name);
        }

        String required(String name) {
            var value = optional(name);
            if (value == null) {
                throw new IllegalArgumentException("missing word");
            }
            return value;
        }

        long number(String name) {
            return Long.parseLong(required(name));
        }

        boolean flag(String name) {
            return left.remove(name, "");
        }

        boolean areAllRead() {
            return left.isEmpty();
        }
    }
}

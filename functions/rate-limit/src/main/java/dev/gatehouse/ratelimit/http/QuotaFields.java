package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Algorithm;
import dev.gatehouse.ratelimit.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.Algorithm.FixedWindow;
import dev.gatehouse.ratelimit.Algorithm.Gcra;
import dev.gatehouse.ratelimit.Algorithm.SlidingWindow;
import dev.gatehouse.ratelimit.Algorithm.Unlimited;
import dev.gatehouse.ratelimit.CalendarPeriod;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.web.JsonBody;
import java.time.ZoneId;
import java.time.zone.ZoneRulesProvider;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of a body that say how much may pass in which time; those that do not go together are refused. What is not
 * given is taken from another limit, if there is one.
 */
final class QuotaFields {

    private enum Kind {
        GCRA,
        SLIDING_WINDOW,
        FIXED_WINDOW
    }

    static final List<String> NAMES = List.of("algorithm", "limit", "windowSeconds", "period", "timeZone", "burst");
    private static final Map<String, Kind> KINDS =
            Map.of("gcra", Kind.GCRA, "sliding-window", Kind.SLIDING_WINDOW, "fixed-window", Kind.FIXED_WINDOW);
    private static final Map<String, CalendarPeriod> PERIODS = Map.of(
            "minute",
            CalendarPeriod.MINUTE,
            "hour",
            CalendarPeriod.HOUR,
            "day",
            CalendarPeriod.DAY,
            "month",
            CalendarPeriod.MONTH);
    private static final ZoneId UTC = ZoneId.of("UTC");

    private final JsonBody fields;
    private final @Nullable Limit otherwise;

    QuotaFields(JsonBody fields, @Nullable Limit otherwise) {
        this.fields = fields;
        this.otherwise = otherwise != null && otherwise.isUnlimited() ? null : otherwise;
    }

    /** Whether any of them is given. */
    boolean areGiven() {
        boolean given = false;
        for (var name : NAMES) {
            given |= fields.has(name); // Asked for each, or it would be taken for unknown.
        }
        return given;
    }

    long limit() {
        return otherwise == null || fields.has("limit") ? fields.whole("limit") : otherwise.limit();
    }

    /** @param limit the units that it is for */
    Algorithm algorithm(long limit) {
        var kind = fields.word("algorithm", KINDS, kindOtherwise());
        if (kind != Kind.FIXED_WINDOW) {
            refuseGiven("period", "goes with algorithm fixed-window only");
            refuseGiven("timeZone", "goes with algorithm fixed-window only");
        }
        if (kind != Kind.GCRA) {
            refuseGiven("burst", "goes with algorithm gcra only");
        }
        return switch (kind) {
            case GCRA -> new Gcra(windowSeconds(), burst(limit));
            case SLIDING_WINDOW -> new SlidingWindow(windowSeconds());
            case FIXED_WINDOW -> fixedWindow();
        };
    }

    private Kind kindOtherwise() {
        if (otherwise == null) {
            return Kind.GCRA;
        }
        return switch (otherwise.algorithm()) {
            case Gcra _, Unlimited _ -> Kind.GCRA;
            case SlidingWindow _ -> Kind.SLIDING_WINDOW;
            case FixedWindow _, CalendarWindow _ -> Kind.FIXED_WINDOW;
        };
    }

    private Algorithm fixedWindow() {
        var calendar = otherwise != null && otherwise.algorithm() instanceof CalendarWindow window ? window : null;
        if (fields.has("period")) {
            refuseGiven("windowSeconds", "must be left out where period is given");
            return calendarWindow(calendar);
        }
        if (calendar != null && !fields.has("windowSeconds")) {
            return calendarWindow(calendar);
        }
        refuseGiven("timeZone", "goes with period only");
        return new FixedWindow(windowSeconds());
    }

    private CalendarWindow calendarWindow(@Nullable CalendarWindow otherwise) {
        var period = fields.word("period", PERIODS, otherwise == null ? CalendarPeriod.DAY : otherwise.period());
        return new CalendarWindow(period, timeZone(otherwise == null ? UTC : otherwise.zone()));
    }

    private ZoneId timeZone(ZoneId otherwise) {
        if (!fields.has("timeZone")) {
            return otherwise;
        }
        var id = fields.text("timeZone");
        // Offsets such as +02:00 would be read, too, but have no rules.
        if (ZoneRulesProvider.getAvailableZoneIds().contains(id)) {
            return ZoneId.of(id);
        }
        fields.refuse("timeZone", "must be the id of a time zone, such as Europe/Berlin or UTC");
        return otherwise;
    }

    private long windowSeconds() {
        var length = otherwise == null || otherwise.algorithm() instanceof CalendarWindow
                ? null
                : otherwise.algorithm().windowSeconds();
        return length == null ? fields.whole("windowSeconds") : fields.whole("windowSeconds", length);
    }

    /** As many as the limit, unless a burst of its own is given or to be taken over. */
    private long burst(long limit) {
        var burst = otherwise != null && otherwise.algorithm() instanceof Gcra gcra && gcra.burst() != otherwise.limit()
                ? gcra.burst()
                : limit;
        return fields.whole("burst", burst);
    }

    private void refuseGiven(String name, String message) {
        if (fields.has(name)) {
            fields.refuse(name, message);
        }
    }
}

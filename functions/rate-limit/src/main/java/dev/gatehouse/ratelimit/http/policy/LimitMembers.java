// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.algorithm.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.algorithm.Algorithm.Gcra;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A limit as it is stored, without the members that do not apply to it.
 *
 * @param algorithm the algorithm that counts the units
 * @param limit units in a window
 * @param windowSeconds the length of the window in seconds
 * @param period the period of the calendar
 * @param startsOn the day on which one of the periods begins
 * @param timeZone the calendar's time zone
 * @param burst units that may pass at once
 * @param blockSeconds the time for which the first denial locks the subject out
 * @param shadow whether it only reports what it would deny
 * @param unlimited whether it admits everything
 * @param whenDown the fallback policy while Redis is down
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
record LimitMembers(
        @Nullable
        @Schema(
                type = "string",
                allowableValues = {"gcra", "sliding-window", "fixed-window"})
        String algorithm,

        @Nullable Long limit,
        @Nullable Long windowSeconds,

        @Nullable
        @Schema(
                type = "string",
                allowableValues = {"minute", "hour", "day", "week", "month", "year"})
        String period,

        @Nullable @Schema(format = "date") String startsOn,

        @Nullable String timeZone,
        @Nullable Long burst,
        @Nullable Long blockSeconds,

        @Schema(requiredMode = Schema.RequiredMode.NOT_REQUIRED)
        boolean shadow,

        @Schema(requiredMode = Schema.RequiredMode.NOT_REQUIRED)
        boolean unlimited,

        @Schema(
                type = "string",
                allowableValues = {"local", "open", "closed"},
                requiredMode = Schema.RequiredMode.NOT_REQUIRED)
        String whenDown) {

    /**
     * Describes {@code limit}.
     *
     * @param whenDown the setting of the function, for limits without one
     */
    static LimitMembers of(Limit limit, String whenDown) {
        var algorithm = limit.algorithm();
        var calendar = algorithm instanceof CalendarWindow window ? window : null;
        return new LimitMembers(
                limit.isUnlimited() ? null : Quota.word(algorithm),
                limit.isUnlimited() ? null : limit.limit(),
                calendar == null ? algorithm.windowSeconds() : null,
                calendar == null ? null : word(calendar.period()),
                calendar == null || calendar.startsOn() == null
                        ? null
                        : calendar.startsOn().toString(),
                calendar == null ? null : calendar.zone().getId(),
                algorithm instanceof Gcra gcra ? gcra.burst() : null,
                limit.blockSeconds() == 0 ? null : limit.blockSeconds(),
                limit.shadow(),
                limit.isUnlimited(),
                limit.whenDown() == null ? whenDown : word(limit.whenDown()));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}

package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.Algorithm.CalendarWindow;
import dev.gatehouse.ratelimit.Algorithm.FixedWindow;
import dev.gatehouse.ratelimit.Algorithm.Gcra;
import dev.gatehouse.ratelimit.Algorithm.SlidingWindow;
import dev.gatehouse.ratelimit.Algorithm.Unlimited;
import dev.gatehouse.ratelimit.Limit;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A policy or an override as it is stored. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Policy",
        description = "A policy or an override as it is stored; what does not apply to it is left out.")
record PolicyAnswer(
        @Schema(description = "The policy's name.", example = "free-plan")
        String name,

        @Schema(description = "Only of an override: whom it is for.", example = "user-42") @Nullable
        String subject,

        @Schema(
                type = "string",
                description = "How it is counted.",
                allowableValues = {"gcra", "sliding-window", "fixed-window"})
        @Nullable
        String algorithm,

        @Schema(description = "Units in a window.", example = "100") @Nullable
        Long limit,

        @Schema(description = "Length of the window in seconds.", example = "60") @Nullable
        Long windowSeconds,

        @Schema(
                type = "string",
                description = "The period of the calendar.",
                allowableValues = {"minute", "hour", "day", "month"})
        @Nullable
        String period,

        @Schema(description = "Whose calendar.", example = "Europe/Berlin") @Nullable
        String timeZone,

        @Schema(description = "Units that may come at once.", example = "100") @Nullable
        Long burst,

        @Schema(description = "Whether it only tells what it would deny.", example = "false")
        boolean shadow,

        @Schema(description = "Whether it admits everything.", example = "false")
        boolean unlimited,

        @Schema(
                type = "string",
                description = "What decides while Redis does not answer.",
                allowableValues = {"local", "open", "closed"})
        String whenDown) {

    /**
     * Describes {@code limit}.
     *
     * @param subject whom it is for; null if it is for everybody
     * @param whenDown what decides for limits that do not say it
     */
    static PolicyAnswer of(Limit limit, @Nullable String subject, String whenDown) {
        var algorithm = limit.algorithm();
        var calendar = algorithm instanceof CalendarWindow window ? window : null;
        return new PolicyAnswer(
                limit.name(),
                subject,
                switch (algorithm) {
                    case Gcra _ -> "gcra";
                    case SlidingWindow _ -> "sliding-window";
                    case FixedWindow _, CalendarWindow _ -> "fixed-window";
                    case Unlimited _ -> null;
                },
                limit.isUnlimited() ? null : limit.limit(),
                calendar == null ? algorithm.windowSeconds() : null,
                calendar == null ? null : calendar.period().name().toLowerCase(Locale.ROOT),
                calendar == null ? null : calendar.zone().getId(),
                algorithm instanceof Gcra gcra ? gcra.burst() : null,
                limit.shadow(),
                limit.isUnlimited(),
                limit.whenDown() == null ? whenDown : word(limit.whenDown()));
    }

    private static String word(FallbackPolicy whenDown) {
        return switch (whenDown) {
            case LOCAL -> "local";
            case OPEN -> "open";
            case CLOSED -> "closed";
        };
    }
}

package dev.gatehouse.ratelimit.http;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How a limit counts, and over which time. For the description only. */
record CountingSchema(
        @Schema(
                type = "string",
                description =
                        "How it is counted. gcra: earned back evenly, with no edges. sliding-window: what was used "
                                + "in the last windowSeconds, estimated from two buckets. fixed-window: from zero in each window.",
                allowableValues = {"gcra", "sliding-window", "fixed-window"},
                defaultValue = "gcra")
        @Nullable
        String algorithm,

        @Schema(
                description = "Length of the window in seconds; needed unless period is given.",
                example = "60",
                minimum = "1",
                maximum = "315360000")
        @Nullable
        Long windowSeconds,

        @Schema(
                type = "string",
                description = "With fixed-window, in place of windowSeconds: the window is that of the calendar.",
                allowableValues = {"minute", "hour", "day", "month"})
        @Nullable
        String period,

        @Schema(
                description =
                        "With period: whose calendar, by its id in the time zone database. Days on which clocks are "
                                + "changed have 23 or 25 hours.",
                example = "Europe/Berlin",
                defaultValue = "UTC")
        @Nullable
        String timeZone,

        @Schema(
                description = "With gcra: units that may come at once; by default as many as limit. Earned back at the "
                        + "limit's rate, which may take 315360000 seconds at most.",
                example = "100",
                minimum = "1",
                maximum = "1000000000")
        @Nullable
        Long burst) {}

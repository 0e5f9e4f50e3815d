package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A policy as it stands in bodies. For the description only. */
@Schema(
        name = "PolicyRequest",
        description = "The limit that the policy's name is to stand for.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record PolicySchema(
        @Schema(
                description = "Units in a window; needed unless it is unlimited. 0 denies everything but a cost of 0.",
                example = "100",
                minimum = "0",
                maximum = "1000000000")
        @Nullable
        Long limit,

        @JsonUnwrapped CountingSchema counting,

        @Schema(description = "Whether it only tells, by wouldDeny, what it would deny.", defaultValue = "false")
        @Nullable
        Boolean shadow,

        @Schema(
                description = "Whether it admits everything and counts nothing. The members that say how much may pass "
                        + "need not be given then, and are not kept.",
                defaultValue = "false")
        @Nullable
        Boolean unlimited,

        @Schema(
                type = "string",
                description =
                        "What decides while Redis does not answer: local memory, open (all pass), closed (503). By "
                                + "default what the function is set to.",
                allowableValues = {"local", "open", "closed"})
        @Nullable
        String whenDown) {

    @Schema(
            name = "OverrideRequest",
            description =
                    "The limit that the policy's name is to stand for where this subject is concerned. What is not "
                            + "given is taken from the policy as it is now; if the policy changes later, the override does not.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Overriding(
            @JsonUnwrapped Subject subject,

            @Schema(
                    type = "string",
                    description = "By default the policy's.",
                    allowableValues = {"gcra", "sliding-window", "fixed-window"})
            @Nullable
            String algorithm,

            @Schema(
                    description = "By default the policy's; needed if that is unlimited and this one is not.",
                    example = "1000",
                    minimum = "0",
                    maximum = "1000000000")
            @Nullable
            Long limit,

            @Schema(
                    description = "By default the policy's. In place of its period, if that has one.",
                    example = "60",
                    minimum = "1",
                    maximum = "315360000")
            @Nullable
            Long windowSeconds,

            @Schema(
                    type = "string",
                    description = "By default the policy's. In place of its windowSeconds, if that has it.",
                    allowableValues = {"minute", "hour", "day", "month"})
            @Nullable
            String period,

            @Schema(description = "By default the policy's, else UTC.", example = "Europe/Berlin") @Nullable
            String timeZone,

            @Schema(
                    description = "By default the policy's, or as many as limit where that is so of the policy.",
                    example = "1000",
                    minimum = "1",
                    maximum = "1000000000")
            @Nullable
            Long burst,

            @Schema(description = "By default as the policy.") @Nullable
            Boolean shadow,

            @Schema(description = "By default as the policy, but false where any of how much may pass is given.")
            @Nullable
            Boolean unlimited,

            @Schema(
                    type = "string",
                    description = "By default the policy's.",
                    allowableValues = {"local", "open", "closed"})
            @Nullable
            String whenDown) {}

    @Schema(
            name = "OverriddenSubject",
            description = "Whom the policy is to count like everybody else.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Subject(
            @Schema(
                    description = "Whom the override is for. Kept as a hash only.",
                    example = "user-42",
                    minLength = 1,
                    maxLength = 512,
                    requiredMode = Schema.RequiredMode.REQUIRED)
            String subject) {}
}

package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.gatehouse.ratelimit.Check;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A limit as it stands in bodies: whole, or by the name of a policy. For the description only. */
@Schema(
        name = "Limit",
        description = "A limit, whom it counts, and what to charge.",
        oneOf = {LimitSchema.Inline.class, LimitSchema.Named.class})
interface LimitSchema {

    @Schema(
            name = "Check",
            description = "One or more limits to be decided together; no two with the same name and subject.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Checked(
            @ArraySchema(
                    minItems = 1,
                    maxItems = Check.MAX_LIMITS,
                    schema = @Schema(implementation = LimitSchema.class),
                    arraySchema = @Schema(requiredMode = Schema.RequiredMode.REQUIRED))
            List<LimitSchema> limits,

            @Schema(
                    type = "string",
                    description = "all: either every limit has room and all are charged, or none is. "
                            + "each: every limit is decided and charged alone, and the answer is always 200.",
                    allowableValues = {"all", "each"},
                    defaultValue = "all")
            @Nullable
            String mode) {}

    @Schema(
            name = "InlineLimit",
            description = "A limit that is given whole.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Inline(
            @JsonUnwrapped Name name,
            @JsonUnwrapped Units units,
            @JsonUnwrapped CountingSchema counting,
            @JsonUnwrapped Cost cost) {}

    @Schema(
            name = "NamedLimit",
            description = "The limit that a policy has for the subject.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Named(
            @JsonUnwrapped PolicyName policy, @JsonUnwrapped Cost cost) {}

    @Schema(
            name = "Settlement",
            description = "What was reserved and what was needed.",
            oneOf = {InlineSettlement.class, NamedSettlement.class})
    interface Settled {}

    @Schema(
            name = "InlineSettlement",
            description = "What was reserved of a limit that is given whole.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record InlineSettlement(
            @JsonUnwrapped Name name,
            @JsonUnwrapped Units units,
            @JsonUnwrapped CountingSchema counting,
            @JsonUnwrapped Difference difference) {}

    @Schema(
            name = "NamedSettlement",
            description = "What was reserved of the limit that a policy has for the subject.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record NamedSettlement(
            @JsonUnwrapped PolicyName policy, @JsonUnwrapped Difference difference) {}

    @Schema(
            name = "Reset",
            description = "Whose use of which limit is to be forgotten.",
            oneOf = {InlineReset.class, NamedReset.class})
    interface Reset {}

    @Schema(
            name = "InlineReset",
            description =
                    "A limit by its name. The other members of an inline limit, but for cost, may be given and do "
                            + "not matter.")
    record InlineReset(@JsonUnwrapped Name name) {}

    @Schema(
            name = "NamedReset",
            description = "The limit that a policy has.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record NamedReset(@JsonUnwrapped PolicyName policy) {}

    /** Which limit that is given whole, and whom it counts. */
    record Name(
            @Schema(
                    description = "Names the limit. What has the same name and subject counts together.",
                    example = "api",
                    pattern = "^[A-Za-z0-9._-]{1,64}$",
                    requiredMode = Schema.RequiredMode.REQUIRED)
            String name,

            @Schema(
                    description = "Whom the limit counts: a user id, an API key, an address. Kept as a hash only.",
                    example = "user-42",
                    minLength = 1,
                    maxLength = 512,
                    requiredMode = Schema.RequiredMode.REQUIRED)
            String subject) {}

    /** How much may pass. */
    record Units(
            @Schema(
                    description = "Units in a window. 0 denies everything but a cost of 0.",
                    example = "100",
                    minimum = "0",
                    maximum = "1000000000",
                    requiredMode = Schema.RequiredMode.REQUIRED)
            long limit) {}

    /** Which policy, and whom it counts. */
    record PolicyName(
            @Schema(
                    description =
                            "Names a policy that is stored. Its use counts together with that of inline limits of "
                                    + "the same name.",
                    example = "free-plan",
                    pattern = "^[A-Za-z0-9._-]{1,64}$",
                    requiredMode = Schema.RequiredMode.REQUIRED)
            String policy,

            @Schema(
                    description = "Whom the limit counts: a user id, an API key, an address. Kept as a hash only.",
                    example = "user-42",
                    minLength = 1,
                    maxLength = 512,
                    requiredMode = Schema.RequiredMode.REQUIRED)
            String subject) {}

    /** What to charge. */
    record Cost(
            @Schema(
                    description = "Units to charge. 0 only looks.",
                    example = "1",
                    minimum = "0",
                    maximum = "1000000000",
                    defaultValue = "1")
            @Nullable
            Long cost) {}

    /** What was charged, and what should have been. */
    record Difference(
            @Schema(
                    description = "Units that a check charged.",
                    example = "100",
                    minimum = "0",
                    maximum = "1000000000",
                    requiredMode = Schema.RequiredMode.REQUIRED)
            long reserved,

            @Schema(
                    description = "Units that were needed.",
                    example = "120",
                    minimum = "0",
                    maximum = "1000000000",
                    requiredMode = Schema.RequiredMode.REQUIRED)
            long actual) {}
}

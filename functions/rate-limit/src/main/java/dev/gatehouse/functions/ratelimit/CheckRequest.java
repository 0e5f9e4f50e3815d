package dev.gatehouse.functions.ratelimit;

import dev.gatehouse.http.Fields;
import dev.gatehouse.http.Reading;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Mode;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A check as a caller gives it. */
@Schema(
        name = "Check",
        description = "One or more limits to be decided together; no two with the same name and subject.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record CheckRequest(
        @ArraySchema(
                minItems = 1,
                maxItems = Check.MAX_LIMITS,
                schema = @Schema(implementation = LimitRequest.class),
                arraySchema = @Schema(requiredMode = Schema.RequiredMode.REQUIRED))
        List<LimitRequest> limits,

        @Schema(
                type = "string",
                description = "all: either every limit has room and all are charged, or none is. "
                        + "each: every limit is decided and charged alone, and the answer is always 200.",
                allowableValues = {"all", "each"},
                defaultValue = "all")
        @Nullable
        String mode) {

    private static final Map<String, Mode> MODES = Map.of("all", Mode.ALL, "each", Mode.EACH);

    static Reading<Check> read(byte @Nullable [] body) {
        return Fields.read(body, CheckRequest::readFrom);
    }

    private static @Nullable Check readFrom(Fields fields) {
        var limits = fields.objects("limits", LimitRequest::readFrom);
        var mode = fields.word("mode", MODES, Mode.ALL);
        return fields.make(() -> {
            try {
                return new Check(limits, mode);
            } catch (InvalidLimit invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}

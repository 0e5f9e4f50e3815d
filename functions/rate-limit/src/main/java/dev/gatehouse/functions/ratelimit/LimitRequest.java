package dev.gatehouse.functions.ratelimit;

import dev.gatehouse.http.Fields;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One limit as a caller gives it. */
@Schema(
        name = "Limit",
        description = "A limit, the subject that it counts, and what to charge.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record LimitRequest(
        @Schema(
                description = "Names the limit. Checks with the same name and subject count together.",
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
        String subject,

        @Schema(
                type = "string",
                description = "How it is decided.",
                allowableValues = {"gcra"},
                defaultValue = "gcra")
        @Nullable
        String algorithm,

        @Schema(
                description = "Units in a window.",
                example = "100",
                minimum = "1",
                maximum = "1000000000",
                requiredMode = Schema.RequiredMode.REQUIRED)
        long limit,

        @Schema(
                description = "Length of the window in seconds.",
                example = "60",
                minimum = "1",
                maximum = "315360000",
                requiredMode = Schema.RequiredMode.REQUIRED)
        long windowSeconds,

        @Schema(
                description =
                        "Units that may come at once; by default as many as limit. Earned back at the limit's rate, "
                                + "which may take 315360000 seconds at most.",
                example = "100",
                minimum = "1",
                maximum = "1000000000")
        @Nullable
        Long burst,

        @Schema(
                description = "Units to charge. 0 only looks.",
                example = "1",
                minimum = "0",
                maximum = "1000000000",
                defaultValue = "1")
        @Nullable
        Long cost) {

    private static final List<String> PROPERTIES =
            List.of("algorithm", "name", "subject", "limit", "windowSeconds", "burst", "cost");
    private static final Map<String, Boolean> ALGORITHMS = Map.of("gcra", true);

    static @Nullable LimitedSubject readFrom(Fields fields) {
        if (fields.has("policy")) {
            fields.refuse("policy", "named policies are not available yet; give the limit inline");
            PROPERTIES.forEach(fields::has);
            return null;
        }
        fields.word("algorithm", ALGORITHMS, true);
        var name = fields.text("name");
        var subject = fields.text("subject");
        var limit = fields.whole("limit");
        var windowSeconds = fields.whole("windowSeconds");
        var burst = fields.whole("burst", limit);
        var cost = fields.whole("cost", 1);
        return fields.make(() -> {
            try {
                return new LimitedSubject(new Limit(name, limit, windowSeconds, burst), subject, cost);
            } catch (InvalidLimit invalid) {
                fields.refuse(invalid.field(), invalid.getMessage());
                return null;
            }
        });
    }
}

package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** How limits are left by a refund or a settlement. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "CorrectionAnswer", description = "How the limits are left.")
record CorrectionAnswer(
        @Schema(description = "Whether it was done without Redis.", example = "false")
        boolean degraded,

        @Schema(description = "One for each limit that was given, in the same order.")
        List<LimitAnswer> limits) {}

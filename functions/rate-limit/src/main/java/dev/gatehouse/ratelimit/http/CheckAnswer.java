package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/** What was decided of a check. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "CheckAnswer", description = "What was decided.")
record CheckAnswer(
        @Schema(description = "Whether every limit lets pass.", example = "true")
        boolean allowed,

        @Schema(description = "Whether it was decided without Redis.", example = "false")
        boolean degraded,

        @Schema(description = "One for each limit of the check, in its order.")
        List<LimitAnswer> limits) {

    static CheckAnswer of(Check asked, CheckDecision decision, boolean degraded) {
        return new CheckAnswer(decision.allowed(), degraded, LimitAnswer.ofEach(asked.limits(), decision.limits()));
    }
}

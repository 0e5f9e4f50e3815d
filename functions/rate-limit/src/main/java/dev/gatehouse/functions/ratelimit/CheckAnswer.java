package dev.gatehouse.functions.ratelimit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.List;

/** What was decided of a check. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "CheckAnswer", description = "What was decided.")
record CheckAnswer(
        @Schema(description = "Whether every limit had room.", example = "true")
        boolean allowed,

        @Schema(description = "Whether it was decided without Redis.", example = "false")
        boolean degraded,

        @Schema(description = "One for each limit of the check, in its order.")
        List<LimitAnswer> limits) {

    static CheckAnswer of(Check asked, CheckDecision decision, boolean degraded) {
        var limits = new ArrayList<LimitAnswer>(asked.limits().size());
        for (int i = 0; i < asked.limits().size(); i++) {
            limits.add(LimitAnswer.of(asked.limits().get(i), decision.limits().get(i)));
        }
        return new CheckAnswer(decision.allowed(), degraded, limits);
    }
}

package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.LimitedSubject;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was decided of one limit, or how it is left. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "LimitAnswer", description = "What was decided of one limit, or how it is left.")
record LimitAnswer(
        @Schema(description = "The limit's name.", example = "api")
        String policy,

        @Schema(description = "Whom it counts.", example = "user-42")
        String subject,

        @Schema(description = "Whether it lets pass: it had room, or is in shadow.", example = "true")
        boolean allowed,

        @Schema(
                description = "Only of a limit in shadow: whether it had no room, and would have denied.",
                example = "false",
                requiredMode = Schema.RequiredMode.NOT_REQUIRED)
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        Boolean wouldDeny,

        @Schema(
                description = "Units in a window; null if it is unlimited.",
                example = "100",
                nullable = true,
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable
        Long limit,

        @Schema(
                description = "Units that could be admitted now; null if it is unlimited.",
                example = "99",
                nullable = true,
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable
        Long remaining,

        @Schema(
                description = "When the same cost would be admitted; 0 when it was, null when it never will be.",
                example = "0",
                nullable = true,
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable
        Long retryAfterMillis,

        @Schema(description = "When the limit is wholly unused again, if nothing more is charged.", example = "600")
        long resetAfterMillis) {

    static List<LimitAnswer> ofEach(List<LimitedSubject> asked, List<LimitDecision> decisions) {
        var answers = new ArrayList<LimitAnswer>(asked.size());
        for (int i = 0; i < asked.size(); i++) {
            answers.add(of(asked.get(i), decisions.get(i)));
        }
        return answers;
    }

    private static LimitAnswer of(LimitedSubject asked, LimitDecision decision) {
        var limit = asked.limit();
        return new LimitAnswer(
                limit.name(),
                asked.subject(),
                !(decision instanceof Denied),
                limit.shadow() ? decision instanceof WouldDeny : null,
                limit.isUnlimited() ? null : limit.limit(),
                limit.isUnlimited() ? null : decision.remaining(),
                retryAfterMillis(decision),
                millis(decision.resetAfter()));
    }

    private static @Nullable Long retryAfterMillis(LimitDecision decision) {
        var retryAfter =
                switch (decision) {
                    case Allowed _ -> Duration.ZERO;
                    case Denied denied -> denied.retryAfter();
                    case WouldDeny would -> would.retryAfter();
                };
        return retryAfter == null ? null : millis(retryAfter);
    }

    private static long millis(Duration duration) {
        return duration.plusNanos(999_999).toMillis();
    }
}

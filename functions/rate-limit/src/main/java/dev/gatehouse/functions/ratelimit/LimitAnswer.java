package dev.gatehouse.functions.ratelimit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitDecision.Allowed;
import dev.gatehouse.ratelimit.LimitDecision.Denied;
import dev.gatehouse.ratelimit.LimitDecision.WouldDeny;
import dev.gatehouse.ratelimit.LimitedSubject;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What was decided of one limit. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "LimitAnswer", description = "What was decided of one limit.")
record LimitAnswer(
        @Schema(description = "The limit's name.", example = "api")
        String policy,

        @Schema(description = "Whom it counts.", example = "user-42")
        String subject,

        @Schema(description = "Whether it had room.", example = "true")
        boolean allowed,

        @Schema(description = "Units in a window.", example = "100")
        long limit,

        @Schema(description = "Units that could be admitted now.", example = "99")
        long remaining,

        @Schema(
                description = "When the same cost would be admitted; 0 when it was, null when it never will be.",
                example = "0",
                nullable = true,
                requiredMode = Schema.RequiredMode.REQUIRED)
        @Nullable
        Long retryAfterMillis,

        @Schema(description = "When the limit is wholly unused again, if nothing more is charged.", example = "600")
        long resetAfterMillis) {

    static LimitAnswer of(LimitedSubject asked, LimitDecision decision) {
        var retryAfterMillis =
                switch (decision) {
                    case Allowed _ -> Long.valueOf(0);
                    case Denied denied -> roundedUpMillis(denied.retryAfter());
                    case WouldDeny would -> roundedUpMillis(would.retryAfter());
                };
        return new LimitAnswer(
                asked.limit().name(),
                asked.subject(),
                !(decision instanceof Denied),
                asked.limit().limit(),
                decision.remaining(),
                retryAfterMillis,
                millis(decision.resetAfter()));
    }

    private static @Nullable Long roundedUpMillis(@Nullable Duration duration) {
        return duration == null ? null : millis(duration);
    }

    private static long millis(Duration duration) {
        return duration.plusNanos(999_999).toMillis();
    }
}

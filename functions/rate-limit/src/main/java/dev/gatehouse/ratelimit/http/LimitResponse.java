// SPDX-License-Identifier: Apache-2.0
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

/**
 * The decision on one limit, or its state after a correction.
 *
 * @param policy the limit's name
 * @param subject the subject that it counts
 * @param allowed whether the limit had room, or is in shadow
 * @param blocked only if true: whether the subject is locked out of the limit, by this denial or an earlier one
 * @param wouldDeny only of a limit in shadow: whether it had no room
 * @param limit units in a window; null if unlimited
 * @param remaining units that would be admitted now, 0 in a lock-out; null if unlimited
 * @param retryAfterMillis time until the same cost would be admitted; 0 if it was, null if it never will be
 * @param waitMillis only if maxWaitMillis was given and the limit had room: time until the charged units are free
 * @param resetAfterMillis time until the limit is wholly unused and no lock-out is left, if nothing more is charged
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
public record LimitResponse(
        String policy,
        String subject,
        boolean allowed,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean blocked,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean wouldDeny,

        @Schema(nullable = true, requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
        Long limit,

        @Schema(nullable = true, requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
        Long remaining,

        @Schema(nullable = true, requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
        Long retryAfterMillis,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long waitMillis,
        long resetAfterMillis) {

    /**
     * Returns the responses of all limits.
     *
     * @param decisions one for each of {@code limits}, in their order
     */
    public static List<LimitResponse> ofAll(List<LimitedSubject> limits, List<LimitDecision> decisions) {
        return ofAll(limits, decisions, false);
    }

    /** Returns the responses of all limits, with {@code waitMillis} if {@code waits}. */
    static List<LimitResponse> ofAll(List<LimitedSubject> limits, List<LimitDecision> decisions, boolean waits) {
        var responses = new ArrayList<LimitResponse>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            responses.add(of(limits.get(i), decisions.get(i), waits));
        }
        return responses;
    }

    private static LimitResponse of(LimitedSubject limited, LimitDecision decision, boolean waits) {
        var limit = limited.limit();
        return new LimitResponse(
                limit.name(),
                limited.subject(),
                !(decision instanceof Denied),
                decision.blocked() ? true : null,
                limit.shadow() ? decision instanceof WouldDeny : null,
                limit.isUnlimited() ? null : limit.limit(),
                limit.isUnlimited() ? null : decision.remaining(),
                retryAfterMillis(decision),
                waits && decision instanceof Allowed allowed ? millis(allowed.waitTime()) : null,
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

    /** Returns whole milliseconds, rounded up so that no caller retries too early. */
    static long millis(Duration duration) {
        return duration.plusNanos(999_999).toMillis();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Timestamp;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The decision on a check.
 *
 * @param allowed whether every limit admits the request
 * @param waitMillis only if maxWaitMillis was given: time to wait before the charged request may pass, the longest of all
 *     limits; 0 if it may pass now
 * @param holdId only if holdMillis was given: the id by which to settle the hold
 * @param holdEndsAt only if units are held: the end of the hold
 * @param degraded whether the decision was made without Redis
 * @param limits one for each limit of the check, in its order
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record CheckResponse(
        boolean allowed,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long waitMillis,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String holdId,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable @Schema(format = "date-time")
        String holdEndsAt,

        boolean degraded,
        List<LimitResponse> limits) {

    /**
     * Returns the response to {@code check}.
     *
     * @param waits whether the request states a maximum wait
     */
    static HttpResponse<?> to(Check check, boolean waits, Decision<CheckDecision> decision) {
        return DecisionResponse.of(
                decision,
                problem -> unavailable(check, problem),
                decided -> decided(check, waits, decided.value(), decided.degraded()));
    }

    private static Problem unavailable(Check check, Problem problem) {
        var detail = "No decision could be made. The cost may have been charged all the same.";
        var hold = check.hold();
        return hold == null
                ? problem.withDetail(detail)
                : problem.withDetail(detail + " It is safe to repeat the request with this holdId.")
                        .with("holdId", hold.id());
    }

    private static MutableHttpResponse<?> decided(
            Check check, boolean waits, CheckDecision decision, boolean degraded) {
        boolean passes = decision.allowed() || check.mode() == Mode.EACH;
        var responses = LimitResponse.ofAll(check.limits(), decision.limits(), waits && passes);
        var limits = CheckedLimits.of(check, decision);
        MutableHttpResponse<?> response = passes
                ? HttpResponse.ok(new CheckResponse(
                        decision.allowed(),
                        waits ? LimitResponse.millis(decision.waitTime()) : null,
                        check.hold() == null ? null : check.hold().id(),
                        decision.holdEndsAt() == null ? null : new Timestamp(decision.holdEndsAt()).toString(),
                        degraded,
                        responses))
                : QuotaExceeded.by(limits).problem(responses, degraded).response();
        QuotaHeaders.of(limits).writeTo(response.getHeaders());
        return response;
    }
}

package dev.gatehouse.ratelimit.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.web.DecisionResponse;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.serde.annotation.Serdeable;
import java.util.List;

/**
 * The decision on a check.
 *
 * @param allowed whether every limit admits the request
 * @param degraded whether the decision was made without Redis
 * @param limits one for each limit of the check, in its order
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record CheckResponse(boolean allowed, boolean degraded, List<LimitResponse> limits) {

    /** Returns the response to {@code check}. */
    static HttpResponse<?> to(Check check, Decision<CheckDecision> decision) {
        return DecisionResponse.of(
                decision,
                "No decision could be made. The cost may have been charged all the same.",
                decided -> decided(check, decided.value(), decided.degraded()));
    }

    private static MutableHttpResponse<?> decided(Check check, CheckDecision decision, boolean degraded) {
        var body =
                new CheckResponse(decision.allowed(), degraded, LimitResponse.ofAll(check.limits(), decision.limits()));
        var limits = CheckedLimits.of(check, decision);
        MutableHttpResponse<?> response = decision.allowed() || check.mode() == Mode.EACH
                ? HttpResponse.ok(body)
                : QuotaExceeded.by(limits).problem(body.limits, degraded).response();
        QuotaHeaders.of(limits).writeTo(response.getHeaders());
        return response;
    }
}

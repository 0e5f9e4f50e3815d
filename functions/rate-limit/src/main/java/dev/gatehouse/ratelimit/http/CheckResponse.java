package dev.gatehouse.ratelimit.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.SourceHeader;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;

/** The answer to a check, as status, headers and body. */
record CheckResponse(Check check) {

    HttpResponse<?> to(Decision<CheckDecision> answer) {
        return switch (answer) {
            case Decided<CheckDecision>(var decision, var source) -> decided(decision, source);
            case Unavailable<CheckDecision>(var retryAfter) ->
                Problem.storeUnavailable(retryAfter)
                        .withDetail("No decision could be made. What was asked for may have been charged all the same.")
                        .response();
        };
    }

    private HttpResponse<?> decided(CheckDecision decision, Source source) {
        var answer = CheckAnswer.of(check, decision, source == Source.LOCAL);
        MutableHttpResponse<?> response = decision.allowed() || check.mode() == Mode.EACH
                ? HttpResponse.ok(answer)
                : quotaExceeded(decision, answer).response();
        QuotaHeaders.of(check, decision).writeTo(response.getHeaders());
        return new SourceHeader(source).on(response);
    }

    private Problem quotaExceeded(CheckDecision decision, CheckAnswer answer) {
        var problem = QuotaExceeded.by(check, decision)
                .problem()
                .with("allowed", false)
                .with("degraded", answer.degraded())
                .with("limits", answer.limits());
        var retryAfter = decision.retryAfter();
        return retryAfter == null ? problem : problem.withRetryAfter(retryAfter);
    }
}

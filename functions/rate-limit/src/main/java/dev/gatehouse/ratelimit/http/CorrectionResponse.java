package dev.gatehouse.ratelimit.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.LimitDecision;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.RateLimiter.WasReset;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.SourceHeader;
import io.micronaut.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** The answers to the correction of what was charged, as status, headers and body. */
record CorrectionResponse(List<LimitedSubject> corrected) {

    HttpResponse<?> toRefund(Decision<CheckDecision> answer) {
        return switch (answer) {
            case Decided<CheckDecision>(var decision, var source) -> left(decision.limits(), source);
            case Unavailable<CheckDecision>(var retryAfter) ->
                unknown(retryAfter, "Whether it was given back is not known; asked again, it may be given back twice.");
        };
    }

    HttpResponse<?> toSettle(Decision<LimitDecision> answer) {
        return switch (answer) {
            case Decided<LimitDecision>(var decision, var source) -> left(List.of(decision), source);
            case Unavailable<LimitDecision>(var retryAfter) ->
                unknown(retryAfter, "Whether it was settled is not known; asked again, it may be settled twice.");
        };
    }

    private HttpResponse<?> left(List<LimitDecision> decisions, Source source) {
        var answer = new CorrectionAnswer(source == Source.LOCAL, LimitAnswer.ofEach(corrected, decisions));
        return new SourceHeader(source).on(HttpResponse.ok(answer));
    }

    HttpResponse<?> toReset(Decision<WasReset> answer) {
        return switch (answer) {
            case Decided<WasReset> decided -> new SourceHeader(decided.source()).on(HttpResponse.noContent());
            case Unavailable<WasReset>(var retryAfter) ->
                unknown(retryAfter, "Whether it was reset is not known. It is safe to ask again.");
        };
    }

    private static HttpResponse<?> unknown(Duration retryAfter, String detail) {
        return Problem.storeUnavailable(retryAfter).withDetail(detail).response();
    }
}

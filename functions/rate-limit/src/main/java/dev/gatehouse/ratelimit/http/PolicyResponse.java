package dev.gatehouse.ratelimit.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.Overriding;
import dev.gatehouse.ratelimit.policy.Overriding.NoSuchPolicy;
import dev.gatehouse.ratelimit.policy.Overriding.Overridden;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.Putting;
import dev.gatehouse.ratelimit.policy.Putting.Stored;
import dev.gatehouse.ratelimit.policy.Removed;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.SourceHeader;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * The answers to what is asked about policies, as status, headers and body.
 *
 * @param whenDown what decides for limits that do not say it
 */
record PolicyResponse(String whenDown) {

    HttpResponse<?> toGet(Decision<Optional<Limit>> answer) {
        return switch (answer) {
            case Decided<Optional<Limit>>(var found, var source) ->
                told(
                        found.<MutableHttpResponse<?>>map(
                                        limit -> HttpResponse.ok(PolicyAnswer.of(limit, null, whenDown)))
                                .orElseGet(() -> noSuchPolicy().response()),
                        source);
            case Unavailable<Optional<Limit>>(var retryAfter) ->
                unknown(retryAfter, "Whether there is such a policy is not known.");
        };
    }

    HttpResponse<?> toPut(Limit policy, Decision<Putting> answer) {
        return switch (answer) {
            case Decided<Putting>(var putting, var source) ->
                told(
                        switch (putting) {
                            case Stored _ -> HttpResponse.ok(PolicyAnswer.of(policy, null, whenDown));
                            case Putting.TooMany _ -> tooMany("policies", Policies.MAX_POLICIES);
                        },
                        source);
            case Unavailable<Putting>(var retryAfter) -> unknown(retryAfter, "Whether it is stored is not known.");
        };
    }

    HttpResponse<?> toOverride(String subject, Limit limit, Decision<Overriding> answer) {
        return switch (answer) {
            case Decided<Overriding>(var overriding, var source) ->
                told(
                        switch (overriding) {
                            case Overridden _ -> HttpResponse.ok(PolicyAnswer.of(limit, subject, whenDown));
                            case NoSuchPolicy _ -> noSuchPolicy().response();
                            case Overriding.TooMany _ -> tooMany("overrides", Policies.MAX_OVERRIDES);
                        },
                        source);
            case Unavailable<Overriding>(var retryAfter) -> unknown(retryAfter, "Whether it is stored is not known.");
        };
    }

    HttpResponse<?> toDelete(Decision<Removed> answer) {
        return switch (answer) {
            case Decided<Removed>(var _, var source) -> told(HttpResponse.noContent(), source);
            case Unavailable<Removed>(var retryAfter) -> unknown(retryAfter, "Whether it is there still is not known.");
        };
    }

    static Problem noSuchPolicy() {
        return Problem.of("no-such-policy", "There is no such policy", 404, "No policy has this name.");
    }

    private static MutableHttpResponse<?> tooMany(String what, int most) {
        return Problem.of(
                        "too-many-" + what,
                        "There are too many " + what,
                        409,
                        "There can be " + most + " " + what + ".")
                .response();
    }

    private static HttpResponse<?> unknown(Duration retryAfter, String what) {
        return Problem.storeUnavailable(retryAfter)
                .withDetail(what + " It is safe to ask again.")
                .response();
    }

    private static HttpResponse<?> told(MutableHttpResponse<?> response, Source source) {
        return new SourceHeader(source).on(response);
    }
}

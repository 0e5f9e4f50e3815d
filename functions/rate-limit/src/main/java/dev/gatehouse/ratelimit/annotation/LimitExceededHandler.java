// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.annotation;

import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.ratelimit.http.QuotaExceeded;
import dev.gatehouse.ratelimit.http.QuotaHeaders;
import dev.gatehouse.web.Problem;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.util.Objects;

/**
 * Responds with 429, the retry time and the limit's headers. Responds with 503 if Redis was unavailable and the limit's
 * policy is to deny.
 */
@Singleton
final class LimitExceededHandler implements ExceptionHandler<LimitExceeded, HttpResponse<?>> {

    @Override
    public HttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, LimitExceeded exceeded) {
        var result = exceeded.result();
        var decision = result.decision();
        if (decision == null) {
            return Problem.storeUnavailable(Objects.requireNonNull(result.retryAfter()))
                    .response();
        }
        var limits = CheckedLimits.of(exceeded.check(), decision);
        var response = QuotaExceeded.by(limits)
                .problem()
                .with("degraded", result.degraded())
                .response();
        QuotaHeaders.of(limits).writeTo(response.getHeaders());
        return response;
    }
}

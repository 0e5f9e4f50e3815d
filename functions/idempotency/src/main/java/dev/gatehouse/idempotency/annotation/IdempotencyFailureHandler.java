// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.idempotency.annotation.IdempotencyFailure.InFlight;
import dev.gatehouse.idempotency.annotation.IdempotencyFailure.KeyMissing;
import dev.gatehouse.idempotency.annotation.IdempotencyFailure.KeyReused;
import dev.gatehouse.idempotency.annotation.IdempotencyFailure.ResultUnavailable;
import dev.gatehouse.idempotency.annotation.IdempotencyFailure.StoreUnavailable;
import dev.gatehouse.web.CommonHeadersFilter;
import dev.gatehouse.web.Problem;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responds to requests whose idempotent work was not run. */
@Singleton
@Requires(classes = Problem.class)
final class IdempotencyFailureHandler implements ExceptionHandler<IdempotencyFailure, HttpResponse<?>> {

    private static final Logger LOG = LoggerFactory.getLogger(IdempotencyFailureHandler.class);

    @Override
    public HttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, IdempotencyFailure failure) {
        if (failure instanceof ResultUnavailable) {
            LOG.error("Request {} failed", CommonHeadersFilter.idOf((HttpRequest<?>) request), failure);
        }
        return problem(failure).response();
    }

    static Problem problem(IdempotencyFailure failure) {
        return switch (failure) {
            case KeyMissing _ -> keyMissing("This operation needs an idempotency key.");
            case InFlight inFlight ->
                Problem.of(
                                "idempotency-in-flight",
                                "Request in progress",
                                409,
                                "The request is in progress. Retry later.")
                        .withRetryAfter(inFlight.retryAfter());
            case KeyReused _ ->
                Problem.of(
                        "idempotency-key-reused",
                        "Idempotency key reused",
                        422,
                        "The idempotency key was used with another request. Use a new key.");
            case StoreUnavailable unavailable -> Problem.storeUnavailable(unavailable.retryAfter());
            case ResultUnavailable _ -> Problem.internalError();
        };
    }

    static Problem keyMissing(String detail) {
        return Problem.of("idempotency-key-missing", "Idempotency key missing", 400, detail);
    }
}

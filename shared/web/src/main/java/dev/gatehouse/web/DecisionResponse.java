// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Creates the response to a decision: with its source as {@code Gatehouse-Source}, or 503 if there is none. */
public final class DecisionResponse {

    private DecisionResponse() {}

    /**
     * Returns the response to {@code decision}.
     *
     * @param unavailable the detail of the 503
     * @param decided creates the response to what was decided
     */
    public static <T> HttpResponse<?> of(
            Decision<T> decision, String unavailable, Function<Decided<T>, MutableHttpResponse<?>> decided) {
        return of(decision, problem -> problem.withDetail(unavailable), decided);
    }

    /**
     * Returns the response to {@code decision}.
     *
     * @param unavailable completes the problem of the 503
     * @param decided creates the response to what was decided
     */
    public static <T> HttpResponse<?> of(
            Decision<T> decision,
            UnaryOperator<Problem> unavailable,
            Function<Decided<T>, MutableHttpResponse<?>> decided) {
        return switch (decision) {
            case Decided<T> made -> decided.apply(made).header("Gatehouse-Source", made.degraded() ? "local" : "redis");
            case Unavailable<T>(var retryAfter) ->
                unavailable.apply(Problem.storeUnavailable(retryAfter)).response();
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Execution;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.validation.InvalidArgument;
import dev.gatehouse.web.CommonHeadersFilter;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.Problem;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.AnnotationMetadata;
import io.micronaut.core.annotation.AnnotationMetadataProvider;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.web.router.RouteAttributes;
import jakarta.inject.Named;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs routes annotated with {@link Idempotent} once per {@code Idempotency-Key}. */
@Requires(classes = Problem.class)
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.LOWEST_PRECEDENCE)
@KeyedRoute
final class IdempotencyFilter {

    private static final String ATTRIBUTE = Run.class.getName();

    /**
     * A running method: its future response, and the future outcome of its execution.
     *
     * @param storedStatuses the statuses that are stored even for an exception
     */
    private record Run(
            CompletableFuture<dev.gatehouse.idempotency.Response> work,
            CompletableFuture<Execution> execution,
            Set<Integer> storedStatuses) {}

    /** Signals that the response must not be stored, and that the key becomes free again. */
    private static final class NotStored extends RuntimeException {

        private static final long serialVersionUID = 1;

        NotStored() {
            super("the response must not be stored", null, false, false);
        }
    }

    private final BeanProvider<IdempotentExecutor> executor;
    private final ClaimFactory claims;
    private final ResponseConverter responses;
    private final DeadlineFactory deadlines;
    private final Executor controllers;

    IdempotencyFilter(
            BeanProvider<IdempotentExecutor> executor,
            ClaimFactory claims,
            ResponseConverter responses,
            @Nullable DeadlineFactory deadlines,
            BeanProvider<RedisSettings> settings,
            @Named(TaskExecutors.BLOCKING) Executor controllers) {
        this.executor = executor;
        this.claims = claims;
        this.responses = responses;
        this.deadlines = deadlines != null
                ? deadlines
                : wait -> Deadline.in(settings.get().decisionBudget().plus(wait));
        this.controllers = controllers;
    }

    /** Claims the key of a request. The result is empty if the method runs, else the response. */
    @RequestFilter
    CompletionStage<Optional<HttpResponse<?>>> before(HttpRequest<?> request) {
        var method = RouteAttributes.getRouteMatch(request)
                .map(AnnotationMetadataProvider::getAnnotationMetadata)
                .orElse(AnnotationMetadata.EMPTY_METADATA);
        if (!method.hasAnnotation(Idempotent.class) || IdempotentSettings.hasKey(method)) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        var end = deadlines.afterWaiting(IdempotentBeans.LONGEST_RUN);
        return claims.read(request).thenCompose(body -> begin(request, method, body, end));
    }

    private CompletionStage<Optional<HttpResponse<?>>> begin(
            HttpRequest<?> request, AnnotationMetadata method, byte[] body, Deadline end) {
        ClaimRequest claim;
        try {
            var found = claims.claim(request, method, body, CommonHeadersFilter.idOf(request));
            if (found.isEmpty()) {
                return CompletableFuture.completedStage(
                        method.booleanValue(Idempotent.class, "required").orElse(true)
                                ? Optional.of(IdempotencyFailureHandler.keyMissing(
                                                "This operation needs the header " + ClaimFactory.HEADER + ".")
                                        .response())
                                : Optional.empty());
            }
            claim = found.get();
        } catch (InvalidArgument invalid) {
            return CompletableFuture.completedStage(
                    Optional.of(malformed(invalid).response()));
        }
        var work = new CompletableFuture<dev.gatehouse.idempotency.Response>();
        var begun = new CompletableFuture<Optional<HttpResponse<?>>>();
        var storedStatuses = IdempotentSettings.storedStatuses(method);
        var execution = executor.get()
                .storing(storedStatuses)
                .run(claims.tenant(request), claim, end, () -> {
                    begun.complete(Optional.empty());
                    return work;
                })
                .toCompletableFuture();
        request.setAttribute(ATTRIBUTE, new Run(work, execution, storedStatuses));
        var _ = execution.whenComplete((undone, failure) -> {
            // Without effect if the method runs: it has completed this already.
            if (failure != null) {
                begun.completeExceptionally(failure);
            } else {
                begun.complete(Optional.of(response(undone)));
            }
        });
        // Leaves the thread of the connection, since a controller may block.
        return begun.thenApplyAsync(Function.identity(), controllers);
    }

    /** Stores the method's response, or releases the claim, before the caller gets the response. */
    @ResponseFilter
    CompletionStage<MutableHttpResponse<?>> after(HttpRequest<?> request, MutableHttpResponse<?> response) {
        if (!(request.getAttribute(ATTRIBUTE).orElse(null) instanceof Run(var work, var execution, var storedStatuses))
                || execution.isDone()) {
            return CompletableFuture.completedStage(response);
        }
        if (RouteAttributes.getException(response).isPresent() && !storedStatuses.contains(response.code())) {
            work.completeExceptionally(new NotStored());
        } else {
            try {
                work.complete(responses.of(response));
            } catch (RuntimeException e) {
                work.completeExceptionally(e);
            }
        }
        return execution.handle((done, _) ->
                done instanceof Execution.Unrecorded ? response.header("Idempotent-Recorded", "unknown") : response);
    }

    private HttpResponse<?> response(Execution execution) {
        return switch (execution) {
            case Execution.Replayed(var response, var _, var _) -> responses.replayed(response);
            case Execution.InFlight(var claim) -> failed(new IdempotencyFailure.InFlight(claim.retryAfter()));
            case Execution.KeyReused _ -> failed(new IdempotencyFailure.KeyReused());
            case Execution.Undecided(var retryAfter) -> failed(new IdempotencyFailure.StoreUnavailable(retryAfter));
            case Execution.Done _, Execution.Unrecorded _, Execution.Released _ -> HttpResponse.noContent();
        };
    }

    private static HttpResponse<?> failed(IdempotencyFailure failure) {
        return IdempotencyFailureHandler.problem(failure).response();
    }

    private static Problem malformed(InvalidArgument invalid) {
        return Problem.of(
                "invalid-request", "The request is invalid", 400, ClaimFactory.HEADER + " " + invalid.getMessage());
    }
}

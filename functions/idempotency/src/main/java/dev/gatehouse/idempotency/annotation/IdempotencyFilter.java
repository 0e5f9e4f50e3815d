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
import io.micronaut.core.annotation.AnnotationValue;
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
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs methods annotated with {@link Idempotent} once per key. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.LOWEST_PRECEDENCE)
@KeyedRoute
final class IdempotencyFilter {

    private static final String ATTRIBUTE = Run.class.getName();

    /**
     * The longest duration of an invocation. A method without a response by then may never respond, so its lease ends.
     */
    private static final Duration LONGEST_RUN = Duration.ofMinutes(15);

    /** A running method: its future response, and the future outcome of its execution. */
    private record Run(
            CompletableFuture<dev.gatehouse.idempotency.Response> work, CompletableFuture<Execution> execution) {}

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
        var annotation = RouteAttributes.getRouteMatch(request)
                .map(route -> route.getAnnotation(Idempotent.class))
                .orElse(null);
        if (annotation == null) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        var end = deadlines.afterWaiting(LONGEST_RUN);
        return claims.read(request).thenCompose(body -> begin(request, annotation, body, end));
    }

    private CompletionStage<Optional<HttpResponse<?>>> begin(
            HttpRequest<?> request, AnnotationValue<Idempotent> annotation, byte[] body, Deadline end) {
        ClaimRequest claim;
        try {
            var found = claims.claim(request, annotation, body, CommonHeadersFilter.idOf(request));
            if (found.isEmpty()) {
                return CompletableFuture.completedStage(
                        annotation.booleanValue("required").orElse(true)
                                ? Optional.of(missing().response())
                                : Optional.empty());
            }
            claim = found.get();
        } catch (InvalidArgument invalid) {
            return CompletableFuture.completedStage(
                    Optional.of(malformed(invalid).response()));
        }
        var work = new CompletableFuture<dev.gatehouse.idempotency.Response>();
        var begun = new CompletableFuture<Optional<HttpResponse<?>>>();
        var execution = executor.get()
                .run(claims.tenant(request), claim, end, () -> {
                    begun.complete(Optional.empty());
                    return work;
                })
                .toCompletableFuture();
        request.setAttribute(ATTRIBUTE, new Run(work, execution));
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
        if (!(request.getAttribute(ATTRIBUTE).orElse(null) instanceof Run(var work, var execution))
                || execution.isDone()) {
            return CompletableFuture.completedStage(response);
        }
        if (response.code() >= 500 || RouteAttributes.getException(response).isPresent()) {
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
            case Execution.InFlight(var claim) ->
                Problem.of(
                                "idempotency-in-flight",
                                "Request in progress",
                                409,
                                "A request with this Idempotency-Key is in progress. Retry later.")
                        .withRetryAfter(claim.retryAfter())
                        .response();
            case Execution.KeyReused _ ->
                Problem.of(
                                "idempotency-key-reused",
                                "Idempotency key reused",
                                422,
                                "The Idempotency-Key was used with another request. Use a new key.")
                        .response();
            case Execution.Undecided(var retryAfter) ->
                Problem.storeUnavailable(retryAfter).response();
            case Execution.Done _, Execution.Unrecorded _ -> HttpResponse.noContent();
        };
    }

    private static Problem missing() {
        return Problem.of(
                "idempotency-key-missing",
                "Idempotency key missing",
                400,
                "This operation needs the header " + ClaimFactory.HEADER + ".");
    }

    private static Problem malformed(InvalidArgument invalid) {
        return Problem.of(
                "invalid-request", "The request is invalid", 400, ClaimFactory.HEADER + " " + invalid.getMessage());
    }
}

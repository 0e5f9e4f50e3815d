package dev.gatehouse.ratelimit.http;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Reading;
import dev.gatehouse.web.Reading.Faulty;
import dev.gatehouse.web.Reading.Read;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.Violation;
import io.micronaut.http.HttpResponse;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Finds the limits that bodies name, and refuses those that name what is not there. */
@Singleton
final class NamedPolicies {

    private static final KnownLimits NONE = (_, _) -> null;

    private final Policies policies;

    NamedPolicies(Policies policies) {
        this.policies = policies;
    }

    /** The response of {@code deciding} to what {@code reading} asks for, or the problem that keeps it from being asked. */
    <T> CompletionStage<HttpResponse<?>> in(
            Tenant tenant,
            Reading<? extends Asked<T>> reading,
            Deadline deadline,
            Function<T, CompletionStage<HttpResponse<?>>> deciding) {
        return switch (reading) {
            case Read<? extends Asked<T>>(var asked)
            when asked.namesPolicy() ->
                policies.book(tenant.name(), deadline).thenCompose(answer -> in(answer, asked, deciding));
            case Read<? extends Asked<T>>(var asked) -> decide(asked.in(NONE), deciding);
            case Faulty<? extends Asked<T>>(var violations) -> refused(violations);
        };
    }

    private static <T> CompletionStage<HttpResponse<?>> in(
            Decision<PolicySnapshot> answer, Asked<T> asked, Function<T, CompletionStage<HttpResponse<?>>> deciding) {
        return switch (answer) {
            case Decided<PolicySnapshot>(var book, var _) -> decide(asked.in(book::limitFor), deciding);
            case Unavailable<PolicySnapshot>(var retryAfter) ->
                CompletableFuture.completedStage(Problem.storeUnavailable(retryAfter)
                        .withDetail("Which limits the policies stand for is not known here yet. Nothing was changed.")
                        .response());
        };
    }

    private static <T> CompletionStage<HttpResponse<?>> decide(
            Reading<T> reading, Function<T, CompletionStage<HttpResponse<?>>> deciding) {
        return switch (reading) {
            case Read<T>(var asked) -> deciding.apply(asked);
            case Faulty<T>(var violations) -> refused(violations);
        };
    }

    private static CompletionStage<HttpResponse<?>> refused(List<Violation> violations) {
        return CompletableFuture.completedStage(
                Problem.invalidRequest(violations).response());
    }
}

package dev.gatehouse.ratelimit.http.policy;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Tenant;
import io.micronaut.http.HttpResponse;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Looks up the policies of a tenant for the requests that name one. */
@Singleton
public final class NamedPolicies {

    private final Policies policies;

    NamedPolicies(Policies policies) {
        this.policies = policies;
    }

    /**
     * Returns the response of {@code operation}, or 503 if it needs the policies and they are unavailable.
     *
     * @param needed whether the request names a policy
     * @param operation takes the policies
     */
    public CompletionStage<HttpResponse<?>> with(
            Tenant tenant,
            boolean needed,
            Deadline deadline,
            Function<PolicySnapshot, CompletionStage<HttpResponse<?>>> operation) {
        if (!needed) {
            return operation.apply(PolicySnapshot.EMPTY);
        }
        return policies.snapshot(tenant.name(), deadline).thenCompose(decision -> switch (decision) {
            case Decided<PolicySnapshot>(var snapshot, var _) -> operation.apply(snapshot);
            case Unavailable<PolicySnapshot>(var retryAfter) ->
                CompletableFuture.completedStage(Problem.storeUnavailable(retryAfter)
                        .withDetail("The policies are not known here yet. Nothing was changed.")
                        .response());
        });
    }
}

package dev.gatehouse.ratelimit.http;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Limit;
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
import org.jspecify.annotations.Nullable;

/** Looks up the policies of a tenant for the requests that name one. */
@Singleton
final class NamedPolicies {

    /** The policies of a tenant. */
    @FunctionalInterface
    interface PolicyLookup {

        /** Returns the limit of a policy for a subject; null if there is no such policy. */
        @Nullable
        Limit limitFor(String policy, String subject);
    }

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
    CompletionStage<HttpResponse<?>> with(
            Tenant tenant,
            boolean needed,
            Deadline deadline,
            Function<PolicyLookup, CompletionStage<HttpResponse<?>>> operation) {
        if (!needed) {
            return operation.apply((_, _) -> null);
        }
        return policies.book(tenant.name(), deadline).thenCompose(snapshot -> switch (snapshot) {
            case Decided<PolicySnapshot>(var known, var _) -> operation.apply(known::limitFor);
            case Unavailable<PolicySnapshot>(var retryAfter) ->
                CompletableFuture.completedStage(Problem.storeUnavailable(retryAfter)
                        .withDetail("The policies are not known here yet. Nothing was changed.")
                        .response());
        });
    }
}

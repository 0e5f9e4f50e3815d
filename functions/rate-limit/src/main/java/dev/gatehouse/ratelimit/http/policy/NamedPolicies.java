// SPDX-License-Identifier: Apache-2.0
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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Looks up the policies of a tenant for the requests that name one. */
@Singleton
public final class NamedPolicies {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Policies policies;

    NamedPolicies(Policies policies) {
        this.policies = policies;
    }

    /**
     * Returns the response of {@code operation}, or 503 if it needs policies that are unavailable.
     *
     * @param names the policies that the request names
     * @param operation takes the policies
     */
    public CompletionStage<HttpResponse<?>> with(
            Tenant tenant,
            List<String> names,
            Deadline deadline,
            Function<PolicySnapshot, CompletionStage<HttpResponse<?>>> operation) {
        if (names.isEmpty()) {
            return operation.apply(PolicySnapshot.EMPTY);
        }
        return policies.snapshot(tenant.name(), deadline).thenCompose(decision -> switch (decision) {
            case Decided<PolicySnapshot>(var snapshot, var _) ->
                hasAll(snapshot, names) ? operation.apply(snapshot) : unavailable(RETRY_AFTER);
            case Unavailable<PolicySnapshot>(var retryAfter) -> unavailable(retryAfter);
        });
    }

    /** Returns whether the snapshot decides on all names, be it that there are no such policies. */
    private static boolean hasAll(PolicySnapshot snapshot, List<String> names) {
        return snapshot.isComplete() || names.stream().allMatch(name -> snapshot.policy(name) != null);
    }

    private static CompletionStage<HttpResponse<?>> unavailable(Duration retryAfter) {
        return CompletableFuture.completedStage(Problem.storeUnavailable(retryAfter)
                .withDetail("The policies are not known here yet. Nothing was changed.")
                .response());
    }
}

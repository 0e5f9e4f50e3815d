// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http.policy;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import dev.gatehouse.ratelimit.policy.Policy;
import dev.gatehouse.ratelimit.policy.PolicyOverride;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.web.DecisionResponse;
import dev.gatehouse.web.Problem;
import io.micronaut.context.annotation.Property;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates the responses of policies and their overrides. */
@Singleton
final class PolicyResponseMapper {

    private static final int PAGE = 100;
    private static final String UNKNOWN = "The policies are not known here yet.";

    private final String whenDown;

    PolicyResponseMapper(@Nullable @Property(name = "gatehouse.rate-limit-when-down") String whenDown) {
        this.whenDown = GuardedRateLimiter.fallback(whenDown).word();
    }

    HttpResponse<?> toFind(Decision<Optional<Policy>> decision) {
        return decided(decision, "Whether there is such a policy is not known.", found -> found.<MutableHttpResponse<?>>
                        map(policy -> HttpResponse.ok(PolicyResponse.of(policy, whenDown)))
                .orElseGet(PolicyResponseMapper::noSuchPolicy));
    }

    HttpResponse<?> toList(Decision<PolicySnapshot> decision, String after) {
        return decided(decision, UNKNOWN, snapshot -> {
            var found = snapshot.policies(after, PAGE + 1).stream()
                    .map(policy -> PolicyResponse.of(policy, whenDown))
                    .toList();
            return HttpResponse.ok(new PolicyPage(page(found), next(found, PolicyResponse::name)));
        });
    }

    HttpResponse<?> toOverrides(Decision<PolicySnapshot> decision, String policy, String after) {
        return decided(decision, UNKNOWN, snapshot -> {
            var found = snapshot.overrides(policy, after, PAGE + 1).stream()
                    .map(entry -> OverrideResponse.of(entry.getValue(), null, entry.getKey(), whenDown))
                    .toList();
            return found.isEmpty() && snapshot.policy(policy) == null
                    ? noSuchPolicy()
                    : HttpResponse.ok(new OverridePage(page(found), next(found, OverrideResponse::subjectTag)));
        });
    }

    private static <T> List<T> page(List<T> found) {
        return found.subList(0, Math.min(PAGE, found.size()));
    }

    private static <T> @Nullable String next(List<T> found, Function<T, String> id) {
        return found.size() > PAGE ? id.apply(found.get(PAGE - 1)) : null;
    }

    HttpResponse<?> toPut(Decision<StoreResult> decision, Limit policy) {
        return stored(
                decision,
                "The policy may or may not have been stored.",
                () -> PolicyResponse.of(new Policy(policy, Policy.Source.STORED), whenDown),
                () -> tooMany("policies", Policies.MAX_POLICIES));
    }

    HttpResponse<?> toOverride(Decision<StoreResult> decision, PolicyOverride override, String subject) {
        return stored(
                decision,
                "The override may or may not have been stored.",
                () -> OverrideResponse.of(override, subject, HashTag.of(subject), whenDown),
                () -> tooMany("overrides", Policies.MAX_OVERRIDES));
    }

    private static HttpResponse<?> stored(
            Decision<StoreResult> decision,
            String unavailable,
            Supplier<?> body,
            Supplier<MutableHttpResponse<?>> tooMany) {
        return decided(decision, unavailable, result -> switch (result) {
            case STORED -> HttpResponse.ok(body.get());
            case NO_SUCH_POLICY -> noSuchPolicy();
            case TOO_MANY -> tooMany.get();
        });
    }

    static HttpResponse<?> toRemove(Decision<Boolean> decision) {
        return decided(decision, "It may or may not have been removed.", _ -> HttpResponse.noContent());
    }

    private static <T> HttpResponse<?> decided(
            Decision<T> decision, String unavailable, Function<T, MutableHttpResponse<?>> response) {
        return DecisionResponse.of(
                decision,
                unavailable + " It is safe to repeat the request.",
                decided -> response.apply(decided.value()));
    }

    static MutableHttpResponse<?> noSuchPolicy() {
        return Problem.of("no-such-policy", "No such policy", 404, "No policy has this name.")
                .response();
    }

    private static MutableHttpResponse<?> tooMany(String what, int most) {
        return Problem.of(
                        "too-many-" + what, "Too many " + what, 409, "At most " + most + " " + what + " can be stored.")
                .response();
    }
}

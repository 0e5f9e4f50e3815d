// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.apikeys.IssuedKey;
import dev.gatehouse.apikeys.KeyVerifier;
import dev.gatehouse.apikeys.PresentedKey;
import dev.gatehouse.apikeys.Verification.Invalid;
import dev.gatehouse.apikeys.Verification.ScopeMissing;
import dev.gatehouse.apikeys.Verification.Valid;
import dev.gatehouse.authorizer.Access.WithKey;
import dev.gatehouse.authorizer.Authorization.Forbidden;
import dev.gatehouse.authorizer.Authorization.KeyAuthorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.redis.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Authorizes requests by API keys, under the rules of {@link Authorizer} with the key in place of the session and its owner in
 * place of the user; but a key that lacks a scope does not charge its owner. The address's limits, and the key with the
 * limits of its owner, are sent at once; nothing is sent if the address is denied from memory.
 */
final class KeyAuthorizer {

    private final KeyVerifier verifier;
    private final RateLimiter limiter;

    /** @param limiter decides the limits of addresses, and refunds those of owners */
    KeyAuthorizer(KeyVerifier verifier, RateLimiter limiter) {
        this.verifier = verifier;
        this.limiter = limiter;
    }

    /**
     * Decides {@code request}.
     *
     * @param key null if the request has none
     */
    CompletionStage<Decision<Authorization>> authorize(
            String tenant,
            AuthorizationRequest request,
            WithKey access,
            @Nullable PresentedKey key,
            Deadline deadline) {
        var addressCheck = request.addressCheck();
        CompletionStage<Decision<CheckDecision>> ofAddress = addressCheck == null
                ? CompletableFuture.completedStage(new Decided<>(AuthorizationSteps.NO_LIMITS, Source.REDIS))
                : limiter.check(tenant, addressCheck, deadline);
        if (key == null || isKnownDenial(request, ofAddress)) {
            return ofAddress.thenApply(decision -> decision.map(check -> {
                var quotas = AuthorizationSteps.checked(request, request.addressLimits(), request.address(), check);
                return isDenied(request, quotas) ? new OverLimit(null, quotas) : new Unauthorized();
            }));
        }
        var verified = verifier.verify(tenant, key, access.scopes(), request::userCheck, deadline);
        return ofAddress
                .thenCombine(verified, (address, result) -> decide(tenant, request, address, result, deadline))
                .thenCompose(decided -> decided);
    }

    private CompletionStage<Decision<Authorization>> decide(
            String tenant,
            AuthorizationRequest request,
            Decision<CheckDecision> address,
            Decision<KeyVerifier.Result> result,
            Deadline deadline) {
        if (!(address instanceof Decided<CheckDecision>(var check, var source))) {
            return refund(tenant, result, deadline).thenApply(_ -> address.map(_ -> new Unauthorized()));
        }
        var quotas = AuthorizationSteps.checked(request, request.addressLimits(), request.address(), check);
        if (isDenied(request, quotas)) {
            return refund(tenant, result, deadline).thenApply(_ -> new Decided<>(new OverLimit(null, quotas), source));
        }
        return CompletableFuture.completedStage(
                AuthorizationSteps.after(source, result.map(verified -> authorization(request, quotas, verified))));
    }

    private static Authorization authorization(
            AuthorizationRequest request, CheckedLimits ofAddress, KeyVerifier.Result result) {
        return switch (result.verification()) {
            case Valid(IssuedKey key) -> {
                var quotas = result.check() == null
                        ? ofAddress
                        : ofAddress.and(AuthorizationSteps.checked(
                                request, request.userLimits(), key.owner().value(), result.decision()));
                yield isDenied(request, quotas) ? new OverLimit(null, quotas) : new KeyAuthorized(key, quotas);
            }
            case ScopeMissing _ -> new Forbidden(null, ofAddress);
            case Invalid _ -> new Unauthorized();
        };
    }

    /** Returns whether the address was denied without Redis, so that the key does not matter. */
    private static boolean isKnownDenial(
            AuthorizationRequest request, CompletionStage<Decision<CheckDecision>> ofAddress) {
        var known = ofAddress.toCompletableFuture();
        return request.isDeniedOnLimit()
                && known.isDone()
                && known.join() instanceof Decided<CheckDecision>(var check, var _)
                && !check.allowed();
    }

    private static boolean isDenied(AuthorizationRequest request, CheckedLimits quotas) {
        return quotas.exceeded() && request.isDeniedOnLimit();
    }

    /** Refunds the limits of the owner, if they were charged. */
    private CompletionStage<?> refund(String tenant, Decision<KeyVerifier.Result> result, Deadline deadline) {
        return result instanceof Decided<KeyVerifier.Result>(var verified, var _)
                        && verified.check() != null
                        && verified.decision().allowed()
                ? limiter.refund(tenant, verified.check(), deadline)
                : AuthorizationSteps.NO_REFUND;
    }
}

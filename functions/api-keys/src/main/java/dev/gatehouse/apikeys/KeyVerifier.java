// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import dev.gatehouse.apikeys.Verification.Valid;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.CheckDecision;
import dev.gatehouse.ratelimit.GuardedRateLimiter;
import dev.gatehouse.ratelimit.LimitScriptRunner;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.PendingCheck;
import dev.gatehouse.ratelimit.RateLimiter;
import dev.gatehouse.ratelimit.RedisRateLimiter;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Verifies keys and charges the limits of their owners: on Redis in one atomic script, {@code verify-check}, because both lie
 * in the owner's slot. Of an imported key, its owner is read before.
 *
 * <p>Only a valid key with the required scopes charges limits, all or none. Without a reply of Redis, the key may be found in
 * the cache, and the fallback policies of the limits decide; they may have been charged, so Redis does not check them again.
 */
public final class KeyVerifier {

    /**
     * A verification with the decision on the limits.
     *
     * @param check the limits of the key's owner that were decided; null if there were none, or the key is not valid
     * @param decision allowed and empty without a check
     */
    public record Result(
            Verification verification, @Nullable Check check, CheckDecision decision) {

        private static Result of(Verification verification) {
            return new Result(verification, null, new CheckDecision(true, List.of()));
        }
    }

    /** The parts that need Redis. */
    private record Remote(RedisIssuedKeys keys, RedisRateLimiter limits, LimitScriptRunner scripts) {}

    private final @Nullable Remote redis;
    private final IssuedKeyStore keys;
    private final IssuedKeyCache cache;
    private final RateLimiter limiter;

    private KeyVerifier(@Nullable Remote redis, IssuedKeyStore keys, IssuedKeyCache cache, RateLimiter limiter) {
        this.redis = redis;
        this.keys = keys;
        this.cache = cache;
        this.limiter = limiter;
    }

    /**
     * Creates a verifier on {@code link}.
     *
     * @param keys verify once more without a reply, and then by {@code cache}
     * @param limiter decides by the policies of limits without Redis
     */
    public static KeyVerifier over(
            RedisLink link, IssuedKeyStore keys, IssuedKeyCache cache, GuardedRateLimiter limiter) {
        var remote = new Remote(new RedisIssuedKeys(link), new RedisRateLimiter(link), new LimitScriptRunner(link));
        return new KeyVerifier(remote, keys, cache, limiter);
    }

    /** Creates a verifier for a process that keeps keys and limits in memory. */
    public static KeyVerifier inMemory(IssuedKeyStore keys, RateLimiter limiter) {
        return new KeyVerifier(null, keys, new IssuedKeyCache(0), limiter);
    }

    /**
     * Verifies a key and charges the limits of its owner.
     *
     * @param limits returns the limits of the owner with a tag, whose subjects are ignored; null for none
     */
    public CompletionStage<Decision<Result>> verify(
            String tenant,
            PresentedKey key,
            SortedSet<String> scopes,
            Function<String, @Nullable Check> limits,
            Deadline deadline) {
        if (redis == null) {
            return inTurn(tenant, key, scopes, limits, deadline, check -> limiter.check(tenant, check, deadline));
        }
        return redis.keys.ownerTag(tenant, key, deadline).thenCompose(found -> {
            if (!(found instanceof Decided<Optional<String>>(var tag, var _))) {
                return withoutReply(tenant, key, scopes, limits, deadline);
            }
            if (tag.isEmpty()) {
                var invalid = new Verification.Invalid();
                cache.update(tenant, key.digest(), invalid, cache.stamp());
                return CompletableFuture.completedStage(new Decided<>(Result.of(invalid), Source.REDIS));
            }
            var check = limits.apply(tag.get());
            return check == null
                    ? keys.verify(tenant, new PresentedKey(tag, key.digest()), scopes, deadline)
                            .thenApply(decision -> decision.map(Result::of))
                    : together(redis, tenant, new PresentedKey(tag, key.digest()), scopes, check, deadline)
                            .thenCompose(decision ->
                                    decision.orElse(_ -> withoutReply(tenant, key, scopes, limits, deadline)));
        });
    }

    private CompletionStage<Decision<Result>> together(
            Remote redis, String tenant, PresentedKey key, SortedSet<String> scopes, Check check, Deadline deadline) {
        var stamp = cache.stamp();
        var tag = key.ownerTag().orElseThrow();
        var call = PendingCheck.after(
                redis.keys.verifyCall(tenant, tag, key.digest(), scopes),
                KeyReplyReader.FOUND,
                redis.limits.prepareForTag(tenant, tag, check));
        return redis.scripts.runAll(List.of(call), deadline).thenApply(replies -> {
            Decision<Result> decision = Decision.of(replies.getFirst().map(reply -> {
                var verification = KeyReplyReader.verification(call.ofLookup(reply), scopes);
                return verification instanceof Valid(var valid)
                        ? new Result(verification, checkOf(check, valid.owner()), call.decision(reply))
                        : Result.of(verification);
            }));
            return decision.ifDecided(result -> cache.update(tenant, key.digest(), result.verification, stamp));
        });
    }

    private CompletionStage<Decision<Result>> withoutReply(
            String tenant,
            PresentedKey key,
            SortedSet<String> scopes,
            Function<String, @Nullable Check> limits,
            Deadline deadline) {
        return inTurn(tenant, key, scopes, limits, deadline, check -> ((GuardedRateLimiter) limiter)
                .withoutRedis(tenant, check, deadline));
    }

    private CompletionStage<Decision<Result>> inTurn(
            String tenant,
            PresentedKey key,
            SortedSet<String> scopes,
            Function<String, @Nullable Check> limits,
            Deadline deadline,
            Function<Check, CompletionStage<Decision<CheckDecision>>> decide) {
        return keys.verify(tenant, key, scopes, deadline).thenCompose(decision -> switch (decision) {
            case Decided<Verification>(Valid valid, var source) -> {
                var owner = valid.key().owner();
                var unbound = limits.apply(owner.tag());
                if (unbound == null) {
                    yield CompletableFuture.completedStage(new Decided<>(Result.of(valid), source));
                }
                var check = checkOf(unbound, owner);
                yield decide.apply(check)
                        .thenApply(decided -> decided.map(limited -> new Result(valid, check, limited)));
            }
            case Decided<Verification>(var verification, var source) ->
                CompletableFuture.completedStage(new Decided<>(Result.of(verification), source));
            case Unavailable<Verification>(var retryAfter) ->
                CompletableFuture.completedStage(new Unavailable<>(retryAfter));
        });
    }

    /** Returns {@code check} with the owner as its subject. */
    private static Check checkOf(Check check, OwnerId owner) {
        var limits = check.limits().stream()
                .map(limited -> new LimitedSubject(limited.limit(), owner.value(), limited.cost()))
                .toList();
        return new Check(limits, check.mode());
    }
}

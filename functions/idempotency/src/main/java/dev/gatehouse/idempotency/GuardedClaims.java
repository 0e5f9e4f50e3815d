package dev.gatehouse.idempotency;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.idempotency.ClaimExtension.Extended;
import dev.gatehouse.idempotency.ClaimOutcome.Completed;
import dev.gatehouse.idempotency.ClaimOutcome.KeyReused;
import dev.gatehouse.idempotency.Completion.Recorded;
import dev.gatehouse.idempotency.Inspection.Absent;
import dev.gatehouse.idempotency.Release.Released;
import dev.gatehouse.redis.Deadline;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Decides on Redis and, without its reply, by policy. A result that this process has seen is replayed from memory. With
 * {@link FallbackPolicy#CLOSED} everything else is unavailable and safe to repeat. With {@link FallbackPolicy#LOCAL} each
 * process decides from its own memory: several processes may do the same work, and again when Redis is back. {@link
 * FallbackPolicy#OPEN} is rejected: it would claim nothing.
 *
 * <p>Memory decides only on claims it has. A claim that it lacks may be in Redis: the decision is then unavailable.
 */
public final class GuardedClaims implements Claims {

    private final Claims redis;
    private final Claims local;
    private final ResultCache results;
    private final boolean localWhenDown;

    /**
     * Creates the guard.
     *
     * @param redis decides while it replies by the deadline
     * @param local decides otherwise, if the policy is {@link FallbackPolicy#LOCAL}
     * @param results replayed without Redis under every policy
     * @throws IllegalArgumentException if the policy is {@link FallbackPolicy#OPEN}
     */
    public GuardedClaims(Claims redis, Claims local, ResultCache results, FallbackPolicy whenDown) {
        this.redis = redis;
        this.local = local;
        this.results = results;
        this.localWhenDown = switch (whenDown) {
            case CLOSED -> false;
            case LOCAL -> true;
            case OPEN ->
                throw new IllegalArgumentException("claims cannot be open: work that all may do is not claimed");
        };
    }

    @Override
    public CompletionStage<Decision<ClaimOutcome>> claim(String tenant, ClaimRequest request, Deadline deadline) {
        var key = StoredKey.of(tenant, request.claim().key());
        return redis.claim(tenant, request, deadline).thenCompose(answer -> switch (answer) {
            case Decided<ClaimOutcome> decided -> {
                remember(key, decided.decision());
                yield CompletableFuture.completedStage(decided);
            }
            case Unavailable<ClaimOutcome> unavailable -> {
                var known = results.get(key);
                if (known != null) {
                    yield CompletableFuture.completedStage(remembered(known, request));
                }
                yield localWhenDown
                        ? local.claim(tenant, request, deadline)
                        : CompletableFuture.completedStage(unavailable);
            }
        });
    }

    private void remember(StoredKey key, ClaimOutcome outcome) {
        switch (outcome) {
            case Completed completed -> results.put(key, completed);
            case ClaimOutcome.Claimed _, ClaimOutcome.InFlight _ -> results.remove(key);
            case KeyReused _ -> {
                // Reveals nothing about the result.
            }
        }
    }

    private static Decision<ClaimOutcome> remembered(Completed known, ClaimRequest request) {
        return known.fingerprint().contradicts(request.fingerprint())
                ? new Decided<>(new KeyReused(), Source.LOCAL)
                : new Decided<>(known, Source.LOCAL);
    }

    @Override
    public CompletionStage<Decision<Completion>> complete(
            String tenant, Claim claim, Response response, Optional<Lifetime> lifetime, Deadline deadline) {
        var asked = redis.complete(tenant, claim, response, lifetime, deadline).thenApply(answer -> {
            if (answer instanceof Decided<Completion>(var completion, var _)
                    && completion instanceof Recorded(var at, var expires, var fingerprint, var asGiven)
                    && asGiven) {
                results.put(StoredKey.of(tenant, claim.key()), new Completed(response, fingerprint, at, expires));
            }
            return answer;
        });
        return orElse(
                asked,
                completion -> completion instanceof Recorded,
                () -> local.complete(tenant, claim, response, lifetime, deadline));
    }

    @Override
    public CompletionStage<Decision<Release>> release(String tenant, Claim claim, Deadline deadline) {
        return orElse(
                redis.release(tenant, claim, deadline),
                release -> release instanceof Released(var wasClaimed) && wasClaimed,
                () -> local.release(tenant, claim, deadline));
    }

    @Override
    public CompletionStage<Decision<ClaimExtension>> extend(
            String tenant, Claim claim, ClaimLease length, Deadline deadline) {
        return orElse(
                redis.extend(tenant, claim, length, deadline),
                extension -> extension instanceof Extended,
                () -> local.extend(tenant, claim, length, deadline));
    }

    @Override
    public CompletionStage<Decision<Inspection>> inspect(String tenant, IdempotencyKey key, Deadline deadline) {
        return orElse(
                redis.inspect(tenant, key, deadline),
                inspection -> !(inspection instanceof Absent),
                () -> local.inspect(tenant, key, deadline));
    }

    /** Removes the result from memory too, whatever Redis replies. */
    @Override
    public CompletionStage<Decision<Invalidated>> invalidate(String tenant, IdempotencyKey key, Deadline deadline) {
        results.remove(StoredKey.of(tenant, key));
        return orElse(
                redis.invalidate(tenant, key, deadline),
                Invalidated::wasKnown,
                () -> local.invalidate(tenant, key, deadline));
    }

    /** Returns the decision of Redis; without one, and under policy LOCAL, the one of memory if it has the claim. */
    private <T> CompletionStage<Decision<T>> orElse(
            CompletionStage<Decision<T>> asked, Predicate<T> known, Supplier<CompletionStage<Decision<T>>> memory) {
        return asked.thenCompose(answer -> switch (answer) {
            case Decided<T> decided -> CompletableFuture.completedStage(decided);
            case Unavailable<T> unavailable
            when localWhenDown -> memory.get().thenApply(found -> isKnown(found, known) ? found : unavailable);
            case Unavailable<T> unavailable -> CompletableFuture.completedStage(unavailable);
        });
    }

    private static <T> boolean isKnown(Decision<T> found, Predicate<T> known) {
        return found instanceof Decided<T> decided && known.test(decided.decision());
    }
}

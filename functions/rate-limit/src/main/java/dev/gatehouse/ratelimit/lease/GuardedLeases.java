package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.redis.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Stores leases on Redis. If Redis is unavailable, the fallback policy applies.
 *
 * <p>{@link FallbackPolicy#CLOSED} is recommended: a lock held in one process's memory does not exclude other
 * processes. With {@link FallbackPolicy#LOCAL} each process grants its own leases, independent of those on Redis.
 * {@link FallbackPolicy#OPEN} is rejected, because it would grant every lease.
 *
 * <p>Memory reports only leases that it granted. Redis may have granted a lease that memory does not hold. The decision
 * on such a lease is unavailable, and a later retry is safe.
 */
public final class GuardedLeases implements Leases {

    private final Leases redis;
    private final Leases local;
    private final boolean localWhenDown;

    /**
     * Creates leases that fall back from {@code redis} to {@code local}.
     *
     * @param redis decides first; its decisions by the deadline are final
     * @param local decides if the policy is {@link FallbackPolicy#LOCAL}
     * @throws IllegalArgumentException if the policy is {@link FallbackPolicy#OPEN}
     */
    public GuardedLeases(Leases redis, Leases local, FallbackPolicy whenDown) {
        this.redis = redis;
        this.local = local;
        this.localWhenDown = switch (whenDown) {
            case CLOSED -> false;
            case LOCAL -> true;
            case OPEN -> throw new IllegalArgumentException("leases cannot be open: a lease that all have is none");
        };
    }

    @Override
    public CompletionStage<Decision<Acquisition>> acquire(String tenant, LeaseRequest request, Deadline deadline) {
        return orElse(
                redis.acquire(tenant, request, deadline), _ -> true, () -> local.acquire(tenant, request, deadline));
    }

    @Override
    public CompletionStage<Decision<Extension>> extend(String tenant, Lease lease, long millis, Deadline deadline) {
        return orElse(
                redis.extend(tenant, lease, millis, deadline),
                extension -> extension instanceof Extended,
                () -> local.extend(tenant, lease, millis, deadline));
    }

    @Override
    public CompletionStage<Decision<Boolean>> release(String tenant, Lease lease, Deadline deadline) {
        return orElse(
                redis.release(tenant, lease, deadline),
                wasLive -> wasLive,
                () -> local.release(tenant, lease, deadline));
    }

    /**
     * Returns Redis's decision. If unavailable under {@link FallbackPolicy#LOCAL}, returns memory's decision if
     * {@code known} accepts it.
     */
    private <T> CompletionStage<Decision<T>> orElse(
            CompletionStage<Decision<T>> redis, Predicate<T> known, Supplier<CompletionStage<Decision<T>>> memory) {
        return redis.thenCompose(decision -> switch (decision) {
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

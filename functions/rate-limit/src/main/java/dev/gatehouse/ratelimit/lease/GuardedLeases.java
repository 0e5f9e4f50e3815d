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
 * Keeps leases on Redis and, when it has no answer, goes by policy. {@link FallbackPolicy#CLOSED} is the one to choose: a
 * lock that one process's memory decided is none to the others. With {@link FallbackPolicy#LOCAL} each process keeps leases
 * of its own meanwhile, which do not know of Redis's; {@link FallbackPolicy#OPEN} would be no lease at all, and is refused.
 *
 * <p>Memory speaks of what it granted only. That a lease is unknown to it does not mean that it is lost, nor released,
 * for Redis may have granted it: then there is no answer, and asking again later is safe.
 */
public final class GuardedLeases implements Leases {

    private final Leases redis;
    private final Leases local;
    private final boolean localWhenDown;

    /**
     * @param redis its answers by the deadline are final
     * @param local decides instead when the policy is {@link FallbackPolicy#LOCAL}
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
    public CompletionStage<Decision<Extension>> extend(
            String tenant, Lease lease, LeaseLength length, Deadline deadline) {
        return orElse(
                redis.extend(tenant, lease, length, deadline),
                extension -> extension instanceof Extended,
                () -> local.extend(tenant, lease, length, deadline));
    }

    @Override
    public CompletionStage<Decision<Released>> release(String tenant, Lease lease, Deadline deadline) {
        return orElse(
                redis.release(tenant, lease, deadline),
                Released::wasLive,
                () -> local.release(tenant, lease, deadline));
    }

    /** Redis's answer; without one, and if so chosen, memory's where it can know. */
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

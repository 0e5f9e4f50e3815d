// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.lease.Extension.Extended;
import dev.gatehouse.redis.Deadline;
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
 * on such a lease is unavailable, and a later retry is safe. An inspection reports the leases by which acquisitions are
 * decided at the moment. A reset is never made in memory, because it would leave those on Redis.
 */
public final class GuardedLeases implements LeaseStore {

    private final LeaseStore redis;
    private final LeaseStore local;
    private final boolean localWhenDown;

    /**
     * Creates leases that fall back from {@code redis} to {@code local}.
     *
     * @param redis decides first; its decisions by the deadline are final
     * @param local decides if the policy is {@link FallbackPolicy#LOCAL}
     * @throws IllegalArgumentException if the policy is {@link FallbackPolicy#OPEN}
     */
    public GuardedLeases(LeaseStore redis, LeaseStore local, FallbackPolicy whenDown) {
        this.redis = redis;
        this.local = local;
        this.localWhenDown = switch (whenDown) {
            case CLOSED -> false;
            case LOCAL -> true;
            case OPEN -> throw new IllegalArgumentException("the policy of leases must be local or closed");
        };
    }

    @Override
    public CompletionStage<Decision<Acquisition>> acquire(String tenant, LeaseRequest request, Deadline deadline) {
        return orLocal(
                redis.acquire(tenant, request, deadline), () -> local.acquire(tenant, request, deadline), _ -> true);
    }

    @Override
    public CompletionStage<Decision<Extension>> extend(String tenant, Lease lease, long millis, Deadline deadline) {
        return orLocal(
                redis.extend(tenant, lease, millis, deadline),
                () -> local.extend(tenant, lease, millis, deadline),
                extension -> extension instanceof Extended);
    }

    @Override
    public CompletionStage<Decision<Boolean>> release(String tenant, Lease lease, Deadline deadline) {
        return orLocal(
                redis.release(tenant, lease, deadline),
                () -> local.release(tenant, lease, deadline),
                wasLive -> wasLive);
    }

    @Override
    public CompletionStage<Decision<LeaseUsage>> inspect(String tenant, LeasedResource resource, Deadline deadline) {
        return orLocal(
                redis.inspect(tenant, resource, deadline), () -> local.inspect(tenant, resource, deadline), _ -> true);
    }

    @Override
    public CompletionStage<Decision<Long>> reset(String tenant, LeasedResource resource, Deadline deadline) {
        return redis.reset(tenant, resource, deadline);
    }

    private <T> CompletionStage<Decision<T>> orLocal(
            CompletionStage<Decision<T>> first, Supplier<CompletionStage<Decision<T>>> memory, Predicate<T> isFound) {
        return localWhenDown ? first.thenCompose(decision -> decision.orElseIfFound(memory, isFound)) : first;
    }
}

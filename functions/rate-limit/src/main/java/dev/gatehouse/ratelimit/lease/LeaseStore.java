// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.util.concurrent.CompletionStage;

/**
 * Limits the number of concurrent holders for a name and subject. Each holds a lease for a limited time; with a limit
 * of one it is a lock.
 *
 * <pre>
 * absent ── acquire, with room ──▶ live(fence, end) ── extend ──▶ live(fence, a later end)
 *   ▲                                 │
 *   └─ release, reset, or the end ────┘
 * </pre>
 *
 * <p>All implementations guarantee the following, which {@code LeasesContract} checks:
 *
 * <ol>
 *   <li>A lease is granted only while fewer leases are live than its request's limit, under any concurrency. The limit
 *       may differ between requests. It takes effect at once and revokes no lease.
 *   <li>A lease is live until its end and no longer. A crashed holder loses it by then. An ended lease is
 *       {@link Extension.Lost}, even if it was not replaced. Only an acquisition, with its limit, determines whether
 *       there is room. If the clock goes back by more than a minute, the ends of live leases go back
 *       with it.
 *   <li>Acquiring with the id of a live lease repeats its grant: same fence, same end. Extending never shortens.
 *       Releasing a lease that is not live changes nothing. Each operation may therefore be repeated after a lost
 *       reply.
 *   <li>{@link Acquisition.Exhausted#retryAfter} is exact. Earlier, the same request is denied. From then on it is
 *       granted, unless another lease was granted, extended or released in between.
 *   <li>Each new grant has a greater fence than all earlier ones for the name and subject. This holds after all of them
 *       ended and if the clock goes back.
 *   <li>Resetting ends all leases that are live for the name and subject at that moment. To their holders they are lost, as if
 *       they had ended. Later grants have greater fences.
 *   <li>Inspecting changes nothing, and reports no id.
 *   <li>Tenants are isolated: no lease counts for, or is visible to, another tenant.
 *   <li>The stages complete by the deadline, and never exceptionally.
 * </ol>
 */
public interface LeaseStore {

    /** Acquires a lease for {@code tenant}. */
    CompletionStage<Decision<Acquisition>> acquire(String tenant, LeaseRequest request, Deadline deadline);

    /**
     * Extends a live lease.
     *
     * @param millis the least time that it lasts from now, 1 to {@link LeaseRequest#MAX_MILLIS}
     */
    CompletionStage<Decision<Extension>> extend(String tenant, Lease lease, long millis, Deadline deadline);

    /**
     * Releases a lease, which is no longer live afterwards.
     *
     * @return whether the lease was live before
     */
    CompletionStage<Decision<Boolean>> release(String tenant, Lease lease, Deadline deadline);

    /** Returns the live leases of a name and subject. */
    CompletionStage<Decision<LeaseUsage>> inspect(String tenant, LeasedResource resource, Deadline deadline);

    /**
     * Ends all live leases of a name and subject, whose holders may still rely on them.
     *
     * @return the number of leases that were live before
     */
    CompletionStage<Decision<Long>> reset(String tenant, LeasedResource resource, Deadline deadline);
}

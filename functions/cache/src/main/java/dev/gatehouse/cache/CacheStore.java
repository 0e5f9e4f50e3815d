// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.cache;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A cache in which one caller loads a missing value while the others wait or use a stale one.
 *
 * <pre>
 *              lookup: lease            fill                     fresh time ends
 * missing ──────────────▶ loading ──────────────▶ fresh ─────────────────────▶ stale
 *    ▲                     │   ▲                   │ ▲  put                     │
 *    │  release, end of    │   │                   │ └── any state              │ lookup: lease,
 *    ├─────────────────────┘   └───────────────────┼────────────────────────────┘ the value remains
 *    └──────────── invalidate, expiry ◀────────────┴── invalidate (soft): stale
 * </pre>
 *
 * A lease permits one owner to load. A load <em>begins</em> when its lease is granted; a repetition of the lookup by the
 * same owner renews the lease and does not begin another load.
 *
 * <p>The contract, verified by {@code CacheContract} and {@code AnyCacheTraceTest}:
 *
 * <ol>
 *   <li>At most one lease of a key is live, whatever the number of callers.
 *   <li>After an invalidation of a key, tag or scope has returned, no value whose load began before it is returned. The
 *       load of a {@link #put} begins when the store writes it.
 *   <li>Only the owner of the lease, or a put, changes a value. A lease that has ended, that nobody has taken and that
 *       nothing has invalidated can still be filled.
 *   <li>A value is never fresh at or after the end of its fresh time, and never returned at or after its expiry. A refill
 *       has a full lifetime of its own. After a soft invalidation, a value whose load began before it is never fresh.
 *   <li>A dead loader delays others until the end of its lease at most. A clock that steps back makes that one length of
 *       the lease more at most.
 *   <li>A lookup without a lease changes nothing.
 *   <li>The loss of any part of the store makes entries missing. It never makes an old one live.
 *   <li>Everything stored expires. Invalidating a scope or a tag takes one small write.
 *   <li>Tenants, scopes and keys are separate.
 *   <li>Filling, extending, releasing and invalidating can be repeated with the same outcome. An owner names one load: after
 *       it has filled or lost its lease, it gets the next one of the key under another, random owner. So a delayed repetition
 *       of its fill stores nothing. This holds for the last seven owners, and for ten minutes after the
 *       end of the last lease.
 *   <li>Every stage completes by its deadline, and never exceptionally.
 * </ol>
 */
public interface CacheStore {

    /**
     * Looks up values, and grants the leases to load those that are missing or stale.
     *
     * @return the stages in the order of {@code lookups}
     */
    List<CompletionStage<Decision<LookupOutcome>>> lookup(String tenant, List<CacheLookup> lookups, Deadline deadline);

    /** Looks up one value. */
    default CompletionStage<Decision<LookupOutcome>> lookup(String tenant, CacheLookup lookup, Deadline deadline) {
        return lookup(tenant, List.of(lookup), deadline).getFirst();
    }

    /** Stores the value that the owner of the lease has loaded, and ends the lease. */
    CompletionStage<Decision<FillOutcome>> fill(String tenant, CacheWrite value, LoadOwner owner, Deadline deadline);

    /**
     * Extends the lease while its owner loads. Never shortens it. Possible after the lease has ended too, unless another
     * took it or an invalidation voided the load.
     *
     * @param leaseMillis 1 to {@link CacheLookup#MAX_LEASE_MILLIS}, from now
     * @return the end of the lease; empty if the owner does not have it
     */
    CompletionStage<Decision<Optional<Instant>>> extend(
            String tenant, CacheKey key, LoadOwner owner, long leaseMillis, Deadline deadline);

    /**
     * Ends the lease without a value, because the load has failed. Has no effect unless the owner has the lease.
     *
     * @param holdMillis the time during which nobody gets a lease of the key, 0 to {@link CacheLookup#MAX_LEASE_MILLIS}
     * @return whether the owner had the lease
     */
    CompletionStage<Decision<Boolean>> release(
            String tenant, CacheKey key, LoadOwner owner, long holdMillis, Deadline deadline);

    /** Stores a value without a lease, and voids the load in progress. */
    CompletionStage<Decision<FillOutcome.Filled>> put(String tenant, CacheWrite value, Deadline deadline);

    /**
     * Invalidates values and loads in progress.
     *
     * @return true
     */
    CompletionStage<Decision<Boolean>> invalidate(String tenant, Invalidation invalidation, Deadline deadline);
}

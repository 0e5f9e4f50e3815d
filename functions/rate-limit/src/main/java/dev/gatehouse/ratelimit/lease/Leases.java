package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.redis.Deadline;
import java.util.concurrent.CompletionStage;

/**
 * Lets so many hold a lease at once for a name and subject, each for a time; with a limit of one it is a lock.
 *
 * <pre>
 * absent ── acquire, with room ──▶ live(fence, end) ── extend ──▶ live(fence, a later end)
 *   ▲                                 │
 *   └──── release, or the end comes ──┘
 * </pre>
 *
 * What every implementation keeps, and {@code LeasesContract} checks:
 *
 * <ol>
 *   <li>A lease is granted only while fewer than the limit of its request are live, however many ask at once. A limit
 *       may differ from one request to the next: it counts at once, and takes no lease away.
 *   <li>A lease is live until its end and not a moment longer. So a holder that crashed is rid of it by then, and
 *       whoever has ended is {@link Extension.Lost}, even if nobody took the place: whether there still is room, only
 *       an acquisition with its limit can tell.
 *   <li>Acquiring again with the id of a live lease gives the same grant: same fence, same end. Extending never
 *       shortens. Releasing what is not live changes nothing. So each may be asked again when its answer was lost.
 *   <li>{@link Acquisition.Exhausted#retryAfter} is honest: a moment earlier the same request is denied, from then on
 *       it is granted, if nobody else's lease was granted, extended or released in between.
 *   <li>Each new grant has a greater fence than all before it for the name and subject, also after all of them ended,
 *       and though the clock goes back.
 *   <li>Tenants are apart: no tenant's lease counts for or is known to another.
 *   <li>The stage completes by the deadline, and never exceptionally.
 * </ol>
 */
public interface Leases {

    /** Asks for a lease for {@code tenant}. */
    CompletionStage<Decision<Acquisition>> acquire(String tenant, LeaseRequest request, Deadline deadline);

    /** Has a live lease last at least so long from now. */
    CompletionStage<Decision<Extension>> extend(String tenant, Lease lease, LeaseLength length, Deadline deadline);

    /** Ends a lease now. */
    CompletionStage<Decision<Released>> release(String tenant, Lease lease, Deadline deadline);
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.validation.InvalidArgument;

/**
 * A request for a claim.
 *
 * @param claimedBy reported to other claimants, such as the id of the request; up to 128 visible ASCII characters, no
 *     secret
 */
public record ClaimRequest(
        Claim claim, Fingerprint fingerprint, String claimedBy, ClaimLease lease, Lifetime lifetime) {

    private static final int MAX_CLAIMED_BY = 128;

    public ClaimRequest {
        InvalidArgument.requireVisible("claimedBy", claimedBy, 0, MAX_CLAIMED_BY);
    }

    ClaimRequest withFingerprint(Fingerprint other) {
        return new ClaimRequest(claim, other, claimedBy, lease, lifetime);
    }

    /** Returns this request with a lease that ends by {@code end}. */
    ClaimRequest within(Deadline end) {
        return new ClaimRequest(claim, fingerprint, claimedBy, lease.atMost(end), lifetime);
    }
}

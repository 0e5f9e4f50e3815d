package dev.gatehouse.idempotency;

import dev.gatehouse.redis.Deadline;
import java.util.regex.Pattern;

/**
 * A request for a claim.
 *
 * @param claimedBy reported to other claimants, such as the id of the request; up to 128 visible ASCII characters, no
 *     secret
 */
public record ClaimRequest(
        Claim claim, Fingerprint fingerprint, String claimedBy, ClaimLease lease, Lifetime lifetime) {

    private static final Pattern CLAIMED_BY = Pattern.compile("[!-~]{0,128}");

    public ClaimRequest {
        if (!CLAIMED_BY.matcher(claimedBy).matches()) {
            throw new InvalidClaim("claimedBy", "must be at most 128 visible ASCII characters");
        }
    }

    ClaimRequest withFingerprint(Fingerprint other) {
        return new ClaimRequest(claim, other, claimedBy, lease, lifetime);
    }

    /** Returns this request with a lease that ends by {@code end}. */
    ClaimRequest within(Deadline end) {
        return new ClaimRequest(claim, fingerprint, claimedBy, lease.atMost(end), lifetime);
    }
}

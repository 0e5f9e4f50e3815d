package dev.gatehouse.idempotency;

import dev.gatehouse.redis.Deadline;
import java.util.regex.Pattern;

/**
 * A claim that is asked for.
 *
 * @param claimedBy what others are told of the claimant, such as the id of its request; up to 128 visible ASCII
 *     characters, and no secret
 */
public record ClaimRequest(
        Claim claim, Fingerprint fingerprint, String claimedBy, LeaseLength lease, Lifetime lifetime) {

    private static final Pattern CLAIMED_BY = Pattern.compile("[!-~]{0,128}");

    public ClaimRequest {
        if (!CLAIMED_BY.matcher(claimedBy).matches()) {
            throw new InvalidClaim("claimedBy", "must be at most 128 visible ASCII characters");
        }
    }

    /** This request with a lease that lasts no longer than to {@code end}. */
    ClaimRequest within(Deadline end) {
        return new ClaimRequest(claim, fingerprint, claimedBy, lease.atMost(end), lifetime);
    }
}

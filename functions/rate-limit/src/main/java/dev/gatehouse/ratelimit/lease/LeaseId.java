package dev.gatehouse.ratelimit.lease;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * What a holder knows its lease by. Whoever asks makes it, so that it can ask for the same lease again; whoever knows
 * it can extend and release the lease, so it is not to be guessed.
 *
 * @param value 22 base64url characters, which hold 128 bits
 */
public record LeaseId(String value) {

    private static final int BYTES = 16;
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]{22}");
    private static final SecureRandom RANDOM = new SecureRandom();

    public LeaseId {
        if (!SHAPE.matcher(value).matches()) {
            throw new InvalidLease("leaseId", "must be 22 characters of A-Z a-z 0-9 _ -");
        }
    }

    /** A new one of 128 random bits. */
    public static LeaseId random() {
        var bits = new byte[BYTES];
        RANDOM.nextBytes(bits);
        return new LeaseId(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }
}

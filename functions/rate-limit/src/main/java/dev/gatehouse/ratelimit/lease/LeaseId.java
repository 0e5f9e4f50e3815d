package dev.gatehouse.ratelimit.lease;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The id of a lease. The caller generates it, so that it can repeat its request. The id authorizes extending and
 * releasing the lease, so it must be unguessable.
 *
 * @param value 22 base64url characters, which encode 128 bits
 */
public record LeaseId(String value) {

    /** The regular expression of a valid id. */
    public static final String PATTERN = "[A-Za-z0-9_-]{22}";

    /** The rule of a valid id in words. */
    public static final String RULE = "must be 22 characters of A-Z a-z 0-9 _ -";

    private static final int BYTES = 16;
    private static final Pattern SHAPE = Pattern.compile(PATTERN);
    private static final SecureRandom RANDOM = new SecureRandom();

    public LeaseId {
        if (!SHAPE.matcher(value).matches()) {
            throw new InvalidLease("leaseId", RULE);
        }
    }

    /** Returns a new id of 128 random bits. */
    public static LeaseId random() {
        var bits = new byte[BYTES];
        RANDOM.nextBytes(bits);
        return new LeaseId(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }
}

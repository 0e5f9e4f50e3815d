package dev.gatehouse.idempotency;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * What a claimant is known by. Whoever claims makes it, so that it can ask again for the same claim; whoever knows it
 * can complete, release and extend the claim, so it is not to be guessed, and no two claimants may share one.
 *
 * @param token 1 to {@value #MAX_LENGTH} visible ASCII characters
 */
public record Owner(String token) {

    public static final int MAX_LENGTH = 128;

    private static final int BYTES = 16;
    private static final Pattern SHAPE = Pattern.compile("[!-~]{1," + MAX_LENGTH + "}");
    private static final SecureRandom RANDOM = new SecureRandom();

    public Owner {
        if (!SHAPE.matcher(token).matches()) {
            throw new InvalidClaim("owner", "must be 1 to " + MAX_LENGTH + " visible ASCII characters");
        }
    }

    /** A new one of 128 random bits. */
    public static Owner random() {
        var bits = new byte[BYTES];
        RANDOM.nextBytes(bits);
        return new Owner(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }

    /** Not the token, which is a secret. */
    @Override
    public String toString() {
        return "Owner[…]";
    }
}

package dev.gatehouse.idempotency;

import java.util.regex.Pattern;

/**
 * What the work looks like, usually a digest of the request: with it, a key that is used again for other work is
 * noticed. {@link #NONE} is like every other.
 *
 * @param value up to {@value #MAX_LENGTH} visible ASCII characters
 */
public record Fingerprint(String value) {

    public static final int MAX_LENGTH = 255;

    private static final Pattern SHAPE = Pattern.compile("[!-~]{0," + MAX_LENGTH + "}");

    public static final Fingerprint NONE = new Fingerprint("");

    public Fingerprint {
        if (!SHAPE.matcher(value).matches()) {
            throw new InvalidClaim("fingerprint", "must be at most " + MAX_LENGTH + " visible ASCII characters");
        }
    }

    /** Whether the two show that the work is another; unless both are given, they do not. */
    boolean contradicts(Fingerprint other) {
        return !value.isEmpty() && !other.value.isEmpty() && !value.equals(other.value);
    }
}

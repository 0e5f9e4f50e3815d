package dev.gatehouse.idempotency;

import java.util.regex.Pattern;

/**
 * Detects a key that is reused for other work; usually a digest of the request. {@link #NONE} equals every fingerprint.
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

    /** Returns whether both are given and differ. */
    boolean contradicts(Fingerprint other) {
        return !value.isEmpty() && !other.value.isEmpty() && !value.equals(other.value);
    }
}

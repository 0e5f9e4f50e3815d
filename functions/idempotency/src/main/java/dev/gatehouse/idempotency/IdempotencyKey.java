package dev.gatehouse.idempotency;

import java.util.regex.Pattern;

/**
 * Names one piece of work. The same key in another scope names other work.
 *
 * @param scope a namespace of keys, such as {@code payments}; up to {@value #MAX_SCOPE_LENGTH} visible ASCII characters
 * @param key 1 to {@value #MAX_LENGTH} visible ASCII characters, without quotes around it
 */
public record IdempotencyKey(String scope, String key) {

    public static final int MAX_LENGTH = 255;
    public static final int MAX_SCOPE_LENGTH = 128;

    private static final Pattern VISIBLE = Pattern.compile("[!-~]*");

    public IdempotencyKey {
        if (scope.length() > MAX_SCOPE_LENGTH || !VISIBLE.matcher(scope).matches()) {
            throw new InvalidClaim("scope", "must be at most " + MAX_SCOPE_LENGTH + " visible ASCII characters");
        }
        if (key.isEmpty() || key.length() > MAX_LENGTH || !VISIBLE.matcher(key).matches()) {
            throw new InvalidClaim("key", "must be 1 to " + MAX_LENGTH + " visible ASCII characters");
        }
    }

    /** Leaves out scope and key: the text may be logged. */
    @Override
    public String toString() {
        return "IdempotencyKey[…]";
    }
}

package dev.gatehouse.idempotency;

import java.util.regex.Pattern;

/**
 * What names one piece of work. The same key in another scope names another.
 *
 * @param scope what the keys belong to, such as {@code payments}, so that two services need not agree on keys; up to
 *     {@value #MAX_SCOPE_LENGTH} visible ASCII characters, and empty where there is but one
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

    /** Neither scope nor key, for they are the caller's own and this may end in a log. */
    @Override
    public String toString() {
        return "IdempotencyKey[…]";
    }
}

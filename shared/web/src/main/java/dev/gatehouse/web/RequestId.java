package dev.gatehouse.web;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a request goes by in answers and logs.
 *
 * @param value 1 to 128 visible ASCII characters
 */
public record RequestId(String value) {

    private static final int LONGEST = 128;

    public RequestId {
        if (!canBe(value)) {
            throw new IllegalArgumentException("a request id is 1 to 128 visible ASCII characters");
        }
    }

    /** The first of the gateway's and the caller's that can be one, else a new one. */
    public static RequestId of(@Nullable String gateways, @Nullable String callers) {
        if (gateways != null && canBe(gateways)) {
            return new RequestId(gateways);
        }
        return callers != null && canBe(callers)
                ? new RequestId(callers)
                : new RequestId(UUID.randomUUID().toString());
    }

    private static boolean canBe(String value) {
        for (int i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            if (c < '!' || c > '~') {
                return false;
            }
        }
        return !value.isEmpty() && value.length() <= LONGEST;
    }

    @Override
    public String toString() {
        return value;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The id of a request in responses and logs.
 *
 * @param value 1 to 128 visible ASCII characters
 */
public record RequestId(String value) {

    private static final int LONGEST = 128;

    public RequestId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("a request id is 1 to 128 visible ASCII characters");
        }
    }

    /** Returns the gateway's id if it is valid, else the caller's if it is valid, else a new one. */
    public static RequestId of(@Nullable String gateways, @Nullable String callers) {
        if (gateways != null && isValid(gateways)) {
            return new RequestId(gateways);
        }
        return callers != null && isValid(callers)
                ? new RequestId(callers)
                : new RequestId(UUID.randomUUID().toString());
    }

    private static boolean isValid(String value) {
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

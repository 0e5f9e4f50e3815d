package dev.gatehouse.http;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request goes by in answers and logs.
 *
 * @param value 1 to 128 visible ASCII characters
 */
public record RequestId(String value) {

    private static final Pattern VISIBLE = Pattern.compile("[!-~]{1,128}");

    public RequestId {
        if (!VISIBLE.matcher(value).matches()) {
            throw new IllegalArgumentException("a request id is 1 to 128 visible ASCII characters");
        }
    }

    /** The first of the gateway's and the caller's that can be one, else a new one. */
    public static RequestId of(@Nullable String gateways, @Nullable String callers) {
        if (gateways != null && VISIBLE.matcher(gateways).matches()) {
            return new RequestId(gateways);
        }
        return callers != null && VISIBLE.matcher(callers).matches()
                ? new RequestId(callers)
                : new RequestId(UUID.randomUUID().toString());
    }

    @Override
    public String toString() {
        return value;
    }
}

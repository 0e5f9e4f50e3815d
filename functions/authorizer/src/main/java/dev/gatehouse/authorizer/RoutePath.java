// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request as route rules match it: decoded once, and without a slash at its end, because API Gateway routes
 * {@code /orders} and {@code /orders/} alike. A path that the gateway and the program behind it could read differently is
 * ambiguous and has no such form.
 */
public final class RoutePath {

    /** The path of a WebSocket handshake. */
    public static final String CONNECT = "$connect";

    private static final Pattern ENCODED_SEPARATOR = Pattern.compile("%(2f|5c)", Pattern.CASE_INSENSITIVE);

    /**
     * No empty and no dot segments, no parameters, and nothing that is encoded twice or was not UTF-8. Possessive, because the
     * stack would overflow at a path of some thousand segments otherwise.
     */
    private static final Pattern PATH =
            Pattern.compile("/|(?:/(?!\\.{1,2}(?:/|$))[^/\\\\;?#%\\p{Cntrl}\\x{FFFD}]+)++/?");

    private RoutePath() {}

    /** Returns the form of a percent-encoded path; null if it is ambiguous. */
    public static @Nullable String ofEncoded(String path) {
        if (ENCODED_SEPARATOR.matcher(path).find()) {
            return null;
        }
        try {
            // The decoder is one of forms, where a plus is a space.
            return ofDecoded(URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /** Returns the form of a path that the gateway has decoded; null if it is ambiguous. */
    public static @Nullable String ofDecoded(String path) {
        if (!PATH.matcher(path).matches()) {
            return null;
        }
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import dev.gatehouse.web.AcceptFilter;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.json.JsonBinder;
import dev.gatehouse.web.json.Violation;
import io.micronaut.http.HttpHeaders;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an event's request that Micronaut would fail on if they were malformed.
 *
 * @param path the path of the route; {@code /} if that of the event is malformed
 * @param base64Body the body in base 64. Micronaut would write a text in whatever charset the headers name, where JSON is
 *     always UTF-8, and fails on a body of no bytes; it reads a line feed instead
 * @param problem the response to a malformed event; null if it is well-formed
 */
record RequestParts(
        String method,
        String path,
        String base64Body,
        @Nullable Problem problem) {

    private static final String EMPTY = encode("\n".getBytes(StandardCharsets.US_ASCII));

    static RequestParts of(
            @Nullable String method, @Nullable String path, @Nullable String body, boolean isBase64Encoded) {
        if (method == null || method.isBlank()) {
            return malformed("method", "is missing: this handler does not serve events of this kind");
        }
        if (path == null || !isPath(path)) {
            return malformed("path", "is not a valid URI path");
        }
        if (body == null || body.isEmpty()) {
            return new RequestParts(method, path, EMPTY, null);
        }
        try {
            var bytes = isBase64Encoded ? Base64.getDecoder().decode(body) : body.getBytes(StandardCharsets.UTF_8);
            return bytes.length > JsonBinder.MAX_BODY_BYTES
                    ? new RequestParts(method, path, EMPTY, Problem.contentTooLarge())
                    : new RequestParts(method, path, bytes.length == 0 ? EMPTY : encode(bytes), null);
        } catch (IllegalArgumentException _) {
            return malformed("body", "is not valid base64");
        }
    }

    /**
     * Returns the headers that have a value, with {@code Accept} as routing reads it. Gateways send no others, and Micronaut
     * would fail on them.
     */
    static Map<String, String> headers(@Nullable Map<String, String> sent) {
        return headers(sent, AcceptFilter::prepared);
    }

    /** Returns the same of headers with several values. */
    static Map<String, List<String>> multiValueHeaders(@Nullable Map<String, List<String>> sent) {
        return headers(sent, values -> List.of(AcceptFilter.prepared(String.join(",", values))));
    }

    private static <V> Map<String, V> headers(@Nullable Map<String, V> sent, UnaryOperator<V> accept) {
        var headers = new HashMap<String, V>();
        if (sent != null) {
            headers.putAll(sent);
            headers.values().removeIf(Objects::isNull);
            headers.replaceAll(
                    (name, value) -> name.equalsIgnoreCase(HttpHeaders.ACCEPT) ? accept.apply(value) : value);
        }
        return headers;
    }

    private static RequestParts malformed(String field, String message) {
        return new RequestParts("POST", "/", EMPTY, Problem.invalidRequest(List.of(new Violation(field, message))));
    }

    private static boolean isPath(String path) {
        // A URI that begins with two slashes has a host.
        if (!path.startsWith("/") || path.startsWith("//")) {
            return false;
        }
        try {
            return path.equals(new URI(path).getRawPath());
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}

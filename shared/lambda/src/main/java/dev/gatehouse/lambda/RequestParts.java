package dev.gatehouse.lambda;

import dev.gatehouse.web.Problem;
import dev.gatehouse.web.json.JsonBinder;
import dev.gatehouse.web.json.Violation;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an event's request that Micronaut would fail on if they were malformed.
 *
 * @param path as served; {@code /} if the event's cannot be
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

    /** Returns the headers that have a value: gateways send no others, and Micronaut would fail on them. */
    static <V> @Nullable Map<String, V> withoutNulls(@Nullable Map<String, V> headers) {
        if (headers == null) {
            return null;
        }
        var kept = new HashMap<>(headers);
        kept.values().removeIf(Objects::isNull);
        return kept;
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

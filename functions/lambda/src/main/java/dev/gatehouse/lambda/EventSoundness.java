package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dev.gatehouse.http.Fields;
import dev.gatehouse.http.Problem;
import dev.gatehouse.http.Violation;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether an event can be served as the HTTP request that it tells of. The framework's adapter takes for granted what
 * API Gateway always sends, and throws where it is not so.
 */
sealed interface EventSoundness {

    /** It can be; {@code event} is it. */
    record Sound(APIGatewayV2HTTPEvent event) implements EventSoundness {}

    /** It cannot be, and {@code problem} is the answer. */
    record Unsound(Problem problem) implements EventSoundness {}

    static EventSoundness of(@Nullable APIGatewayV2HTTPEvent event) {
        var context = event == null ? null : event.getRequestContext();
        var http = context == null ? null : context.getHttp();
        if (event == null
                || http == null
                || http.getMethod() == null
                || http.getMethod().isBlank()) {
            return unsound("requestContext.http", "is not that of an HTTP API's event, payload format 2.0");
        }
        if (http.getPath() == null || !isPath(http.getPath())) {
            return unsound("path", "is not a valid URI path");
        }
        var body = body(event);
        if (body == null) {
            return unsound("body", "is not valid base64");
        }
        if (body.length > Fields.MAX_BODY_BYTES) {
            return new Unsound(Problem.contentTooLarge());
        }
        return new Sound(mended(event));
    }

    private static boolean isPath(String path) {
        try {
            return path.startsWith("/") && new URI("http://gateway" + path).getRawPath() != null;
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static byte @Nullable [] body(APIGatewayV2HTTPEvent event) {
        var body = Objects.requireNonNullElse(event.getBody(), "");
        try {
            return event.getIsBase64Encoded()
                    ? Base64.getDecoder().decode(body)
                    : body.getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /** The event without what no route here reads and only its adapter could stumble over. */
    private static APIGatewayV2HTTPEvent mended(APIGatewayV2HTTPEvent event) {
        event.setQueryStringParameters(Map.of());
        event.setHeaders(event.getHeaders() == null ? Map.of() : withoutNulls(event.getHeaders()));
        return event;
    }

    private static Map<String, String> withoutNulls(Map<String, String> headers) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey() != null && header.getValue() != null)
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Unsound unsound(String field, String message) {
        return new Unsound(Problem.invalidRequest(List.of(new Violation(field, message))));
    }
}

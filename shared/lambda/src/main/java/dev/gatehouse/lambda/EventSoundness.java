package dev.gatehouse.lambda;

import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.Violation;
import io.micronaut.core.convert.ConversionService;
import io.micronaut.http.CaseInsensitiveMutableHttpHeaders;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether an event can be served as the HTTP request that it tells of: API Gateway's always can, but others may send one. */
sealed interface EventSoundness {

    /** It can be; {@code request} is it. */
    record Sound(EventRequest request) implements EventSoundness {}

    /** It cannot be, and {@code problem} is the answer. */
    record Unsound(Problem problem) implements EventSoundness {}

    /**
     * Whether {@code event} can be.
     *
     * @param event null: what was sent is no JSON object
     */
    static EventSoundness of(@Nullable EventJson event, ConversionService conversions) {
        var context = event == null ? null : event.object("requestContext");
        var http = context == null ? null : context.object("http");
        var method = http == null ? null : http.text("method");
        if (event == null || context == null || http == null || method == null || method.isBlank()) {
            return unsound("requestContext.http", "is not that of an HTTP API's event, payload format 2.0");
        }
        var uri = uri(http.text("path"));
        if (uri == null) {
            return unsound("path", "is not a valid URI path");
        }
        var body = body(event);
        if (body == null) {
            return unsound("body", "is not valid base64");
        }
        if (body.length > JsonBody.MAX_BODY_BYTES) {
            return new Unsound(Problem.contentTooLarge());
        }
        return new Sound(new EventRequest(
                HttpMethod.parse(method), uri, headers(event, conversions), body, context, conversions));
    }

    private static @Nullable URI uri(@Nullable String path) {
        // What begins with two would be read as a host.
        if (path == null || !path.startsWith("/") || path.startsWith("//")) {
            return null;
        }
        try {
            return new URI(path);
        } catch (URISyntaxException _) {
            return null;
        }
    }

    private static byte @Nullable [] body(EventJson event) {
        var body = Objects.requireNonNullElse(event.text("body"), "");
        try {
            return event.isTrue("isBase64Encoded")
                    ? Base64.getDecoder().decode(body)
                    : body.getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /** One value each: where a caller gave several, API Gateway has joined them. */
    private static HttpHeaders headers(EventJson event, ConversionService conversions) {
        var headers = new CaseInsensitiveMutableHttpHeaders(false, conversions);
        event.object("headers").members().forEach((name, value) -> {
            if (value instanceof String text) {
                headers.add(name, text);
            }
        });
        return headers;
    }

    private static Unsound unsound(String field, String message) {
        return new Unsound(Problem.invalidRequest(List.of(new Violation(field, message))));
    }
}

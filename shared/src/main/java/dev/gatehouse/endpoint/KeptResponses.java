package dev.gatehouse.endpoint;

import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.idempotency.ResponseHeader;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.json.JsonMapper;
import io.micronaut.web.router.RouteAttributes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** Controllers' responses as they are kept, and told again. */
@Singleton
@Requires(condition = AnyIdempotentMethod.class)
final class KeptResponses {

    private static final ResponseHeader BODY_NOT_KEPT = new ResponseHeader("Idempotent-Body", "not-kept");

    /** Those that each response gets anew. */
    private static final Set<String> ITS_OWN = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        ITS_OWN.addAll(Set.of(HttpHeaders.CONTENT_LENGTH, HttpHeaders.DATE, "X-Request-Id"));
    }

    private final JsonMapper json;

    KeptResponses(JsonMapper json) {
        this.json = json;
    }

    /** What is kept of {@code response}, whose body becomes the very bytes that are. */
    Response of(MutableHttpResponse<?> response) {
        var body = response.body();
        var headers = new ArrayList<ResponseHeader>();
        if (response.getContentType().isEmpty() && body != null) {
            response.contentType(produced(response));
        }
        response.getHeaders().forEach((name, values) -> {
            if (!ITS_OWN.contains(name)) {
                values.forEach(value -> headers.add(new ResponseHeader(name, value)));
            }
        });
        var bytes = bytes(body);
        if (bytes == null || bytes.length > Response.MAX_BODY_BYTES) {
            headers.add(BODY_NOT_KEPT);
            return new Response(response.code(), headers, ResponseBody.EMPTY).toKeep();
        }
        if (body != null) {
            response.body(bytes);
        }
        return new Response(response.code(), headers, ResponseBody.guessed(bytes)).toKeep();
    }

    /** The response that tells {@code kept} again. */
    HttpResponse<?> replayed(Response kept) {
        var response = HttpResponse.status(kept.status(), "");
        for (var header : kept.headers()) {
            response.getHeaders().add(header.name(), header.value());
        }
        response.header("Idempotent-Replayed", "true");
        return kept.body().size() == 0 ? response : response.body(kept.body().bytes());
    }

    private static MediaType produced(HttpResponse<?> response) {
        return RouteAttributes.getRouteInfo(response)
                .flatMap(route -> route.getProduces().stream().findFirst())
                .filter(type -> !type.equals(MediaType.ALL_TYPE))
                .orElse(MediaType.APPLICATION_JSON_TYPE);
    }

    /** Null: it is not all there yet. */
    private byte @Nullable [] bytes(@Nullable Object body) {
        return switch (body) {
            case null -> new byte[0];
            case byte[] bytes -> bytes;
            case CharSequence text -> text.toString().getBytes(StandardCharsets.UTF_8);
            case Publisher<?> _, InputStream _ -> null;
            default -> written(body);
        };
    }

    private byte[] written(Object body) {
        try {
            return json.writeValueAsBytes(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

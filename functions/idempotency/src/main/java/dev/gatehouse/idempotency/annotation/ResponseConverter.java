// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.idempotency.Response;
import dev.gatehouse.idempotency.ResponseBody;
import dev.gatehouse.idempotency.ResponseHeader;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.AnnotationMetadata;
import io.micronaut.core.io.Writable;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.server.types.CustomizableResponseType;
import io.micronaut.json.JsonMapper;
import io.micronaut.web.router.RouteAttributes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** Converts controllers' responses to their stored form, and back for replays. */
@Singleton
@Requires(classes = RouteAttributes.class)
final class ResponseConverter {

    /** The headers that each response sets anew, and the content type, which is stored before all others. */
    private static final Set<String> NOT_COPIED = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        NOT_COPIED.addAll(
                Set.of(HttpHeaders.CONTENT_LENGTH, HttpHeaders.CONTENT_TYPE, HttpHeaders.DATE, "X-Request-Id"));
    }

    private final JsonMapper json;

    ResponseConverter(JsonMapper json) {
        this.json = json;
    }

    /** Returns whether the results of a type are responses. */
    boolean supports(Class<?> type) {
        return HttpResponse.class.isAssignableFrom(type);
    }

    /** Returns a codec for the responses of a method, which are stored with status and headers. A null is a 404. */
    ResultCodec<HttpResponse<?>> codec(AnnotationMetadata method) {
        return new ResultCodec<>() {
            @Override
            public Response encode(Optional<HttpResponse<?>> result) {
                var response = result.<MutableHttpResponse<?>>map(HttpResponse::toMutableResponse)
                        .orElseGet(HttpResponse::notFound);
                if (response.body() != null && response.getContentType().isEmpty()) {
                    method.stringValue(Produces.class).ifPresent(response::contentType);
                }
                return of(response);
            }

            @Override
            public Optional<HttpResponse<?>> decode(Response stored) {
                return Optional.of(replayed(stored));
            }
        };
    }

    /** Returns the stored form of {@code response}, and replaces its body by the serialized bytes. */
    Response of(MutableHttpResponse<?> response) {
        var body = response.body();
        // A file has a media type of its own.
        if (body != null
                && !(body instanceof CustomizableResponseType)
                && response.getContentType().isEmpty()) {
            response.contentType(produced(response));
        }
        var bytes = bytes(response);
        if (body != null && bytes != null) {
            response.body(bytes);
        }
        var stored = bytes == null || bytes.length > Response.MAX_BODY_BYTES ? null : ResponseBody.guessed(bytes);
        var headers = new ArrayList<ResponseHeader>();
        if (stored == null) {
            headers.add(ResultCodec.BODY_NOT_STORED);
        }
        addTo(headers, response, HttpHeaders.CONTENT_TYPE);
        var names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(response.getHeaders().names());
        names.removeAll(NOT_COPIED);
        names.forEach(name -> addTo(headers, response, name));
        return new Response(response.code(), headers, stored == null ? ResponseBody.EMPTY : stored).forReplay();
    }

    /** Adds the header's valid values while there is room. An invalid header must not make the work run again. */
    private static void addTo(List<ResponseHeader> headers, HttpResponse<?> response, String name) {
        for (var value : response.getHeaders().getAll(name)) {
            if (headers.size() < Response.MAX_HEADERS && ResponseHeader.canBe(name, value)) {
                headers.add(new ResponseHeader(name, value));
            }
        }
    }

    /** Returns the replay of {@code stored}. */
    HttpResponse<?> replayed(Response stored) {
        var response = HttpResponse.status(stored.status(), "");
        for (var header : stored.headers()) {
            response.getHeaders().add(header.name(), header.value());
        }
        response.header("Idempotent-Replayed", "true");
        return stored.body().size() == 0
                ? response
                : response.body(stored.body().bytes());
    }

    private static MediaType produced(HttpResponse<?> response) {
        return RouteAttributes.getRouteInfo(response)
                .flatMap(route -> route.getProduces().stream().findFirst())
                .filter(type -> !type.equals(MediaType.ALL_TYPE))
                .orElse(MediaType.APPLICATION_JSON_TYPE);
    }

    /** Returns the bytes of the body; null if it is streamed, or only the framework can write it. */
    private byte @Nullable [] bytes(HttpResponse<?> response) {
        return switch (response.body()) {
            case null -> new byte[0];
            case byte[] bytes -> bytes;
            case CharSequence text -> text.toString().getBytes(response.getCharacterEncoding());
            case Publisher<?> _, InputStream _, Writable _, CustomizableResponseType _ -> null;
            case Object body -> written(body);
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

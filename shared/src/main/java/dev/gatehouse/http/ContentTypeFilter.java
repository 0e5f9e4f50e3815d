package dev.gatehouse.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what no controller could read: a {@code Content-Type} that is none, which routing would take for absent, and a
 * body in any coding, which is not unpacked here.
 */
@ServerFilter("/v1/**")
final class ContentTypeFilter {

    @RequestFilter
    @Nullable
    HttpResponse<?> admit(HttpRequest<?> request) {
        var type = request.getHeaders().get(HttpHeaders.CONTENT_TYPE);
        var readable = (type == null || request.getContentType().isPresent()) && !isCoded(request);
        return readable ? null : Problem.unsupportedMediaType().response();
    }

    private static boolean isCoded(HttpRequest<?> request) {
        return differs(request.getHeaders().get(HttpHeaders.CONTENT_ENCODING), "identity")
                || differs(request.getHeaders().get(HttpHeaders.TRANSFER_ENCODING), "chunked");
    }

    private static boolean differs(@Nullable String coding, String plain) {
        return coding != null && !coding.strip().equalsIgnoreCase(plain);
    }
}

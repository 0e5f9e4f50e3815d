package dev.gatehouse.web;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what no controller could read: a {@code Content-Type} that is none, which routing would take for absent, and a
 * body in any coding, which is not unpacked here.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class ContentTypeFilter {

    private static final List<String> READ = List.of("/v1");

    @RequestFilter
    @Nullable
    HttpResponse<?> admit(HttpRequest<?> request) {
        if (!PathArea.has(READ, request.getPath())) {
            return null;
        }
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

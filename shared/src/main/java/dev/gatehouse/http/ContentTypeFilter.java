package dev.gatehouse.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import org.jspecify.annotations.Nullable;

/** A {@code Content-Type} that is none is not JSON: routing would take it for absent. */
@ServerFilter("/v1/**")
final class ContentTypeFilter {

    @RequestFilter
    @Nullable
    HttpResponse<?> admit(HttpRequest<?> request) {
        var given = request.getHeaders().get(HttpHeaders.CONTENT_TYPE);
        return given == null || request.getContentType().isPresent()
                ? null
                : Problem.unsupportedMediaType().response();
    }
}

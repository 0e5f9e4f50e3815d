package dev.gatehouse.web;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpHeaders;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.server.annotation.PreMatching;
import java.util.List;

/** Lets {@code application/*} and JSON with parameters accept JSON. Micronaut's routing looks for the plain type. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class AcceptFilter {

    private static final List<String> PLAIN = List.of(MediaType.APPLICATION_JSON, MediaType.ALL);

    @PreMatching
    @RequestFilter
    void acceptJson(HttpRequest<?> request) {
        var accept = request.getHeaders().get(HttpHeaders.ACCEPT);
        if (accept != null
                && !PLAIN.contains(accept)
                && request.getHeaders() instanceof MutableHttpHeaders headers
                && MediaType.orderedOf(headers.getAll(HttpHeaders.ACCEPT)).stream()
                        .anyMatch(AcceptFilter::isJson)) {
            headers.set(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON);
        }
    }

    private static boolean isJson(MediaType type) {
        return type.getType().equals("application")
                && (type.getSubtype().equals("json") || type.getSubtype().equals("*"))
                && type.getQualityAsNumber().signum() > 0;
    }
}

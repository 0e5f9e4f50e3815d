package dev.gatehouse.web;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpHeaders;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.server.annotation.PreMatching;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lets {@code application/*} and JSON with parameters accept JSON, for which Micronaut's routing looks by the plain type,
 * and removes types of quality 0, which routing takes for acceptable.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class AcceptFilter {

    private static final List<String> PLAIN = List.of(MediaType.APPLICATION_JSON, MediaType.ALL);

    @PreMatching
    @RequestFilter
    @Nullable
    HttpResponse<?> normalize(HttpRequest<?> request) {
        var accept = request.getHeaders().get(HttpHeaders.ACCEPT);
        if (accept == null || PLAIN.contains(accept) || !(request.getHeaders() instanceof MutableHttpHeaders headers)) {
            return null;
        }
        var named = MediaType.orderedOf(headers.getAll(HttpHeaders.ACCEPT));
        var accepted = named.stream()
                .filter(type -> type.getQualityAsNumber().signum() > 0)
                .toList();
        if (accepted.isEmpty()) {
            return Problem.notAcceptable().response();
        }
        var types = accepted.stream().map(MediaType::toString).collect(Collectors.joining(","));
        // The others remain, for routes of other types.
        headers.set(
                HttpHeaders.ACCEPT,
                accepted.stream().anyMatch(AcceptFilter::isJson) ? MediaType.APPLICATION_JSON + "," + types : types);
        return null;
    }

    private static boolean isJson(MediaType type) {
        return type.getType().equals("application")
                && (type.getSubtype().equals("json") || type.getSubtype().equals("*"));
    }
}

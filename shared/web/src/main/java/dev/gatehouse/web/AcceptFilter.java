// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpHeaders;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.server.annotation.PreMatching;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Prepares {@code Accept} for Micronaut's routing. Routing looks for JSON by its plain type, takes a type of quality 0 for
 * acceptable, and returns a type with the parameters of the request. Events do not let a filter change their headers, so
 * handlers of events prepare them.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
public final class AcceptFilter {

    private static final List<String> JSON = List.of("json", "problem+json", "*");
    private static final List<String> PLAIN = List.of(MediaType.APPLICATION_JSON, MediaType.ALL);
    /** A type that no route produces. */
    private static final String NOTHING = "application/vnd.gatehouse.nothing";

    @PreMatching
    @RequestFilter
    void prepare(HttpRequest<?> request) {
        var accept = request.getHeaders().get(HttpHeaders.ACCEPT);
        if (accept != null && !PLAIN.contains(accept) && request.getHeaders() instanceof MutableHttpHeaders headers) {
            headers.set(HttpHeaders.ACCEPT, prepared(String.join(",", headers.getAll(HttpHeaders.ACCEPT))));
        }
    }

    /** Returns the types of {@code accept} that are acceptable, and plain JSON first if JSON is among them. */
    public static String prepared(String accept) {
        if (accept.isBlank()) {
            return MediaType.ALL;
        }
        var types = MediaType.orderedOf(accept).stream()
                .filter(type -> type.getQualityAsNumber().signum() > 0)
                .toList();
        if (types.isEmpty()) {
            return NOTHING;
        }
        // The others remain, for routes of other types.
        var prepared = types.stream().map(MediaType::toString).collect(Collectors.joining(","));
        return types.stream().anyMatch(AcceptFilter::isJson) ? MediaType.APPLICATION_JSON + "," + prepared : prepared;
    }

    /** A generated client of an operation without content accepts problems alone. */
    private static boolean isJson(MediaType type) {
        return type.getType().equals("application") && JSON.contains(type.getSubtype());
    }
}

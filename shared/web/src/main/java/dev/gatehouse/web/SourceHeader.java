package dev.gatehouse.web;

import dev.gatehouse.fallback.Decision.Source;
import io.micronaut.http.MutableHttpResponse;

/** {@code Gatehouse-Source}: who decided. */
public record SourceHeader(Source source) {

    /** {@code response} with the header. */
    public <T> MutableHttpResponse<T> on(MutableHttpResponse<T> response) {
        return response.header(
                "Gatehouse-Source",
                switch (source) {
                    case REDIS -> "redis";
                    case LOCAL -> "local";
                });
    }
}

package dev.gatehouse.web;

import dev.gatehouse.fallback.Decision.Source;
import io.micronaut.http.MutableHttpResponse;

/** The header {@code Gatehouse-Source}: whether Redis or local memory made the decision. */
public record SourceHeader(Source source) {

    /** Returns {@code response} with the header. */
    public <T> MutableHttpResponse<T> on(MutableHttpResponse<T> response) {
        return response.header(
                "Gatehouse-Source",
                switch (source) {
                    case REDIS -> "redis";
                    case LOCAL -> "local";
                });
    }
}

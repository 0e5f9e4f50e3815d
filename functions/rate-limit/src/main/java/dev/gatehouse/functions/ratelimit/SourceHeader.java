package dev.gatehouse.functions.ratelimit;

import dev.gatehouse.fallback.Answer.Source;
import io.micronaut.http.MutableHttpResponse;

/** {@code Gatehouse-Source}: who decided. */
record SourceHeader(Source source) {

    <T> MutableHttpResponse<T> on(MutableHttpResponse<T> response) {
        return response.header(
                "Gatehouse-Source",
                switch (source) {
                    case REDIS -> "redis";
                    case LOCAL -> "local";
                });
    }
}

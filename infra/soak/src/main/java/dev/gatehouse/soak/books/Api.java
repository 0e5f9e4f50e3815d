// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak.books;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Calls the server. Thread-safe. */
public final class Api {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** More than any decision may take, so that a response that does not come is a fault of the server. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;
    private final String key;

    public Api(String url, String key) {
        this.url = url;
        this.key = key;
    }

    CompletableFuture<Answer> send(String path, Map<String, Object> body) {
        return send("POST", path, BodyPublishers.ofString(text(body)));
    }

    Answer post(String path, Map<String, Object> body) {
        return send(path, body).join();
    }

    Answer delete(String path) {
        return send("DELETE", path, BodyPublishers.noBody()).join();
    }

    /** Returns the text of a path without a key, such as /metrics; empty if the server does not respond. */
    public String text(String path) {
        try {
            return client.send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private CompletableFuture<Answer> send(String method, String path, BodyPublisher body) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .header("X-Api-Key", key)
                .header("Content-Type", "application/json")
                .timeout(LIMIT)
                .method(method, body)
                .build();
        return client.sendAsync(request, BodyHandlers.ofString())
                .thenApply(Api::answer)
                .exceptionally(_ -> new Answer(0, MissingNode.getInstance()));
    }

    private static Answer answer(HttpResponse<String> response) {
        try {
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Map<String, Object> body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Calls a server as a client would. */
public record Caller(int port, String key) {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonMapper JSON = JsonMapper.createDefault();

    public record CallerResponse(int status, Map<String, List<String>> headers, String text) {

        public String header(String name) {
            var values = headers.get(name.toLowerCase(Locale.ROOT));
            return values == null ? null : String.join(", ", values);
        }

        @SuppressWarnings("unchecked")
        public Map<String, Object> body() {
            try {
                return JSON.readValue(text, Argument.mapOf(String.class, Object.class));
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + text, e);
            }
        }

        @SuppressWarnings("unchecked")
        public List<Map<String, Object>> list(String member) {
            return (List<Map<String, Object>>) body().get(member);
        }
    }

    public CallerResponse check(String json) {
        return check(json.getBytes(StandardCharsets.UTF_8));
    }

    public CallerResponse check(byte[] body) {
        return post("/v1/rate-limits/check", body);
    }

    public CallerResponse post(String path, String json) {
        return post(path, json.getBytes(StandardCharsets.UTF_8));
    }

    public CallerResponse post(String path, byte[] body) {
        return call("POST", path, body);
    }

    public CallerResponse call(String method, String path, String json) {
        return call(method, path, json.getBytes(StandardCharsets.UTF_8));
    }

    public CallerResponse call(String method, String path, byte[] body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofByteArray(body)));
    }

    public HttpRequest.Builder request(String path) {
        return anonymous(path).header("X-Api-Key", key);
    }

    public HttpRequest.Builder anonymous(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(30));
    }

    /** Returns whether nothing accepts connections on the port. */
    public static boolean isRefused(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    public CallerResponse send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
            return new CallerResponse(response.statusCode(), response.headers().map(), response.body());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Asserts the members and headers that every problem has. */
    public static void assertProblem(CallerResponse reply, int status, String slug) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
        assertThat(reply.header("X-Request-Id")).isNotBlank();
        assertThat(reply.body())
                .containsEntry("type", "urn:gatehouse:problem:" + slug)
                .containsEntry("status", status)
                .containsKeys("title", "detail");
    }
}

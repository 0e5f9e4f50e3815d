// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MicronautProgramIT {

    private final HttpClient client = HttpClient.newHttpClient();

    /** {@code REDIS_URI} sets Micronaut's property {@code redis.uri}. */
    @ParameterizedTest
    @ValueSource(strings = {"REDIS_URL", "REDIS_URI"})
    void annotationsLimitReplayAndCacheTheRoutesOfAServer(String setting) throws Exception {
        try (var redis = RedisProcess.start()) {
            var program = Program.start(
                    "micronaut",
                    "com.example.Server",
                    Map.of(setting, redis.url(), "MICRONAUT_SERVER_PORT", "-1", "REDIS_CONNECTION_TIMEOUT", "5000"));
            try {
                var base = "http://localhost:" + port(program);

                assertThat(get(base + "/orders/ann").statusCode()).isEqualTo(200);
                var denied = get(base + "/orders/ann");
                assertThat(denied.statusCode()).isEqualTo(429);
                assertThat(denied.headers().firstValueAsLong("Retry-After")).isPresent();

                var first = post(base + "/orders", "key-1");
                var second = post(base + "/orders", "key-1");
                assertThat(first.statusCode()).isEqualTo(201);
                assertThat(second.statusCode()).isEqualTo(201);
                assertThat(second.body()).isEqualTo(first.body()).isEqualTo("order 1");
                assertThat(second.headers().firstValue("Idempotent-Replayed")).hasValue("true");

                assertThat(get(base + "/orders/ann/report").body()).isEqualTo("report 1 of ann");
                assertThat(get(base + "/orders/ann/report").body()).isEqualTo("report 1 of ann");
                post(base + "/orders/ann/changed", "key-2");
                assertThat(get(base + "/orders/ann/report").body()).isEqualTo("report 2 of ann");

                assertThat(get(base + "/orders/ann/summary").body()).isEqualTo("summary 1 of ann");
                assertThat(get(base + "/orders/bob/summary").body()).isEqualTo("summary 2 of bob");
                assertThat(post(base + "/orders/ann/changed-by-tag", "key-3").statusCode())
                        .isEqualTo(204);
                assertThat(get(base + "/orders/ann/summary").body()).isEqualTo("summary 3 of ann");
                assertThat(get(base + "/orders/bob/summary").body()).isEqualTo("summary 2 of bob");

                assertThat(redis.calls("evalsha") + redis.calls("eval")).isPositive();
                assertThat(redis.clients()).as("connections").hasSize(1);
            } finally {
                program.destroy();
                program.waitFor();
            }
        }
    }

    private static String port(Process program) throws Exception {
        var output = new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8));
        var printed = new StringBuilder();
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("port ")) {
                return line.substring("port ".length());
            }
            printed.append(line).append('\n');
        }
        throw new AssertionError("the server did not start: " + printed);
    }

    private HttpResponse<String> get(String uri) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(uri)));
    }

    private HttpResponse<String> post(String uri, String key) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(uri))
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}

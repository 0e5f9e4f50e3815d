// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.serde.annotation.Serdeable;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes with a key of their arguments, and statuses that are not stored. */
class IdempotentRouteTest {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Serdeable
    record Order(String id, int amount) {}

    @Controller("/shop")
    @Requires(property = "shop-with-keys")
    static class Shop {

        static final AtomicInteger RUNS = new AtomicInteger();

        private final BeanProvider<Shop> self;

        Shop(BeanProvider<Shop> self) {
            this.self = self;
        }

        @Post("/orders")
        @Idempotent(scope = "shop", key = "#{order.id}", fingerprint = "#{order.amount}")
        Map<String, Object> order(@Body Order order) {
            return Map.of("run", RUNS.incrementAndGet());
        }

        @Post("/receipts")
        @Produces(MediaType.TEXT_PLAIN)
        @Idempotent(key = "#{order.id}")
        HttpResponse<String> receipt(@Body Order order) {
            return HttpResponse.created("run " + RUNS.incrementAndGet()).header("Location", "/receipts/1");
        }

        @Post("/later")
        @Idempotent(key = "#{order.id}")
        CompletionStage<HttpResponse<Map<String, Object>>> later(@Body Order order) {
            return CompletableFuture.supplyAsync(() -> HttpResponse.ok(Map.of("run", RUNS.incrementAndGet())));
        }

        /** Has the key of {@link #order}, whose result is no list. */
        @Post("/misread")
        @Idempotent(scope = "shop", key = "#{order.id}")
        List<Order> misread(@Body Order order) {
            RUNS.incrementAndGet();
            return List.of(order);
        }

        /** Calls an idempotent method within its own call with the same key. */
        @Post("/nested")
        @Idempotent(scope = "shop", key = "#{order.id}")
        Map<String, Object> nested(@Body Order order) {
            return self.get().order(order);
        }

        @Post("/by-key/{status}")
        @Idempotent(key = "#{id}")
        HttpResponse<String> byKey(int status, @Header("X-Id") String id) {
            return HttpResponse.status(HttpStatus.valueOf(status), "reason").body("run " + RUNS.incrementAndGet());
        }

        @Post("/by-header/{status}")
        @Idempotent
        HttpResponse<String> byHeader(int status) {
            return HttpResponse.status(HttpStatus.valueOf(status), "reason").body("run " + RUNS.incrementAndGet());
        }

        @Post("/stored/{status}")
        @Idempotent(storeStatuses = {429, 503, 409})
        HttpResponse<String> stored(int status, @Header("X-Thrown") boolean thrown) {
            int run = RUNS.incrementAndGet();
            if (thrown) {
                throw new HttpStatusException(HttpStatus.valueOf(status), "run " + run);
            }
            return HttpResponse.status(HttpStatus.valueOf(status), "reason").body("run " + run);
        }
    }

    private static RedisProcess redis;
    private static ApplicationContext context;
    private static EmbeddedServer server;

    private final String id = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        context = ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(Map.of("shop-with-keys", "open", "micronaut.server.port", "-1"))
                .singletons(LinkProbe.patientSettings(redis.url()))
                .start();
        server = context.getBean(EmbeddedServer.class).start();
    }

    @AfterAll
    static void stop() {
        context.close();
        redis.close();
    }

    @BeforeEach
    void reset() {
        Shop.RUNS.set(0);
    }

    @Test
    void aRouteWithAKeyRunsOnceWithoutTheHeader() {
        assertThat(post("orders", order(7)).body()).isEqualTo("{\"run\":1}");
        assertThat(post("orders", order(7), "Idempotency-Key", "another").body())
                .isEqualTo("{\"run\":1}");
        assertProblem(post("orders", order(8)), 422, "idempotency-key-reused");
        assertProblem(post("orders", "{\"id\":\"\",\"amount\":1}"), 400, "idempotency-key-missing");
        assertThat(Shop.RUNS).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"receipts", "later"})
    void aResponseIsReplayedWithStatusAndHeaders(String path) {
        var first = post(path, order(7));
        var second = post(path, order(7));

        assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(second.headers().firstValue("Idempotent-Replayed")).hasValue("true");
        assertThat(second.statusCode()).isEqualTo(first.statusCode());
        assertThat(second.body()).isEqualTo(first.body()).contains("run", "1");
        for (var header : new String[] {"Location", "Content-Type"}) {
            assertThat(second.headers().firstValue(header))
                    .isEqualTo(first.headers().firstValue(header));
        }
        assertThat(Shop.RUNS).hasValue(1);
    }

    @Test
    void failuresAreProblems() {
        assertProblem(post("nested", order(7)), 409, "idempotency-in-flight");
        assertThat(post("nested", order(7)).headers().firstValueAsLong("Retry-After"))
                .isPresent();
        assertThat(post("orders", order(7)).statusCode()).isEqualTo(200);
        assertProblem(post("misread", order(7)), 500, "internal-error");
        assertThat(Shop.RUNS).hasValue(1);
    }

    @Test
    void withoutRedisTheStoreIsUnavailable() {
        try (var gone = RedisProcess.start();
                var alone = ApplicationContext.builder()
                        .deduceEnvironment(false)
                        .properties(Map.of("shop-with-keys", "open", "micronaut.server.port", "-1"))
                        .singletons(LinkProbe.patientSettings(gone.url()))
                        .start()) {
            gone.kill();
            var response = post(alone.getBean(EmbeddedServer.class).start(), "orders", order(7));

            assertProblem(response, 503, "store-unavailable");
            assertThat(response.headers().firstValueAsLong("Retry-After")).isPresent();
            assertThat(Shop.RUNS).hasValue(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"408, 2", "425, 2", "429, 2", "500, 2", "503, 2", "400, 1", "404, 1", "409, 1", "204, 1"})
    void aResponseThatARetryMayChangeIsNotStored(int status, int runs) {
        for (int call = 0; call < 2; call++) {
            assertThat(post("by-header/" + status, "", "Idempotency-Key", id).statusCode())
                    .isEqualTo(status);
        }
        assertThat(Shop.RUNS).hasValue(runs);
        for (int call = 0; call < 2; call++) {
            assertThat(post("by-key/" + status, "", "X-Id", id).statusCode()).isEqualTo(status);
        }
        assertThat(Shop.RUNS).hasValue(2 * runs);
    }

    @ParameterizedTest
    @CsvSource({"429, false, 1", "503, false, 1", "429, true, 1", "409, true, 1", "500, false, 2", "400, true, 2"})
    void theAnnotationMayAskToStoreIt(int status, String thrown, int runs) {
        var first = post("stored/" + status, "", "Idempotency-Key", id, "X-Thrown", thrown);
        var second = post("stored/" + status, "", "Idempotency-Key", id, "X-Thrown", thrown);

        assertThat(first.statusCode()).isEqualTo(second.statusCode()).isEqualTo(status);
        assertThat(second.headers().firstValue("Idempotent-Replayed").isPresent())
                .isEqualTo(runs == 1);
        assertThat(Shop.RUNS).hasValue(runs);
    }

    private String order(int amount) {
        return "{\"id\":\"%s\",\"amount\":%d}".formatted(id, amount);
    }

    private static java.net.http.HttpResponse<String> post(String path, String body, String... headers) {
        return post(server, path, body, headers);
    }

    private static java.net.http.HttpResponse<String> post(
            EmbeddedServer server, String path, String body, String... headers) {
        var request = HttpRequest.newBuilder(server.getURI().resolve("/shop/" + path))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void assertProblem(java.net.http.HttpResponse<String> response, int status, String slug) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains("\"urn:gatehouse:problem:" + slug + "\"");
    }
}

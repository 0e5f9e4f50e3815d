// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.LocalClaims;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.web.DeadlineFactory;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Idempotent endpoints of a program that uses Gatehouse as a library. */
class IdempotentTest {

    private static final byte[] RECEIPT = {0, (byte) 0xff, (byte) 0x80, 'r'};

    @Controller("/orders")
    @Requires(property = "shop")
    static class Orders {

        final AtomicInteger made = new AtomicInteger();
        final Semaphore mayGoOn = new Semaphore(0);

        @Post
        @Idempotent
        HttpResponse<Map<String, Object>> order(@Body Map<String, Object> order) {
            return HttpResponse.<Map<String, Object>>created(Map.of("number", made.incrementAndGet(), "order", order))
                    .header("Location", "/orders/" + made.get());
        }

        @Post("/receipt")
        @Idempotent
        HttpResponse<byte[]> receipt() {
            made.incrementAndGet();
            return HttpResponse.ok(RECEIPT).contentType("application/x-receipt");
        }

        @Post("/slowly")
        @Idempotent(leaseMillis = 2_000)
        String slowly() throws InterruptedException {
            var number = made.incrementAndGet();
            mayGoOn.acquire();
            return "made " + number;
        }
    }

    /** A response. */
    private record RecordedResponse(int status, Map<String, List<String>> headers, byte[] body) {

        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream()
                    .findFirst()
                    .orElse(null);
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** A program with an HTTP server and a shop. */
    private record Program(ApplicationContext context, EmbeddedServer server) implements AutoCloseable {

        private static final HttpClient CLIENT =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

        static Program with(Object... beans) {
            return start(Map.of("shop", "open", "micronaut.server.port", "-1"), beans);
        }

        /** Starts a program without {@link Orders}. */
        static Program without(Object... beans) {
            return start(Map.of("micronaut.server.port", "-1"), beans);
        }

        private static Program start(Map<String, Object> properties, Object... beans) {
            var context = ApplicationContext.builder()
                    .deduceEnvironment(false)
                    .properties(properties)
                    .singletons(beans)
                    .start();
            return new Program(context, context.getBean(EmbeddedServer.class).start());
        }

        Orders orders() {
            return context.getBean(Orders.class);
        }

        RecordedResponse post(String path, String key, String body) {
            var request = HttpRequest.newBuilder(server.getURI().resolve(path))
                    .timeout(Duration.ofSeconds(60))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body));
            if (key != null) {
                request.header("Idempotency-Key", key);
            }
            try {
                var response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
                return new RecordedResponse(
                        response.statusCode(), response.headers().map(), response.body());
            } catch (IOException e) {
                throw new AssertionError(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        CompletableFuture<RecordedResponse> posted(String path, String key) {
            return CompletableFuture.supplyAsync(() -> post(path, key, ""), Thread::startVirtualThread);
        }

        @Override
        public void close() {
            context.close();
        }
    }

    private static RedisProcess redis;
    private static Program program;

    private final String key = UUID.randomUUID().toString();
    private int before;

    @BeforeAll
    static void startTheProgram() {
        redis = RedisProcess.start();
        program = Program.with(patientWith(redis.port()));
    }

    private static RedisSettings patientWith(int port) {
        return RedisSettings.fromEnvironment(Map.of(
                "REDIS_URL", "redis://127.0.0.1:" + port,
                "REDIS_COMMAND_TIMEOUT", "10000",
                "REDIS_CONNECTION_TIMEOUT", "10000"));
    }

    @AfterAll
    static void stopIt() {
        program.close();
        redis.close();
    }

    @BeforeEach
    void count() {
        before = program.orders().made.get();
    }

    @Test
    void theSecondRequestGetsTheResponseOfTheFirst() {
        var first = program.post("/orders", key, "{\"of\":7}");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.text()).contains("\"number\":" + (before + 1), "\"of\":7");
        assertThat(first.header("Idempotent-Replayed")).isNull();
        assertThat(first.header("Idempotent-Recorded")).isNull();

        var second = program.post("/orders", "\"" + key + "\"", "{\"of\":7}");

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("Content-Type")).isEqualTo(first.header("Content-Type"));
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(program.orders().made).hasValue(before + 1);
    }

    @Test
    void bytesAreReplayedAsTheyWere() {
        assertThat(program.post("/orders/receipt", key, "").body()).isEqualTo(RECEIPT);

        var replayed = program.post("/orders/receipt", key, "");

        assertThat(replayed.body()).isEqualTo(RECEIPT);
        assertThat(replayed.header("Content-Type")).isEqualTo("application/x-receipt");
        assertThat(replayed.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(program.orders().made).hasValue(before + 1);
    }

    @Test
    void withoutAKeyItIsRefused() {
        assertProblem(program.post("/orders", null, "{}"), 400, "idempotency-key-missing");
        assertProblem(program.post("/orders", "two words", "{}"), 400, "invalid-request");
        assertThat(program.orders().made).hasValue(before);
    }

    @Test
    void whileTheFirstRunsTheOthersGetAConflict() {
        var first = program.posted("/orders/slowly", key);
        await().until(() -> program.orders().made.get() == before + 1);

        var second = program.post("/orders/slowly", key, "");

        assertProblem(second, 409, "idempotency-in-flight");
        assertThat(Integer.parseInt(second.header("Retry-After"))).isBetween(1, 2);
        program.orders().mayGoOn.release();
        assertThat(first.join().text()).isEqualTo("made " + (before + 1));
        assertThat(program.post("/orders/slowly", key, "").body())
                .isEqualTo(first.join().body());
    }

    @Test
    void anotherBodyWithTheSameKeyIsRefused() {
        program.post("/orders", key, "{\"of\":7}");
        assertProblem(program.post("/orders", key, "{\"of\":8}"), 422, "idempotency-key-reused");
        assertThat(program.orders().made).hasValue(before + 1);
    }

    @Test
    void withoutRedisTheMethodDoesNotRunButCachedResultsAreReplayed() {
        try (var gone = RedisProcess.start();
                var alone = Program.with(RedisSettings.of("127.0.0.1", gone.port()))) {
            var first = await().until(() -> alone.post("/orders", "seen", "{}"), response -> response.status() == 201);
            gone.kill();

            var refused = alone.post("/orders", key, "{}");

            assertProblem(refused, 503, "store-unavailable");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            var replayed = alone.post("/orders", "seen", "{}");
            assertThat(replayed.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(replayed.body()).isEqualTo(first.body());
            assertThat(alone.orders().made).hasValue(1);
        }
    }

    @Test
    void withoutAnyRedisOneProcessDoesItOnceAllTheSame() {
        try (var alone = Program.with(RedisSettings.fromEnvironment(Map.of("ENABLE_REDIS", "false")))) {
            var first = alone.post("/orders", key, "{}");
            assertThat(alone.post("/orders", key, "{}").body()).isEqualTo(first.body());
            assertThat(alone.orders().made).hasValue(1);
        }
    }

    @Test
    void theProgramsOwnClaimsAreThoseThatCount() {
        redis.cli("CONFIG", "RESETSTAT");
        try (var own = Program.with(patientWith(redis.port()), new LocalClaims())) {
            var first = own.post("/orders", key, "{}");
            assertThat(own.post("/orders", key, "{}").body()).isEqualTo(first.body());
            assertThat(own.orders().made).hasValue(1);
        }
        assertThat(redis.calls("evalsha") + redis.calls("eval")).isZero();
    }

    @Test
    void theProgramsOwnExecutorIsTheOneThatRuns() {
        var claims = new LocalClaims();
        var executor = new IdempotentExecutor(claims, Duration.ofSeconds(1));
        try (var own = Program.with(patientWith(redis.port()), executor)) {
            own.post("/orders", key, "{}");
            claims.clear();
            own.post("/orders", key, "{}");
            assertThat(own.orders().made).as("its claims were forgotten").hasValue(2);
        }
    }

    @Test
    void aProgramWithoutAnIdempotentMethodCreatesNoExecutor() {
        try (var other = Program.without(patientWith(redis.port()))) {
            assertThat(other.post("/orders", key, "{}").status()).isEqualTo(404);

            assertThat(other.context.getActiveBeanRegistrations(IdempotentExecutor.class))
                    .isEmpty();
        }
        program.post("/orders", key, "{}");
        assertThat(program.context.getActiveBeanRegistrations(IdempotentExecutor.class))
                .isNotEmpty();
    }

    /** Returns deadlines by which the longest run ends after {@code longestRun}, not 15 minutes. */
    private static DeadlineFactory hastened(Duration longestRun) {
        return wait -> Deadline.in(wait.compareTo(Duration.ofMinutes(15)) < 0 ? wait.plusSeconds(20) : longestRun);
    }

    @Test
    void theLeaseOutlastsItselfWhileTheMethodRunsButNotFor15Minutes() {
        try (var hasty = Program.with(patientWith(redis.port()), hastened(Duration.ofSeconds(6)))) {
            long from = System.nanoTime();
            var first = hasty.posted("/orders/slowly", key);
            await().until(() -> hasty.orders().made.get() == 1);

            // For several leases, other callers get the response that the request is in flight.
            var second = CompletableFuture.supplyAsync(
                    () -> {
                        var response = hasty.post("/orders/slowly", key, "");
                        while (response.status() == 409) {
                            response = hasty.post("/orders/slowly", key, "");
                        }
                        return response;
                    },
                    Thread::startVirtualThread);
            await().atMost(Duration.ofSeconds(40))
                    .until(() -> hasty.orders().made.get() == 2);

            assertThat(Duration.ofNanos(System.nanoTime() - from))
                    .as("held for longer than the lease, and until the end")
                    .isGreaterThan(Duration.ofMillis(4_900));
            hasty.orders().mayGoOn.release(2);
            assertThat(first.join().text()).isEqualTo("made 1");
            assertThat(first.join().header("Idempotent-Recorded"))
                    .as("it is another's by now")
                    .isEqualTo("unknown");
            assertThat(second.join().text()).isEqualTo("made 2");
            assertThat(second.join().header("Idempotent-Recorded")).isNull();
            assertThat(hasty.post("/orders/slowly", key, "").text()).isEqualTo("made 2");
        }
    }

    @Test
    void workWhoseResultMayNotBeKeptIsReportedAsSuch() {
        try (var wire = FaultProxy.inFrontOf(redis);
                var behind = Program.with(RedisSettings.of("127.0.0.1", wire.port()))) {
            await().until(() -> behind.post("/orders", "warm", "{}").status() == 201);
            var made = behind.orders().made.get();
            var first = behind.posted("/orders/slowly", key);
            await().until(() -> behind.orders().made.get() == made + 1);
            wire.blackHole();

            behind.orders().mayGoOn.release();

            assertThat(first.join().status()).isEqualTo(200);
            assertThat(first.join().text()).isEqualTo("made " + (made + 1));
            assertThat(first.join().header("Idempotent-Recorded")).isEqualTo("unknown");
            wire.pass();
        }
    }

    private static void assertProblem(RecordedResponse response, int status, String slug) {
        assertThat(response.status()).as(response.text()).isEqualTo(status);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(response.text()).contains("\"urn:gatehouse:problem:" + slug + "\"", "\"status\":" + status);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.idempotency;

import static dev.gatehouse.local.idempotency.PaymentsController.MAY_GO_ON;
import static dev.gatehouse.local.idempotency.PaymentsController.PAID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the endpoints of a Micronaut application with the annotation. */
class IdempotentEndpointsTest {

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private String key;
    private int before;

    @BeforeAll
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        server = server(redis);
        caller = TestServer.caller(server);
    }

    private static Server server(RedisProcess redis) throws IOException {
        return server(redis.url(), "closed");
    }

    private static Server server(String redisUrl, String whenDown) throws IOException {
        return TestServer.start("REDIS_URL", redisUrl, "GATEHOUSE_IDEMPOTENCY_WHEN_DOWN", whenDown);
    }

    @AfterAll
    static void stopIt() {
        server.close();
        redis.close();
    }

    @BeforeEach
    void newKey() {
        key = UUID.randomUUID().toString();
        before = PAID.get();
    }

    @Test
    void replaysTheResponseOfTheFirstRequest() {
        var first = post("/payments", key, "{\"amount\":7}");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("Set-Cookie")).isEqualTo("session=1");
        assertThat(first.header("Idempotent-Replayed")).isNull();

        var second = post("/payments", "\"" + key + "\"", "{\"amount\":7}");

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.text()).isEqualTo(first.text()).contains("\"amount\":7");
        assertThat(second.header("Content-Type")).isEqualTo(first.header("Content-Type"));
        assertThat(second.header("Location")).isEqualTo("/payments/1");
        assertThat(second.header("Set-Cookie")).isNull();
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(second.header("X-Request-Id")).isNotEqualTo(first.header("X-Request-Id"));
        assertThat(PAID).hasValue(before + 1);
    }

    @Test
    void replaysAnAsynchronousMethod() {
        var first = post("/payments/later", key, "");
        var second = post("/payments/later", key, "");
        assertThat(second.text()).isEqualTo(first.text()).isEqualTo("paid " + (before + 1));
        assertThat(second.header("Content-Type"))
                .isEqualTo(first.header("Content-Type"))
                .startsWith("text/plain");
        assertThat(post("/payments/later", null, "").header("Idempotent-Replayed"))
                .as("without a key it runs each time")
                .isNull();
        assertThat(PAID).hasValue(before + 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"unended", "two words"})
    void rejectsAnInvalidKey(String malformed) {
        var missing = post("/payments", null, "{}");
        Caller.assertProblem(missing, 400, "idempotency-key-missing");
        Caller.assertProblem(post("/payments", malformed, "{}"), 400, "invalid-request");
        assertThat(PAID).hasValue(before);
    }

    @Test
    void rejectsAnotherRequestWithTheSameKey() {
        post("/payments", key, "{\"amount\":7}");
        Caller.assertProblem(post("/payments", key, "{\"amount\":8}"), 422, "idempotency-key-reused");
        Caller.assertProblem(post("/payments?again=1", key, "{\"amount\":7}"), 422, "idempotency-key-reused");
        assertThat(post("/payments/later", key, "{\"amount\":7}").status())
                .as("keys are separate for each operation")
                .isEqualTo(200);
        assertThat(PAID).hasValue(before + 2);
    }

    @Test
    void reportsARequestInProgress() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var requests = new ArrayList<Future<CallerResponse>>();
            for (int n = 0; n < 8; n++) {
                requests.add(threads.submit(() -> post("/payments/slowly", key, "")));
            }
            await().until(() -> requests.stream().filter(Future::isDone).count() == 7);
            // Longer than the lease, which is renewed while the method runs.
            await().pollDelay(Duration.ofMillis(2_500))
                    .until(() -> post("/payments/slowly", key, "").status() == 409);
            MAY_GO_ON.release();
            int done = 0;
            for (var request : requests) {
                if (request.get().status() == 200) {
                    done++;
                } else {
                    Caller.assertProblem(request.get(), 409, "idempotency-in-flight");
                    assertThat(Integer.parseInt(request.get().header("Retry-After")))
                            .isBetween(1, 2);
                }
            }
            assertThat(done).isEqualTo(1);
        }
        assertThat(PAID).hasValue(before + 1);
        var bytes = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/payments/slowly"))
                                .header("Idempotency-Key", key)
                                .POST(BodyPublishers.ofString(""))
                                .build(),
                        BodyHandlers.ofByteArray());
        assertThat(bytes.body()).isEqualTo(new byte[] {0, (byte) 0xff, (byte) 0x80});
        assertThat(bytes.headers().firstValue("Content-Type")).hasValue("application/x-receipt");
    }

    @Test
    void whatTheMethodAnswersBelow500IsKept() {
        assertThat(payFor("refused").status()).isEqualTo(400);
        var again = payFor("refused");
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        newKey();
        assertThat(payFor("fine").status()).isEqualTo(204);
        assertThat(payFor("fine").status()).isEqualTo(204);
        assertThat(PAID).hasValue(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"broken", "thrown"})
    void runsAgainAfterAFailure(String outcome) {
        int status = payFor(outcome).status();
        var again = payFor(outcome);
        assertThat(again.status()).isEqualTo(status);
        assertThat(again.header("Idempotent-Replayed")).isNull();
        assertThat(PAID).hasValue(before + 2);
    }

    @Test
    void leavesTheKeyFreeIfTheRequestIsUnreadable() {
        assertThat(post("/payments", key, "{").status()).isEqualTo(400);
        assertThat(post("/payments", key, "{\"amount\":7}").status()).isEqualTo(201);
    }

    @Test
    void ignoresOtherMethods() {
        assertThat(post("/payments/plain", key, "").text()).isEqualTo("paid " + (before + 1));
        assertThat(post("/payments/plain", key, "").text()).isEqualTo("paid " + (before + 2));
    }

    @Test
    void doesNotRunTheMethodWithoutRedis() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone)) {
            gone.kill();
            var response = TestServer.caller(alone)
                    .send(TestServer.caller(alone)
                            .request("/payments")
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", key)
                            .POST(BodyPublishers.ofString("{}")));
            Caller.assertProblem(response, 503, "store-unavailable");
            assertThat(response.header("Retry-After")).isEqualTo("1");
        }
        assertThat(PAID).hasValue(before);
    }

    /** The policy of the function's claims applies, not that of an executor without them. */
    @Test
    void sharesTheClaimsOfTheFunction() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), "local")) {
            gone.kill();
            var there = TestServer.caller(alone);
            assertThat(pay(there, "/payments/for/ada").status()).isEqualTo(204);
            assertThat(pay(there, "/payments/for/ada").header("Idempotent-Replayed"))
                    .isEqualTo("true");
        }
        assertThat(PAID).hasValue(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/payments/at-length", "/payments/in-parts"})
    void replaysWithoutABodyThatWasNotStored(String path) {
        var first = pay(caller, path);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.text()).contains(Integer.toString(before + 1));
        assertThat(first.header("Idempotent-Body")).isNull();

        var second = pay(caller, path);

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.text()).isEmpty();
        assertThat(second.header("Idempotent-Body")).isEqualTo("not-kept");
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(second.header("Content-Type")).isEqualTo(first.header("Content-Type"));
        assertThat(PAID).hasValue(before + 1);
    }

    @Test
    void replaysWithoutHeadersThatCannotBeStored() {
        var first = pay(caller, "/payments/by-the-book");
        assertThat(first.header("X-Long")).hasSize(8193);
        assertThat(first.header("X-69")).isEqualTo("x");

        var second = pay(caller, "/payments/by-the-book");

        assertThat(second.text()).isEqualTo(first.text()).isEqualTo("paid " + (before + 1));
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(second.header("Content-Type")).isEqualTo(first.header("Content-Type"));
        assertThat(second.header("X-0")).isEqualTo("x");
        assertThat(second.header("X-Long")).isNull();
        assertThat(PAID).hasValue(before + 1);
    }

    @Test
    void replaysTextInItsCharset() throws Exception {
        for (int n = 0; n < 2; n++) {
            assertThat(bytesOf("/payments/in-latin")).isEqualTo("größe".getBytes(StandardCharsets.ISO_8859_1));
        }
        assertThat(PAID).hasValue(before + 1);
    }

    @Test
    void reportsAResultThatMayNotHaveBeenStored() throws Exception {
        try (var wire = FaultProxy.inFrontOf(redis);
                var behind = TestServer.start(
                        "REDIS_URL", "redis://127.0.0.1:" + wire.port(), "REDIS_COMMAND_TIMEOUT", "1000");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var there = TestServer.caller(behind);
            await().until(() -> pay(there, "/payments/for/warm").status() == 204);
            newKey();
            var request = threads.submit(() -> pay(there, "/payments/slowly"));
            await().until(MAY_GO_ON::hasQueuedThreads);
            wire.blackHole();
            MAY_GO_ON.release();

            var response = request.get();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Idempotent-Recorded")).isEqualTo("unknown");
            assertThat(PAID).hasValue(before + 1);
            wire.pass();
        }
    }

    private CallerResponse pay(Caller caller, String path) {
        return caller.send(caller.request(path)
                .header("X-Outcome", "fine")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.noBody()));
    }

    private byte[] bytesOf(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                                .header("Idempotency-Key", key)
                                .POST(BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofByteArray())
                .body();
    }

    private CallerResponse payFor(String outcome) {
        return caller.send(caller.request("/payments/for/ada")
                .header("X-Outcome", outcome)
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.noBody()));
    }

    private static CallerResponse post(String path, String key, String body) {
        var request = caller.request(path).header("Content-Type", "application/json");
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return caller.send(request.POST(BodyPublishers.ofString(body)));
    }
}

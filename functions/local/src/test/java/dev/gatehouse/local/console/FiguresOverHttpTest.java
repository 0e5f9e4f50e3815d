// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import static dev.gatehouse.local.Caller.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The live figures of a server, as the console reads them. */
class FiguresOverHttpTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FIGURES = "/console/figures";

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    @BeforeAll
    static void start() throws IOException {
        redis = RedisProcess.start();
        server = start(redis);
        caller = TestServer.caller(server);
    }

    private static Server start(RedisProcess redis) throws IOException {
        return TestServer.start(
                "REDIS_URL",
                redis.url(),
                "REDIS_HEALTH_CHECK_INTERVAL",
                "1",
                AuthorizerSettings.TENANT,
                "demo",
                "GATEHOUSE_REMEMBER_DENIALS",
                "off");
    }

    @AfterAll
    static void stop() {
        server.close();
        redis.close();
    }

    private static CallerResponse figures(Caller caller, String query) {
        return caller.send(caller.request(FIGURES + query).GET());
    }

    private static List<Map<String, Object>> samples(Caller caller) {
        return figures(caller, "").list("samples");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> member(Map<String, Object> sample, String name) {
        return (Map<String, Object>) sample.get(name);
    }

    private static long requests(Caller caller, String outcome) {
        return samples(caller).stream()
                .mapToLong(sample -> ((Number) member(sample, "requests").getOrDefault(outcome, 0)).longValue())
                .sum();
    }

    private static void awaitSample(Caller caller, Predicate<Map<String, Object>> condition) {
        await().atMost(PATIENCE).until(() -> samples(caller).stream().anyMatch(condition));
    }

    private static String check(String subject, int limit) {
        return """
                {"limits":[{"name":"figures","subject":"%s","limit":%d,"windowSeconds":600}]}""".formatted(subject, limit);
    }

    @Test
    void countEachRequestOnceAndTimeItsRoundTrip() {
        for (int i = 0; i < 10; i++) {
            caller.check(check("countess-ada", 4));
        }

        await().atMost(PATIENCE).until(() -> requests(caller, "quota-exceeded") > 0);
        await().during(LiveFigures.INTERVAL.multipliedBy(2))
                .atMost(PATIENCE)
                .until(() -> requests(caller, "quota-exceeded") == 6);
        assertThat(samples(caller)).anySatisfy(sample -> {
            assertThat((Integer) member(sample, "roundTrip").get("count")).isPositive();
            assertThat((Integer) member(sample, "roundTrip").get("p50Micros")).isPositive();
            assertThat((Integer) member(sample, "roundTrip").get("p99Micros")).isGreaterThanOrEqualTo((Integer)
                    member(sample, "roundTrip").get("p50Micros"));
            assertThat((Integer) member(sample, "requestDuration").get("p99Micros"))
                    .isPositive();
        });
        assertThat(samples(caller).getLast())
                .containsEntry("circuit", "closed")
                .containsEntry("connected", true)
                .containsEntry("errors", 0);
        assertThat(((Number) samples(caller).getLast().get("heapUsedBytes")).longValue())
                .isBetween(1L, ((Number) samples(caller).getLast().get("heapMaxBytes")).longValue());
        assertThat(figures(caller, "").text()).doesNotContain("demo", "countess-ada", "127.0.0.1");
    }

    @Test
    void showTheMemoryOfRedisOnceItWasChecked() {
        awaitSample(caller, sample -> sample.get("redisMemoryBytes") instanceof Number bytes && bytes.longValue() > 0);
    }

    @Test
    void countOpenWebSockets() {
        var token = caller.post("/v1/sessions", "{\"userId\":\"ada\"}").body().get("token");
        var socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://localhost:" + server.port() + "/realtime"), new WebSocket.Listener() {})
                .join();
        try {
            awaitSample(caller, sample -> sample.get("webSockets").equals(1));
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
            await().atMost(PATIENCE)
                    .until(() -> samples(caller).getLast().get("webSockets").equals(0));
        } finally {
            socket.abort();
        }
    }

    @Test
    void returnOnlyTheSamplesAfterATime() {
        await().atMost(PATIENCE).until(() -> samples(caller).size() >= 3);
        var all = samples(caller);
        var second = (Long) all.get(1).get("at");

        var response = figures(caller, "?after=" + second).body();

        assertThat((Integer) response.get("intervalMillis")).isEqualTo((int) LiveFigures.INTERVAL.toMillis());
        assertThat((Long) response.get("startedAt")).isLessThan(second);
        assertThat((Long) response.get("now"))
                .isGreaterThanOrEqualTo((Long) all.getLast().get("at"));
        assertThat(figures(caller, "?after=" + second).list("samples"))
                .isNotEmpty()
                .allSatisfy(sample -> assertThat((Long) sample.get("at")).isGreaterThan(second));
        assertThat(figures(caller, "?after=" + System.currentTimeMillis()).list("samples"))
                .isEmpty();
        assertThat(figures(caller, "?after=0").list("samples")).hasSizeGreaterThanOrEqualTo(all.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "",
                "soon",
                "1.5",
                "1e3",
                "0x1",
                "%2B1",
                "%201",
                "9999999999999",
                "9223372036854775808",
                "99999999999999999999999999",
                "%D9%A1"
            })
    void rejectAnInvalidTime(String after) {
        var response = figures(caller, "?after=" + after);

        assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .containsExactly(Map.of("field", "after", "message", "must be a past time in milliseconds since 1970"));
    }

    @Test
    void requireAKey() {
        assertProblem(caller.send(caller.anonymous(FIGURES)), 401, "unauthenticated");
        assertProblem(figures(new Caller(server.port(), "wrong"), ""), 401, "unauthenticated");
        assertThat(figures(TestServer.otherCaller(server), "").status())
                .as("no tenant has figures of its own")
                .isEqualTo(200);
    }

    @Test
    void followTheContractOfAllRoutes() {
        var response = figures(caller, "");
        assertThat(response.header("Content-Type")).isEqualTo("application/json");
        assertThat(response.header("Cache-Control")).isEqualTo("no-store");
        assertProblem(
                caller.send(caller.request(FIGURES).POST(BodyPublishers.ofString("{}"))), 405, "method-not-allowed");
        assertProblem(caller.send(caller.request(FIGURES).header("Accept", "text/html")), 406, "not-acceptable");
        var head = caller.send(caller.request(FIGURES).HEAD());
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.text()).isEmpty();
    }

    @Test
    void showAnOutageOfRedis() throws IOException {
        try (var lost = RedisProcess.start();
                var alone = start(lost)) {
            var other = TestServer.caller(alone);
            other.check(check("ada", 100));
            awaitSample(other, sample -> sample.get("connected").equals(true));

            lost.stop();
            await().atMost(PATIENCE).until(() -> {
                other.check(check("ada", 100));
                return samples(other).stream()
                        .anyMatch(sample -> sample.get("connected").equals(false)
                                && sample.get("circuit").equals("open")
                                && (Integer) sample.get("degraded") > 0);
            });
            assertThat(other.post("/v1/idempotency/claims", "{\"key\":\"k\"}").status())
                    .isEqualTo(503);
            awaitSample(other, sample -> (Integer) sample.get("errors") > 0);

            lost.restart();
            await().atMost(PATIENCE).until(() -> {
                other.check(check("ada", 100));
                var last = samples(other).getLast();
                return last.get("connected").equals(true) && last.get("circuit").equals("closed");
            });
        }
    }

    @Test
    void showThatRedisIsDisabled() throws IOException {
        try (var alone = TestServer.start("ENABLE_REDIS", "false")) {
            var other = TestServer.caller(alone);
            other.check(check("ada", 100));

            awaitSample(other, sample -> sample.get("degraded").equals(1));
            assertThat(samples(other).getLast())
                    .containsEntry("connected", false)
                    .containsEntry("circuit", null)
                    .containsEntry("redisMemoryBytes", null);
        }
    }
}

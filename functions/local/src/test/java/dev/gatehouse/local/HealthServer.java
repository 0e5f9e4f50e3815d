// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server under test and a caller with an API key. */
record HealthServer(Server server, Caller caller) implements AutoCloseable {

    static final DemoKey KEY = new DemoKey(TestServer.KEY);
    static final Duration PATIENCE = Duration.ofSeconds(20);

    static HealthServer on(String redisUrl, String... namesAndValues) throws Exception {
        var environment = new HashMap<>(Map.of("REDIS_URL", redisUrl, "REDIS_COMMAND_TIMEOUT", "3000"));
        for (var i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        var server = TestServer.start(environment);
        return new HealthServer(server, TestServer.caller(server));
    }

    static String url(FaultProxy wire) {
        return "redis://" + wire.host() + ":" + wire.port();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> member(Map<String, Object> body, String name) {
        return (Map<String, Object>) body.get(name);
    }

    static List<Object> troubles(CallerResponse response) {
        return response.list("troubles").stream()
                .map(trouble -> trouble.get("name"))
                .toList();
    }

    /** Returns the check of this name in the health of Redis. */
    static Map<String, Object> check(CallerResponse response, String name) {
        return response.list("checks").stream()
                .filter(check -> check.get("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    CallerResponse get(String path) {
        return caller.send(caller.request(path).GET());
    }

    CallerResponse getWithoutKey(String path) {
        return caller.send(caller.anonymous(path).GET());
    }

    Scrape metrics() {
        return Scrape.of(getWithoutKey("/metrics").text());
    }

    /** Asserts the health and readiness for a caller without a key, and liveness, which is always UP. */
    void reports(String status, int code) {
        for (var path : List.of("/health", "/health/readiness")) {
            var response = getWithoutKey(path);
            assertThat(response.status()).as(path).isEqualTo(code);
            assertThat(response.text()).isEqualTo("{\"status\":\"%s\"}".formatted(status));
        }
        isAlive();
    }

    void isAlive() {
        var response = getWithoutKey("/health/liveness");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("{\"status\":\"UP\"}");
    }

    void showsNoSecret() {
        for (var path : List.of("/health", "/health/redis", "/health/detailed", "/redis/stats", "/info")) {
            assertThat(get(path).text()).doesNotContain("s3cret");
        }
    }

    @Override
    public void close() {
        server.close();
    }
}

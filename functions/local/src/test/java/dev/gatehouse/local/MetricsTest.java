// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.telemetry.RedisMetric;
import dev.gatehouse.telemetry.RedisMetricValues;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Verifies the metrics for Prometheus, with and without Redis. */
class MetricsTest {

    private static final String CHECK = "POST /v1/rate-limits/check";
    private static final DemoKey KEY = new DemoKey(TestServer.KEY);

    private RedisProcess redis;
    private Server server;
    private Caller caller;

    @BeforeEach
    void startServer() throws Exception {
        redis = RedisProcess.start();
        server = TestServer.start(
                "GATEHOUSE_REMEMBER_DENIALS", "off", "REDIS_URL", redis.url(), "REDIS_HEALTH_CHECK_INTERVAL", "0");
        caller = TestServer.caller(server);
    }

    @AfterEach
    void stopServer() {
        server.close();
        redis.close();
    }

    private Scrape scrape() {
        return Scrape.of(caller.send(caller.anonymous("/metrics")).text());
    }

    private static String check(String subject, int limit) {
        return """
                {"limits":[{"name":"api","subject":"%s","limit":%d,"windowSeconds":60}]}""".formatted(subject, limit);
    }

    private static Map<String, String> request(String function, String route, String outcome, String source) {
        return Map.of("function", function, "route", route, "outcome", outcome, "source", source);
    }

    @Test
    void countsEachRequestByItsOutcome() {
        for (int i = 0; i < 3; i++) {
            caller.check(check("ada", 1));
        }
        caller.check("{");
        caller.post("/v1/idempotency/claims", "{\"key\":\"order-1\"}");
        caller.call("PUT", "/v1/rate-limits/policies/free", "{\"limit\":3,\"windowSeconds\":60}");
        caller.post("/nowhere", "{}");
        new Caller(server.port(), "wrong").check(check("ada", 1));
        caller.send(caller.anonymous("/example/protected"));

        var scrape = scrape();

        Map<Map<String, String>, Double> requests = new HashMap<>();
        scrape.samples().stream()
                .filter(sample -> sample.name().equals("gatehouse_requests_total"))
                .forEach(sample -> requests.put(sample.labels(), sample.value()));
        assertThat(requests)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        request("rate-limit", CHECK, "ok", "redis"), 1.0,
                        request("rate-limit", CHECK, "quota-exceeded", "redis"), 2.0,
                        request("rate-limit", CHECK, "invalid-request", "none"), 1.0,
                        request("rate-limit", CHECK, "unauthenticated", "none"), 1.0,
                        request("idempotency", "POST /v1/idempotency/claims", "created", "redis"), 1.0,
                        request("rate-limit", "PUT /v1/rate-limits/policies/{name}", "ok", "redis"), 1.0,
                        request("authorizer", "GET /example/protected", "session-invalid", "redis"), 1.0,
                        request("other", "none", "not-found", "none"), 1.0));
        assertThat(scrape.value("gatehouse_request_duration_seconds_count", Map.of("function", "rate-limit")))
                .isEqualTo(6);
        assertThat(scrape.value("gatehouse_request_duration_seconds_sum", Map.of("function", "rate-limit")))
                .isBetween(1e-5, 60.0);
    }

    @Test
    void reportsEachRouteUnderItsFunction() {
        var functions = Map.ofEntries(
                Map.entry("POST /v1/rate-limits/leases/extend", "rate-limit"),
                Map.entry("POST /v1/idempotency/claims/extend", "idempotency"),
                Map.entry("POST /v1/cache/lookup", "cache"),
                Map.entry("POST /v1/states/claim/release", "state"),
                Map.entry("POST /v1/presence/list", "realtime"),
                Map.entry("POST /v1/channels/publish", "realtime"),
                Map.entry("POST /v1/jobs/enqueue", "jobs"),
                Map.entry("POST /v1/jobs/give-back", "jobs"),
                Map.entry("POST /v1/sessions", "session"),
                Map.entry("POST /v1/sessions/lookup", "session"),
                Map.entry("GET /health/redis", "health"),
                Map.entry("GET /health/detailed", "health"),
                Map.entry("GET /redis/stats", "health"));
        functions.keySet().forEach(route -> {
            var parts = route.split(" ");
            caller.call(parts[0], parts[1], "{}");
        });

        var reported = new HashMap<String, String>();
        scrape().samples().stream()
                .filter(sample -> sample.name().equals("gatehouse_requests_total"))
                .forEach(sample -> reported.put(
                        sample.labels().get("route"), sample.labels().get("function")));
        assertThat(reported).isEqualTo(functions);
    }

    @Test
    void recordsDurationsInBuckets() {
        caller.check(check("ada", 10));

        var scrape = scrape();

        for (var histogram : List.of("gatehouse_request_duration_seconds", "gatehouse_redis_round_trip_seconds")) {
            assertThat(scrape.types()).containsEntry(histogram, "histogram");
            assertThat(scrape.values(histogram + "_bucket", "le"))
                    .containsExactlyInAnyOrder(
                            "2.5E-4", "5.0E-4", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25",
                            "0.5", "1.0", "2.5", "+Inf");
        }
    }

    @Test
    void measuresEachRoundTripByItsScript() {
        caller.check(check("ada", 10));
        caller.check(check("ada", 10));
        caller.post("/v1/idempotency/claims", "{\"key\":\"order-1\"}");

        var scrape = scrape();

        assertThat(scrape.values("gatehouse_redis_round_trip_seconds_count", "script"))
                .contains("check", "claim");
        assertThat(scrape.value("gatehouse_redis_round_trip_seconds_count", Map.of("script", "check")))
                .isEqualTo(2);
        assertThat(scrape.value("gatehouse_redis_round_trip_seconds_sum", Map.of("script", "check")))
                .isBetween(1e-5, 20.0);
        assertThat(scrape.value("gatehouse_redis_commands_total", Map.of("outcome", "answered", "reason", "")))
                .as("a script that Redis does not have is sent twice, and counts once")
                .isEqualTo(redis.calls("evalsha"));
        assertThat(scrape.value("gatehouse_redis_up", Map.of())).isEqualTo(1);
        assertThat(scrape.value("gatehouse_redis_circuit", Map.of("state", "closed")))
                .isEqualTo(1);
        assertThat(scrape.value("gatehouse_redis_circuit", Map.of("state", "open")))
                .isZero();
        assertThat(scrape.value("gatehouse_degraded_decisions_total", Map.of("function", "rate-limit")))
                .isZero();
    }

    @Test
    void showsAnOutageAndItsEnd() {
        caller.check(check("ada", 10));
        redis.stop();
        await().until(() -> {
            caller.check(check("ada", 1_000));
            return scrape().value("gatehouse_redis_circuit", Map.of("state", "open")) == 1;
        });

        var out = scrape();
        assertThat(out.value("gatehouse_redis_up", Map.of())).isZero();
        assertThat(out.value("gatehouse_redis_outages_total", Map.of())).isEqualTo(1);
        assertThat(out.value("gatehouse_degraded_decisions_total", Map.of("function", "rate-limit")))
                .isGreaterThanOrEqualTo(3);
        assertThat(out.value("gatehouse_redis_circuit_changes_total", Map.of("state", "open")))
                .isPositive();
        assertThat(out.samples())
                .filteredOn(sample -> sample.name().equals("gatehouse_redis_commands_total")
                        && "not-sent".equals(sample.labels().get("outcome")))
                .anyMatch(sample -> sample.value() > 0);

        redis.restart();

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            caller.check(check("ada", 1_000));
            return scrape().value("gatehouse_redis_up", Map.of()) == 1;
        });
        var back = scrape();
        assertThat(back.value("gatehouse_redis_outages_total", Map.of())).isEqualTo(1);
        assertThat(back.value("gatehouse_redis_circuit_changes_total", Map.of("state", "closed")))
                .isPositive();
    }

    @Test
    void showsTheFiguresOfTheLatestCheckOnly() {
        assertThat(scrape().names()).doesNotContain("gatehouse_redis_memory_used_bytes");

        server.telemetry()
                .recordCheck(RedisMetricValues.NONE
                        .with(RedisMetric.MEMORY_USED_BYTES, 1_500_000L)
                        .with(RedisMetric.SLOWLOG_LENGTH, 4L));

        var scrape = scrape();
        assertThat(scrape.value("gatehouse_redis_memory_used_bytes", Map.of())).isEqualTo(1_500_000);
        assertThat(scrape.value("gatehouse_redis_slowlog_length", Map.of())).isEqualTo(4);
        assertThat(scrape.value("gatehouse_redis_looked_timestamp_seconds", Map.of()))
                .isCloseTo(System.currentTimeMillis() / 1e3, org.assertj.core.data.Offset.offset(60.0));
        assertThat(scrape.names()).doesNotContain("gatehouse_redis_memory_max_bytes");

        server.telemetry().recordCheck(RedisMetricValues.NONE);

        assertThat(scrape().names()).doesNotContain("gatehouse_redis_memory_used_bytes");
    }

    @Test
    void respondsToTheRequestsOfPrometheus() {
        var response = caller.send(caller.anonymous("/metrics")
                .header(
                        "Accept",
                        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
                                + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.header("Cache-Control")).isEqualTo("no-store");
        var process = Scrape.of(response.text());
        assertThat(process.names())
                .contains("process_start_time_seconds", "process_cpu_time_ns_total", "jvm_memory_used_bytes")
                .contains("gatehouse_unreadable_sessions_total");
    }

    @Test
    void containsNothingOfATenant() {
        caller.check(check("subject-s3cret", 5));
        caller.post("/v1/idempotency/claims", "{\"key\":\"key-s3cret\",\"fingerprint\":\"print-s3cret\"}");
        caller.post("/v1/rate-limits/policies/name-s3cret", "{}");
        caller.post("/path-s3cret?query=s3cret", "{}");

        var text = caller.send(caller.anonymous("/metrics")).text();

        assertThat(text).doesNotContain("s3cret", KEY.value(), "tenant");
    }

    @Test
    void losesNoCountOfConcurrentRequests() throws Exception {
        int each = 200;
        Threads.together(8, thread -> {
            for (int i = 0; i < each; i++) {
                caller.check(check("subject-" + thread, 1_000_000));
            }
        });

        assertThat(scrape().value("gatehouse_requests_total", request("rate-limit", CHECK, "ok", "redis")))
                .isEqualTo(8 * each);
    }
}

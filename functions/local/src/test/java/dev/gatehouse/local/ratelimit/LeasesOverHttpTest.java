// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeasesOverHttpTest {

    private static final String ACQUIRE = "/v1/rate-limits/leases";
    private static final String EXTEND = "/v1/rate-limits/leases/extend";
    private static final String RELEASE = "/v1/rate-limits/leases/release";
    private static final String INSPECT = "/v1/rate-limits/leases/inspect";
    private static final String RESET = "/v1/rate-limits/leases/reset";
    private static final String UNKNOWN_ID = "A".repeat(22);

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private String subject;

    @BeforeAll
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        server = server(redis.url(), "closed");
        caller = TestServer.caller(server);
    }

    private static Server server(String redisUrl, String whenDown) throws IOException {
        return TestServer.start(
                "REDIS_URL",
                redisUrl,
                "REDIS_CONNECTION_TIMEOUT",
                "2000",
                "REDIS_COMMAND_TIMEOUT",
                "1000",
                "GATEHOUSE_LEASES_WHEN_DOWN",
                whenDown);
    }

    @AfterAll
    static void stopIt() {
        server.close();
        redis.close();
    }

    @BeforeEach
    void newSubject() {
        subject = UUID.randomUUID().toString();
    }

    @AfterEach
    void everyKeyExpires() {
        for (var key : (List<?>) redis.cli("KEYS", "*")) {
            assertThat((Long) redis.cli("PTTL", (String) key)).as("%s", key).isNotEqualTo(-1);
        }
    }

    @Test
    void grantsALease() {
        var before = Instant.now();

        var response = acquire(2, 30_000);

        assertThat(response.status()).isEqualTo(201);
        assertThat(response.body().keySet())
                .containsExactlyInAnyOrder("leaseId", "fence", "expiresAt", "inUse", "limit", "degraded");
        assertThat(response.body())
                .containsEntry("inUse", 1)
                .containsEntry("limit", 2)
                .containsEntry("degraded", false);
        assertThat(leaseId(response)).matches("[A-Za-z0-9_-]{22}");
        assertThat((Long) response.body().get("fence")).isPositive().isLessThan(1L << 53);
        assertThat((String) response.body().get("expiresAt")).matches("....-..-..T..:..:..\\....Z");
        assertThat(Instant.parse((String) response.body().get("expiresAt")))
                .isBetween(before.plusMillis(29_998), Instant.now().plusMillis(30_000));
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void deniesALeaseWithARetryTimeIfAllAreTaken() {
        acquire(1, 30_000);

        var response = acquire(1, 30_000);

        assertThat(response.status()).isEqualTo(429);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(Integer.parseInt(response.header("Retry-After"))).isBetween(25, 30);
        assertThat(response.body())
                .containsEntry("type", "https://iana.org/assignments/http-problem-types#quota-exceeded")
                .containsEntry("status", 429)
                .containsEntry("violated-policies", List.of("exports"))
                .containsEntry("degraded", false)
                .containsEntry("limit", 1)
                .containsEntry("inUse", 1)
                .containsKeys("title", "detail");
        assertThat((Integer) response.body().get("retryAfterMillis")).isBetween(20_000, 30_000);
    }

    @Test
    void roundsAShortWaitUpToASecond() {
        acquire(1, 1_000);

        assertThat(acquire(1, 1_000).header("Retry-After")).isEqualTo("1");
        await().pollInterval(Duration.ofMillis(10))
                .until(() -> acquire(1, 30_000).status() == 201);
    }

    @Test
    void extendsAndReleasesALease() {
        var granted = acquire(1, 30_000);
        var id = leaseId(granted);

        var extended = caller.post(EXTEND, extending(id, 60_000));
        assertThat(extended.status()).isEqualTo(200);
        assertThat(extended.body().keySet()).containsExactlyInAnyOrder("leaseId", "fence", "expiresAt", "degraded");
        assertThat(extended.body())
                .containsEntry("leaseId", id)
                .containsEntry("fence", granted.body().get("fence"))
                .containsEntry("degraded", false);
        assertThat(Instant.parse((String) extended.body().get("expiresAt")))
                .isAfter(Instant.now().plusSeconds(50));
        assertThat(extended.header("Gatehouse-Source")).isEqualTo("redis");

        for (int time = 0; time < 2; time++) {
            var released = caller.post(RELEASE, releasing(id));
            assertThat(released.status()).isEqualTo(204);
            assertThat(released.text()).isEmpty();
            assertThat(released.header("Gatehouse-Source")).isEqualTo("redis");
        }
        var next = acquire(1, 30_000);
        assertThat(next.status()).isEqualTo(201);
        assertThat((Long) next.body().get("fence"))
                .isGreaterThan((Long) granted.body().get("fence"));
    }

    @Test
    void reportsALostLeaseOnExtendAndAcceptsItsRelease() {
        var response = caller.post(EXTEND, extending(UNKNOWN_ID, 1_000));

        Caller.assertProblem(response, 409, "lease-lost");
        assertThat(response.body()).containsEntry("degraded", false);
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(caller.post(RELEASE, releasing(UNKNOWN_ID)).status()).isEqualTo(204);
    }

    @Test
    void returnsTheSameGrantForTheSameId() {
        var id = "zzzzzzzzzz-_0123456789";
        var first = caller.post(ACQUIRE, acquiring(1, 30_000, id));
        var again = caller.post(ACQUIRE, acquiring(1, 30_000, id));

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(201);
        assertThat(leaseId(first)).isEqualTo(id);
        assertThat(again.body()).isEqualTo(first.body());
    }

    @Test
    void separatesTenants() {
        var id = leaseId(acquire(1, 30_000));
        var other = TestServer.otherCaller(server);

        assertThat(other.post(RELEASE, releasing(id)).status()).isEqualTo(204);
        assertThat(other.post(EXTEND, extending(id, 1_000)).status()).isEqualTo(409);
        assertThat(other.post(ACQUIRE, acquiring(1, 30_000, null)).status()).isEqualTo(201);
        assertThat(acquire(1, 30_000).status()).as("still held").isEqualTo(429);
    }

    @Test
    void takesTheLimitOfAPolicy() {
        var policy = "/v1/rate-limits/policies/exports-at-once";
        var lease = "'policy':'exports-at-once','subject':'" + subject + "'";
        var body = "{" + lease + ",'leaseMillis':30000}";
        caller.call("PUT", policy, json("{'limit':1,'windowSeconds':60}"));

        var first = caller.post(ACQUIRE, json(body));
        assertThat(first.status()).as(first.text()).isEqualTo(201);
        assertThat(first.body()).containsEntry("limit", 1).containsEntry("inUse", 1);
        var denied = caller.post(ACQUIRE, json(body));
        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.body())
                .containsEntry("limit", 1)
                .containsEntry("violated-policies", List.of("exports-at-once"));

        caller.call("PUT", policy + "/overrides", json("{'subject':'" + subject + "','limit':2}"));
        assertThat(caller.post(ACQUIRE, json(body)).body()).containsEntry("limit", 2);
        for (var unlimited : List.of("'unlimited':true", "'unlimited':false,'limit':1,'shadow':true")) {
            caller.call("PUT", policy + "/overrides", json("{'subject':'" + subject + "'," + unlimited + "}"));
            assertThat(caller.post(ACQUIRE, json(body)).body()).containsEntry("limit", 100_000);
        }
        var byName = caller.post(ACQUIRE, json(body).replace("\"policy\"", "\"limit\":9,\"name\""));
        assertThat(byName.body()).as("they count together").containsEntry("inUse", 5);

        var id = leaseId(first);
        var extended = caller.post(EXTEND, json("{" + lease + ",'leaseMillis':60000,'leaseId':'" + id + "'}"));
        assertThat(extended.status()).isEqualTo(200);
        assertThat(caller.post(RELEASE, json("{" + lease + ",'leaseId':'" + id + "'}"))
                        .status())
                .isEqualTo(204);
        assertThat(caller.post(EXTEND, json("{" + lease + ",'leaseMillis':60000,'leaseId':'" + id + "'}"))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void inspectsAndResetsLeases() {
        var named = json("{'name':'exports','subject':'" + subject + "'}");
        assertThat(caller.post(INSPECT, named).body()).isEqualTo(usage(List.of()));
        var second = acquire(3, 60_000);
        var first = acquire(3, 30_000);

        var inspected = caller.post(INSPECT, named);
        assertThat(inspected.status()).isEqualTo(200);
        assertThat(inspected.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(inspected.body())
                .isEqualTo(usage(
                        List.of(first.body().get("expiresAt"), second.body().get("expiresAt"))));
        assertThat(TestServer.otherCaller(server).post(INSPECT, named).body()).containsEntry("inUse", 0);

        assertThat(TestServer.otherCaller(server).post(RESET, named).body()).containsEntry("ended", 0);
        var reset = caller.post(RESET, named);
        assertThat(reset.status()).isEqualTo(200);
        assertThat(reset.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(reset.body()).isEqualTo(Map.of("ended", 2, "degraded", false));
        assertThat(caller.post(RESET, named).body()).containsEntry("ended", 0);
        assertThat(caller.post(EXTEND, extending(leaseId(first), 30_000)).status())
                .isEqualTo(409);
        assertThat((Long) acquire(1, 30_000).body().get("fence"))
                .isGreaterThan((Long) first.body().get("fence"));
    }

    private static Map<String, Object> usage(List<?> ends) {
        return Map.of("inUse", ends.size(), "ends", ends, "degraded", false);
    }

    @Test
    void inspectsLeasesOfAPolicyWithItsLimit() {
        var policy = "/v1/rate-limits/policies/inspected";
        var named = json("{'policy':'inspected','subject':'" + subject + "'}");
        Caller.assertProblem(caller.post(INSPECT, named), 400, "invalid-request");
        caller.call("PUT", policy, json("{'limit':4,'windowSeconds':60}"));
        caller.call("PUT", policy + "/overrides", json("{'subject':'" + subject + "','limit':2}"));
        caller.post(ACQUIRE, json(named.replace("}", ",'leaseMillis':30000}")));

        assertThat(caller.post(INSPECT, named).body()).containsEntry("inUse", 1).containsEntry("limit", 2);
        assertThat(caller.post(RESET, named).body()).containsEntry("ended", 1);
    }

    @Test
    void rejectsAPolicyThatIsNoneForLeases() {
        var body = "{'policy':'%s','subject':'s','leaseMillis':30000}";
        caller.call("PUT", "/v1/rate-limits/policies/none", json("{'limit':0,'windowSeconds':60}"));
        caller.call("PUT", "/v1/rate-limits/policies/too-many", json("{'limit':100001,'windowSeconds':60}"));
        for (var policy : List.of("none", "too-many", "unknown")) {
            var response = caller.post(ACQUIRE, json(body.formatted(policy)));

            Caller.assertProblem(response, 400, "invalid-request");
            assertThat(response.list("errors"))
                    .extracting(error -> error.get("field"))
                    .containsExactly("policy");
        }
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/rate-limits/leases | {} | name subject limit leaseMillis",
                "/v1/rate-limits/leases | {'name':'a b','subject':'s','limit':1,'leaseMillis':1} | name",
                "/v1/rate-limits/leases | {'name':'n','subject':'','limit':1,'leaseMillis':1} | subject",
                "/v1/rate-limits/leases | {'name':'n','subject':'s','limit':0,'leaseMillis':1} | limit",
                "/v1/rate-limits/leases | {'name':'n','subject':'s','limit':100001,'leaseMillis':1} | limit",
                "/v1/rate-limits/leases | {'name':'n','subject':'s','limit':1,'leaseMillis':86400001} | leaseMillis",
                "/v1/rate-limits/leases | {'name':'n','subject':'s','limit':'1','leaseMillis':1.0} | limit leaseMillis",
                "/v1/rate-limits/leases | {'name':'n','subject':'s','limit':1,'leaseMillis':1,'leaseId':'x'} | leaseId",
                "/v1/rate-limits/leases | {'name':'n','subject':'s','limit':1,'leaseMillis':1,'owner':'x'} | owner",
                "/v1/rate-limits/leases | {'name':'n','policy':'n','subject':'s','limit':1,'leaseMillis':1} | name limit",
                "/v1/rate-limits/leases/extend | {'name':'n','policy':'n','subject':'s','leaseId':'AAAAAAAAAAAAAAAAAAAAAA','leaseMillis':1} | name",
                "/v1/rate-limits/leases/extend | {} | name subject leaseId leaseMillis",
                "/v1/rate-limits/leases/extend | {'name':'n','subject':'s','leaseId':'x','leaseMillis':1} | leaseId",
                "/v1/rate-limits/leases/extend | {'name':'n','subject':'s','leaseId':'AAAAAAAAAAAAAAAAAAAAAA','leaseMillis':0} | leaseMillis",
                "/v1/rate-limits/leases/extend | {'name':'n','subject':'s','leaseId':'AAAAAAAAAAAAAAAAAAAAAA','leaseMillis':1,'limit':1} | limit",
                "/v1/rate-limits/leases/release | {} | name subject leaseId",
                "/v1/rate-limits/leases/inspect | {} | name subject",
                "/v1/rate-limits/leases/inspect | {'name':'n','subject':'s','limit':1} | limit",
                "/v1/rate-limits/leases/reset | {'name':'n','policy':'n','subject':''} | name subject",
                "/v1/rate-limits/leases/release | {'name':'n','subject':'s','leaseId':'#AAAAAAAAAAAAAAAAAAAAA'} | leaseId",
                "/v1/rate-limits/leases/release | {'name':'n','subject':'s','leaseId':'AAAAAAAAAAAAAAAAAAAAAA','more':1} | more",
            })
    void reportsEveryViolationWithItsPath(String path, String body, String fields) {
        var response = caller.post(path, json(body));

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactlyInAnyOrder((Object[]) fields.split(" "));
    }

    @Test
    void returnsAGrantWhoseReplyWasLostById() throws IOException {
        try (var wire = FaultProxy.inFrontOf(redis);
                var behind = server("redis://127.0.0.1:" + wire.port(), "closed")) {
            var caller = TestServer.caller(behind);
            assertThat(caller.post(ACQUIRE, acquiring(1, 30_000, null).replace(subject, "another"))
                            .status())
                    .isEqualTo(201);
            wire.swallowNextReply();

            var unknown = caller.post(ACQUIRE, acquiring(1, 30_000, null));

            Caller.assertProblem(unknown, 503, "store-unavailable");
            assertThat(unknown.header("Retry-After")).isEqualTo("1");
            wire.pass();
            wire.cutConnections();
            assertThat(acquire(1, 30_000).status()).as("it was granted").isEqualTo(429);
            await().untilAsserted(() -> {
                var again = caller.post(ACQUIRE, acquiring(1, 30_000, leaseId(unknown)));
                assertThat(again.status()).isEqualTo(201);
                assertThat(again.body()).containsEntry("inUse", 1).containsEntry("leaseId", leaseId(unknown));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void releasesALeaseWhoseCallerHungUpUnlessTheCallerHasItsId(boolean hasId) throws IOException {
        try (var wire = FaultProxy.inFrontOf(redis);
                var behind = server("redis://127.0.0.1:" + wire.port(), "closed")) {
            await().until(() -> TestServer.caller(behind)
                            .post(RELEASE, releasing(UNKNOWN_ID))
                            .status()
                    == 204);
            var body = acquiring(1, 30_000, hasId ? UNKNOWN_ID : null);
            long before = wire.traffic().forwarded("EVALSHA");
            redis.freeze();
            try (var connection = new Socket(InetAddress.getLoopbackAddress(), behind.port())) {
                connection.setSoLinger(true, 0); // The close resets the connection.
                connection.getOutputStream().write("""
                        POST %s HTTP/1.1\r
                        Host: localhost\r
                        X-Api-Key: %s\r
                        Content-Type: application/json\r
                        Content-Length: %d\r
                        \r
                        %s""".formatted(ACQUIRE, TestServer.KEY, body.length(), body)
                        .getBytes(StandardCharsets.US_ASCII));
                await().until(() -> wire.traffic().forwarded("EVALSHA") > before);
            } finally {
                redis.thaw();
            }

            await().until(() -> !((List<?>) redis.cli("KEYS", "gh:*:" + HashTag.of(subject) + "}:lease:*")).isEmpty());
            if (hasId) {
                assertThat(acquire(1, 30_000).status()).isEqualTo(429);
                assertThat(caller.post(ACQUIRE, body).status()).isEqualTo(201);
            } else {
                await().until(() -> acquire(1, 30_000).status() == 201);
            }
        }
    }

    @Test
    void neitherGrantsNorLosesNorReleasesALeaseWithoutRedis() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), "closed")) {
            var caller = TestServer.caller(alone);
            var id = leaseId(caller.post(ACQUIRE, acquiring(1, 30_000, null)));
            gone.kill();

            for (var response : List.of(
                    caller.post(ACQUIRE, acquiring(1, 30_000, null)),
                    caller.post(EXTEND, extending(id, 30_000)),
                    caller.post(RELEASE, releasing(id)),
                    caller.post(INSPECT, json("{'name':'exports','subject':'" + subject + "'}")),
                    caller.post(RESET, json("{'name':'exports','subject':'" + subject + "'}")))) {
                Caller.assertProblem(response, 503, "store-unavailable");
                assertThat(response.header("Retry-After")).isEqualTo("1");
                assertThat((String) response.body().get("detail")).contains("safe to repeat");
            }
        }
    }

    @Test
    void keepsLeasesInMemoryWithoutRedisIfThePolicyIsLocal() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), "local")) {
            var caller = TestServer.caller(alone);
            var onRedis = leaseId(caller.post(ACQUIRE, acquiring(1, 30_000, null)));
            gone.kill();

            var granted = caller.post(ACQUIRE, acquiring(1, 30_000, null));
            assertThat(granted.status()).isEqualTo(201);
            assertThat(granted.body()).containsEntry("degraded", true);
            assertThat(granted.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(caller.post(ACQUIRE, acquiring(1, 30_000, null)).body()).containsEntry("degraded", true);
            assertThat(caller.post(EXTEND, extending(leaseId(granted), 30_000)).body())
                    .containsEntry("degraded", true);
            assertThat(caller.post(EXTEND, extending(onRedis, 30_000)).status())
                    .as("only Redis knows it")
                    .isEqualTo(503);
            var named = json("{'name':'exports','subject':'" + subject + "'}");
            assertThat(caller.post(INSPECT, named).body())
                    .containsEntry("inUse", 1)
                    .containsEntry("degraded", true);
            assertThat(caller.post(RESET, named).status())
                    .as("those on Redis would stay")
                    .isEqualTo(503);
            assertThat(caller.post(RELEASE, releasing(leaseId(granted))).header("Gatehouse-Source"))
                    .isEqualTo("local");

            gone.restart();
            await().until(() ->
                    "redis".equals(caller.post(RELEASE, releasing(UNKNOWN_ID)).header("Gatehouse-Source")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ACQUIRE, EXTEND, RELEASE, INSPECT, RESET})
    void requiresAKey(String path) {
        var response = caller.send(caller.anonymous(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));

        Caller.assertProblem(response, 401, "unauthenticated");
    }

    private CallerResponse acquire(long limit, long millis) {
        return caller.post(ACQUIRE, acquiring(limit, millis, null));
    }

    private String acquiring(long limit, long millis, String id) {
        return "{\"name\":\"exports\",\"subject\":\"%s\",\"limit\":%d,\"leaseMillis\":%d%s}"
                .formatted(subject, limit, millis, id == null ? "" : ",\"leaseId\":\"" + id + "\"");
    }

    private String extending(String id, long millis) {
        return "{\"name\":\"exports\",\"subject\":\"%s\",\"leaseId\":\"%s\",\"leaseMillis\":%d}"
                .formatted(subject, id, millis);
    }

    private String releasing(String id) {
        return "{\"name\":\"exports\",\"subject\":\"%s\",\"leaseId\":\"%s\"}".formatted(subject, id);
    }

    private static String leaseId(CallerResponse response) {
        return (String) response.body().get("leaseId");
    }
}

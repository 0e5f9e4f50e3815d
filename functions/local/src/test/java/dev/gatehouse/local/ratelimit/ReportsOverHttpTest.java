// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.codec.Sha256;
import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Denial lines and audit lines. */
@ResourceLock("LogCapture")
class ReportsOverHttpTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private final String subject = "ada-" + UUID.randomUUID();
    private final String name = "p-" + UUID.randomUUID();
    private final LogCapture log = LogCapture.record();

    @BeforeAll
    static void startServer() throws Exception {
        redis = RedisProcess.start();
        var digest = HexFormat.of().formatHex(Sha256.of(TestServer.KEY.getBytes(StandardCharsets.UTF_8)));
        server = TestServer.start(
                "REDIS_URL", redis.url(), "REDIS_COMMAND_TIMEOUT", "2000", "GATEHOUSE_API_KEYS", "demo/ops=" + digest);
        caller = TestServer.caller(server);
    }

    @AfterAll
    static void stopServer() {
        server.close();
        redis.close();
    }

    @AfterEach
    void noLineHasTheSubject() {
        log.close();
        assertThat(log.text()).doesNotContain(subject);
    }

    private String inline(int limit) {
        return json("{'limits':[{'name':'%s','subject':'%s','limit':%d,'windowSeconds':60}]}"
                .formatted(name, subject, limit));
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private CallerResponse putPolicy(String policy, String body) {
        return caller.call("PUT", "/v1/rate-limits/policies/" + policy, json(body));
    }

    private List<Map<String, Object>> denials() {
        return log.fields("limit.denied").stream()
                .filter(line -> line.get("policy").equals(name))
                .toList();
    }

    private List<Map<String, Object>> audits(String what) {
        return log.fields("audit").stream()
                .filter(line -> line.get("what").toString().startsWith(what))
                .toList();
    }

    private static Map<String, Object> audit(String action, String what, CallerResponse response) {
        return Map.of("action", action, "by", "demo/ops", "what", what, "requestId", response.header("X-Request-Id"));
    }

    @Test
    void logsTheFirstDenialWithItsTrace() {
        caller.check(inline(1));
        var denied = caller.send(caller.request("/v1/rate-limits/check")
                .header("Content-Type", "application/json")
                .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                .POST(BodyPublishers.ofString(inline(1))));
        caller.check(inline(1));

        assertThat(denied.status()).isEqualTo(429);
        assertThat(denials()).singleElement().satisfies(line -> assertThat(line)
                .containsEntry("tenant", "demo")
                .containsEntry("subjectTag", HashTag.of(subject))
                .containsEntry("requestId", denied.header("X-Request-Id"))
                .containsEntry("traceId", TRACE)
                .containsEntry(
                        "retryAfterMillis",
                        ((Number) denied.list("limits").getFirst().get("retryAfterMillis")).longValue()));
    }

    @Test
    void logsOneDenialUnderLoad() throws Exception {
        Threads.together(64, _ -> {
            for (int i = 0; i < 5; i++) {
                caller.check(inline(3));
            }
        });

        assertThat(denials()).hasSize(1);
    }

    @Test
    void logsEachChangeOfAPolicyAndItsOverrides() {
        var path = "/v1/rate-limits/policies/" + name;
        var override = json("{'subject':'%s'}".formatted(subject));
        var what = name + " " + HashTag.of(subject);

        var put = putPolicy(name, "{'limit':3,'windowSeconds':60}");
        var overridden = caller.call("PUT", path + "/overrides", json("{'subject':'%s','limit':9}".formatted(subject)));
        var restored = caller.call("DELETE", path + "/overrides", override);
        caller.call("DELETE", path + "/overrides", override);
        var removed = caller.send(caller.request(path).DELETE());
        caller.send(caller.request(path).DELETE());
        caller.call("PUT", path + "/overrides", json("{'subject':'%s','limit':9}".formatted(subject)));
        putPolicy(name, "{'limit':-3}");

        assertThat(audits(name))
                .containsExactly(
                        audit("policy.put", name, put),
                        audit("override.put", what, overridden),
                        audit("override.delete", what, restored),
                        audit("policy.delete", name, removed));
    }

    @Test
    void logsEachRevocation() {
        var body = json("{'userId':'%s'}".formatted(subject));
        var tag = HashTag.of(subject);
        var token = (String) caller.post("/v1/sessions", body).body().get("token");
        var id = token.substring(0, token.lastIndexOf('.'));

        var revoked = caller.send(caller.request("/v1/sessions/" + id).DELETE());
        var again = caller.send(caller.request("/v1/sessions/" + id).DELETE());
        caller.send(caller.request("/v1/sessions/malformed").DELETE());
        caller.post("/v1/sessions", body);
        var all = caller.post("/v1/sessions/revoke-user", body);
        var allAgain = caller.post("/v1/sessions/revoke-user", body);

        assertThat(audits(tag))
                .containsExactly(
                        audit("session.revoke", id, revoked),
                        audit("session.revoke", id, again),
                        audit("session.revoke-user", tag, all),
                        audit("session.revoke-user", tag, allAgain));
        assertThat(log.text()).doesNotContain(token.substring(token.lastIndexOf('.') + 1));
    }

    @Test
    void logsEachResetOfLeases() {
        var body = json("{'name':'%s','subject':'%s'}".formatted(name, subject));

        var reset = caller.post("/v1/rate-limits/leases/reset", body);
        caller.post("/v1/rate-limits/leases/inspect", body);

        assertThat(audits(name)).containsExactly(audit("lease.reset", name + " " + HashTag.of(subject), reset));
    }

    @Test
    void withoutRedisLogsDenialsOfMemoryAndChangesThatMayHaveBeenMade() throws Exception {
        try (var ownRedis = RedisProcess.start();
                var own = TestServer.start("REDIS_URL", ownRedis.url(), "REDIS_COMMAND_TIMEOUT", "500")) {
            var ownCaller = TestServer.caller(own);
            ownRedis.stop();
            await().until(() -> ownCaller.check(inline(1)).status() == 429);
            assertThat(ownCaller.check(inline(1)).body()).containsEntry("degraded", true);
            ownCaller.send(ownCaller.request("/v1/rate-limits/policies/" + name).DELETE());

            assertThat(denials()).hasSize(1);
            assertThat(audits(name)).singleElement().satisfies(line -> assertThat(line)
                    .containsEntry("action", "policy.delete")
                    .containsEntry("outcome", "unknown"));
        }
    }
}

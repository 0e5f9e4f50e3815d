// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests holds over HTTP. */
class HoldsOverHttpTest {

    private static final String SETTLE = "/v1/rate-limits/settle";

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private String subject;

    @BeforeAll
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        server = server(redis.url(), "local");
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
                "GATEHOUSE_RATE_LIMIT_WHEN_DOWN",
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

    @Test
    void holdsSettlesAndRepeats() {
        var before = Instant.now();
        var held = caller.check(holding(6, ",'holdId':'answer-7'"));

        assertThat(held.status()).isEqualTo(200);
        assertThat(held.body().keySet())
                .containsExactlyInAnyOrder("allowed", "degraded", "limits", "holdId", "holdEndsAt");
        assertThat(held.body()).containsEntry("holdId", "answer-7");
        assertThat(Instant.parse((String) held.body().get("holdEndsAt")))
                .isBetween(before.plusMillis(59_990), Instant.now().plusSeconds(61));
        assertThat(remaining(held)).isEqualTo(4);
        assertThat(caller.check(holding(6, ",'holdId':'answer-7'")).body()).isEqualTo(held.body());

        var settled = caller.post(SETTLE, settling("answer-7", 2));
        assertThat(settled.status()).isEqualTo(200);
        assertThat(settled.body().keySet()).containsExactlyInAnyOrder("degraded", "limits");
        assertThat(settled.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(remaining(settled)).isEqualTo(8);
        assertThat(caller.post(SETTLE, settling("answer-7", 9)).body()).isEqualTo(settled.body());
        assertThat(caller.check(holding(6, ",'holdId':'answer-7'")).body()).isEqualTo(held.body());
        assertThat(remaining(caller.check(checking(0)))).isEqualTo(8);
    }

    @Test
    void makesTheIdAndLetsTheHoldEnd() {
        var held = caller.check(holding(10, "").replace("60000", "300"));
        var id = (String) held.body().get("holdId");
        assertThat(id).matches("[A-Za-z0-9_-]{22}");
        assertThat(caller.check(checking(1)).status()).isEqualTo(429);

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(remaining(caller.check(checking(0))))
                .isEqualTo(10));
        assertThat(caller.check(checking(1)).status())
                .as("the denial is not cached")
                .isEqualTo(200);
        var ended = caller.post(SETTLE, settling(id, 3));
        Caller.assertProblem(ended, 409, "hold-ended");
        assertThat(ended.body()).containsEntry("degraded", false);
        assertThat(ended.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(remaining(caller.check(checking(0)))).isEqualTo(9);
    }

    @Test
    void deniesWithoutAHold() {
        caller.check(checking(8));

        var denied = caller.check(holding(3, ",'holdId':'a'"));

        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.body()).doesNotContainKeys("holdId", "holdEndsAt");
        Caller.assertProblem(caller.post(SETTLE, settling("a", 3)), 409, "hold-ended");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "check | ,'holdMillis':1000} | unsettled",
                "check | ,'holdMillis':0,'unsettled':'keep'} | holdMillis",
                "check | ,'holdMillis':900001,'unsettled':'keep'} | holdMillis",
                "check | ,'holdMillis':1000,'unsettled':'lose'} | unsettled",
                "check | ,'unsettled':'keep','holdId':'a'} | unsettled holdId",
                "check | ,'holdMillis':1000,'unsettled':'keep','holdId':''} | holdId",
                "check | ,'holdMillis':1000,'unsettled':'keep','holdId':'a b'} | holdId",
                "check | ,'holdMillis':1000,'unsettled':'keep','holdIds':'a'} | holdIds",
                "refund | ,'holdMillis':1000,'unsettled':'keep'} | holdMillis",
            })
    void reportsInvalidHolds(String operation, String members, String fields) {
        reports(operation, checking(1).replaceFirst("}$", members), fields);
    }

    @Test
    void reportsInvalidSettlementsAndCosts() {
        reports("check", holding(0, ""), "limits[0].cost");
        reports("settle", settling("", 1), "holdId");
        reports("settle", settling("a", -1), "actual");
        reports("settle", settling("a", 1).replaceFirst("}$", ",'reserved':1}"), "holdId");
    }

    private static void reports(String operation, String body, String fields) {
        var response = caller.post("/v1/rate-limits/" + operation, body.replace('\'', '"'));

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactlyInAnyOrder((Object[]) fields.split(" "));
    }

    @Test
    void repeatsALostReplyAndChargesOnce() throws IOException {
        try (var wire = FaultProxy.inFrontOf(redis);
                var behind = server("redis://127.0.0.1:" + wire.port(), "closed")) {
            var remote = TestServer.caller(behind);
            remote.check(holding(1, ",'holdId':'first'"));
            remote.post(SETTLE, settling("first", 1));
            wire.swallowNextReply();

            var held = untilDecided(remote, "/v1/rate-limits/check", holding(5, ",'holdId':'lost'"));
            assertThat(remaining(held)).isEqualTo(4);
            assertThat(remaining(caller.check(checking(0)))).isEqualTo(4);

            wire.swallowNextReply();
            var settled = untilDecided(remote, SETTLE, settling("lost", 3));
            assertThat(remaining(settled)).isEqualTo(6);
            assertThat(remaining(caller.check(checking(0)))).isEqualTo(6);
        }
    }

    /** Repeats a request that had no decision, as its problem says that it may. */
    private static CallerResponse untilDecided(Caller caller, String path, String body) {
        return await().atMost(Duration.ofSeconds(60)).until(() -> caller.post(path, body), response -> {
            if (response.status() == 503) {
                assertThat((String) response.body().get("detail")).contains("safe to repeat");
            }
            return response.status() == 200;
        });
    }

    @Test
    void withoutRedisReportsTheIdToRepeatWithIfThePolicyIsClosed() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), "closed")) {
            var remote = TestServer.caller(alone);
            gone.kill();

            var held = remote.check(holding(1, ""));
            Caller.assertProblem(held, 503, "store-unavailable");
            assertThat((String) held.body().get("holdId")).hasSize(22);
            assertThat((String) held.body().get("detail")).contains("safe to repeat");
            var settled = remote.post(SETTLE, settling("a", 1));
            Caller.assertProblem(settled, 503, "store-unavailable");
            assertThat((String) settled.body().get("detail")).contains("safe to repeat");
        }
    }

    @Test
    void withoutRedisMemorySettlesItsOwnHoldsOnly() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), "local")) {
            var remote = TestServer.caller(alone);
            remote.check(holding(2, ",'holdId':'redis'"));
            gone.kill();

            var held = remote.check(holding(6, ",'holdId':'memory'"));
            assertThat(held.body()).containsEntry("degraded", true).containsEntry("holdId", "memory");
            var settled = remote.post(SETTLE, settling("memory", 1));
            assertThat(settled.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(remaining(settled)).isEqualTo(9);
            Caller.assertProblem(remote.post(SETTLE, settling("redis", 1)), 503, "store-unavailable");
        }
    }

    @Test
    void separatesTenants() {
        caller.check(holding(4, ",'holdId':'a'"));

        Caller.assertProblem(TestServer.otherCaller(server).post(SETTLE, settling("a", 0)), 409, "hold-ended");
        assertThat(remaining(caller.check(checking(0)))).isEqualTo(6);
    }

    private String checking(long cost) {
        return "{'limits':[{'name':'work','subject':'%s','limit':10,'windowSeconds':1000,'cost':%d}]}"
                .formatted(subject, cost)
                .replace('\'', '"');
    }

    private String holding(long cost, String members) {
        return checking(cost)
                .replaceFirst("}$", ",'holdMillis':60000,'unsettled':'return'" + members + "}")
                .replace('\'', '"');
    }

    private String settling(String holdId, long actual) {
        return "{'name':'work','subject':'%s','limit':10,'windowSeconds':1000,'holdId':'%s','actual':%d}"
                .formatted(subject, holdId, actual)
                .replace('\'', '"');
    }

    private static int remaining(CallerResponse response) {
        return (int) response.list("limits").getFirst().get("remaining");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests refunds, settlements and resets over HTTP. */
class CorrectionsOverHttpTest {

    private static final String REFUND = "/v1/rate-limits/refund";
    private static final String SETTLE = "/v1/rate-limits/settle";
    private static final String RESET = "/v1/rate-limits/reset";

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
    void refundsWhatWasCharged() {
        caller.check(checking(7));
        assertThat(caller.check(checking(5)).status()).isEqualTo(429);

        var response = caller.post(REFUND, checking(3));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body().keySet()).containsExactlyInAnyOrder("degraded", "limits");
        assertThat(response.body()).containsEntry("degraded", false);
        assertThat(response.list("limits").getFirst())
                .containsEntry("policy", "work")
                .containsEntry("subject", subject)
                .containsEntry("allowed", true)
                .containsEntry("limit", 10)
                .containsEntry("remaining", 6)
                .containsEntry("retryAfterMillis", 0);
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(caller.check(checking(5)).status())
                .as("the denial is not cached")
                .isEqualTo(200);
    }

    @Test
    void refundsNoMoreThanIsUsed() {
        caller.check(checking(2));

        assertThat(remaining(caller.post(REFUND, checking(9)))).isEqualTo(10);
        assertThat(remaining(caller.check(checking(0)))).isEqualTo(10);
    }

    @Test
    void settlesAHigherCostAsADebt() {
        caller.check(checking(10));

        var response = caller.post(SETTLE, settling(10, 25));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body().keySet()).containsExactlyInAnyOrder("degraded", "limits");
        assertThat(response.list("limits")).hasSize(1);
        assertThat(response.list("limits").getFirst())
                .containsEntry("policy", "work")
                .containsEntry("subject", subject)
                .containsEntry("remaining", 0);
        var denied = caller.check(checking(1));
        assertThat(denied.status()).isEqualTo(429);
        assertThat(Integer.parseInt(denied.header("Retry-After")))
                .as("15 units of debt and one more, at 10 in 1000 seconds")
                .isBetween(1_500, 1_600);
    }

    @Test
    void settlesALowerCostAsARefund() {
        caller.check(checking(10));

        assertThat(remaining(caller.post(SETTLE, settling(10, 4)))).isEqualTo(6);
        assertThat(remaining(caller.post(SETTLE, settling(4, 4)))).isEqualTo(6);
    }

    @Test
    void resetsUseAndDebts() {
        caller.check(checking(10));
        caller.post(SETTLE, settling(10, 1_000));
        assertThat(caller.check(checking(10)).status()).isEqualTo(429);

        for (int time = 0; time < 2; time++) {
            var response = caller.post(RESET, resetting());
            assertThat(response.status()).isEqualTo(204);
            assertThat(response.text()).isEmpty();
            assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        }

        assertThat(remaining(caller.check(checking(10)))).isEqualTo(0);
    }

    @Test
    void resetsAWholeLimit() {
        caller.check(checking(10));

        assertThat(caller.post(RESET, resetting().replace("}", ",\"limit\":10,\"windowSeconds\":1000}"))
                        .status())
                .isEqualTo(204);

        assertThat(caller.check(checking(10)).status()).isEqualTo(200);
    }

    @Test
    void separatesTenants() {
        caller.check(checking(10));
        var other = TestServer.otherCaller(server);

        other.post(RESET, resetting());
        other.post(REFUND, checking(10));
        other.post(SETTLE, settling(10, 0));

        assertThat(caller.check(checking(1)).status()).isEqualTo(429);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "refund | {} | limits",
                "refund | {'limits':[]} | limits",
                "refund | {'limits':[{'policy':'p','subject':'s','cost':-1}]} | limits[0].cost",
                "refund | {'limits':[{'policy':'p','subject':'s'}]} | limits[0].policy",
                "settle | {} | name limit windowSeconds subject reserved actual",
                "settle | {'name':'n','subject':'s','limit':1,'windowSeconds':1,'reserved':-1,'actual':1} | reserved",
                "settle | {'name':'n','subject':'s','limit':1,'windowSeconds':1,'reserved':1,'actual':1000000001} | actual",
                "settle | {'name':'n','subject':'','limit':1,'windowSeconds':1,'reserved':1,'actual':1} | subject",
                "settle | {'name':'n','subject':'s','limit':1,'windowSeconds':1,'reserved':1,'actual':1,'cost':1} | cost",
                "settle | {'policy':'p','subject':'s','reserved':1,'actual':1} | policy",
                "reset | {} | name subject",
                "reset | {'name':'a b','subject':'s'} | name",
                "reset | {'name':'n','subject':''} | subject",
                "reset | {'name':'n','policy':'p','subject':'s'} | name",
                "reset | {'name':'n','subject':'s','limit':1} | windowSeconds",
                "reset | {'policy':'p','subject':'s'} | policy",
                "reset | {'name':'n','subject':'s','cost':1} | cost",
            })
    void reportsEveryViolationWithItsPath(String operation, String body, String fields) {
        var response = caller.post("/v1/rate-limits/" + operation, body.replace('\'', '"'));

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactlyInAnyOrder((Object[]) fields.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {REFUND, SETTLE, RESET})
    void requiresAKey(String path) {
        var response = caller.send(caller.anonymous(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));

        Caller.assertProblem(response, 401, "unauthenticated");
    }

    @ParameterizedTest
    @CsvSource({"local", "open"})
    void appliesThePolicyToCorrectionsButNotToResetsWithoutRedis(String whenDown) throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), whenDown)) {
            var caller = TestServer.caller(alone);
            gone.kill();
            caller.check(checking(8));

            var refunded = caller.post(REFUND, checking(3));
            var settled = caller.post(SETTLE, settling(5, 6));

            for (var response : new CallerResponse[] {refunded, settled}) {
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).containsEntry("degraded", true);
                assertThat(response.header("Gatehouse-Source")).isEqualTo("local");
            }
            assertThat(remaining(refunded)).isEqualTo(whenDown.equals("local") ? 5 : 10);
            assertThat(remaining(settled)).isEqualTo(whenDown.equals("local") ? 4 : 10);
            var reset = caller.post(RESET, resetting());
            Caller.assertProblem(reset, 503, "store-unavailable");
            assertThat((String) reset.body().get("detail")).contains("safe to repeat");
        }
    }

    @Test
    void neverReportsALostReplyAsSafeToRepeat() throws IOException {
        try (var wire = FaultProxy.inFrontOf(redis);
                var behind = server("redis://127.0.0.1:" + wire.port(), "closed")) {
            var caller = TestServer.caller(behind);
            caller.check(checking(10));
            // Otherwise the lost reply would be NOSCRIPT.
            caller.post(REFUND, checking(1).replace(subject, "another"));
            wire.swallowNextReply();

            var refund = caller.post(REFUND, checking(4));

            assertThat(refund.status()).isEqualTo(503);
            assertThat(remaining(CorrectionsOverHttpTest.caller.check(checking(0))))
                    .as("Redis did it")
                    .isGreaterThanOrEqualTo(4);
            wire.cutConnections();
            var settle = caller.post(SETTLE, settling(4, 1));
            var check = caller.check(checking(1));
            for (var response : new CallerResponse[] {refund, settle, check}) {
                if (response.status() != 200) {
                    Caller.assertProblem(response, 503, "store-unavailable");
                    assertThat(response.header("Retry-After")).isEqualTo("1");
                    assertThat((String) response.body().get("detail")).doesNotContain("safe");
                }
            }
        }
    }

    @Test
    void correctsNothingWithoutRedisIfThePolicyIsClosed() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), "closed")) {
            var caller = TestServer.caller(alone);
            gone.kill();

            for (var response : new CallerResponse[] {
                caller.check(checking(1)), caller.post(REFUND, checking(1)), caller.post(SETTLE, settling(1, 2))
            }) {
                Caller.assertProblem(response, 503, "store-unavailable");
                assertThat((String) response.body().get("detail")).doesNotContain("safe");
            }
        }
    }

    private String checking(long cost) {
        return "{\"limits\":[{\"name\":\"work\",\"subject\":\"%s\",\"limit\":10,\"windowSeconds\":1000,\"cost\":%d}]}"
                .formatted(subject, cost);
    }

    private String settling(long reserved, long actual) {
        return "{\"name\":\"work\",\"subject\":\"%s\",\"limit\":10,\"windowSeconds\":1000,\"reserved\":%d,\"actual\":%d}"
                .formatted(subject, reserved, actual);
    }

    private String resetting() {
        return "{\"name\":\"work\",\"subject\":\"%s\"}".formatted(subject);
    }

    private static int remaining(CallerResponse response) {
        return (int) response.list("limits").getFirst().get("remaining");
    }
}

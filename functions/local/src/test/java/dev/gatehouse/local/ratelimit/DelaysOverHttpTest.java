// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests waits and lock-outs over HTTP, on Redis and in memory. */
class DelaysOverHttpTest {

    /** One a minute. */
    private static final String ONE = "{'name':'one','subject':'%s','limit':1,'windowSeconds':60}";

    private static RedisProcess redis;
    private static Server onRedis;
    private static Server inMemory;

    private Caller caller;
    private String subject;

    @BeforeAll
    static void startTheServers() throws IOException {
        redis = RedisProcess.start();
        onRedis = TestServer.start(
                "REDIS_URL", redis.url(), "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000");
        inMemory = TestServer.start("ENABLE_REDIS", "false");
    }

    @AfterAll
    static void stopThem() {
        onRedis.close();
        inMemory.close();
        redis.close();
    }

    @BeforeEach
    void newSubject() {
        caller = TestServer.caller(onRedis);
        subject = UUID.randomUUID().toString();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void chargesARequestNowThatMayWaitForItsUnits(boolean redis) {
        caller = TestServer.caller(redis ? onRedis : inMemory);
        assertThat(check("'maxWaitMillis':900000", ONE).body()).containsEntry("waitMillis", 0);
        for (int turn = 1; turn <= 3; turn++) {
            var response = check("'maxWaitMillis':900000", ONE);

            assertThat(response.status()).as(response.text()).isEqualTo(200);
            assertThat(response.body()).containsEntry("allowed", true).containsEntry("degraded", !redis);
            assertThat(number(response.body(), "waitMillis")).isBetween(turn * 60_000L - 15_000, turn * 60_000L);
            assertThat(limit(response))
                    .containsEntry("allowed", true)
                    .containsEntry("remaining", 0)
                    .containsEntry("retryAfterMillis", 0)
                    .containsEntry("waitMillis", response.body().get("waitMillis"));
            assertThat(number(limit(response), "resetAfterMillis"))
                    .isBetween((turn + 1) * 60_000L - 15_000, (turn + 1) * 60_000L);
            assertThat(response.header("RateLimit")).startsWith("\"one\";r=0;t=");
            assertThat(response.header("X-RateLimit-Remaining")).isEqualTo("0");
            assertThat(response.header("Retry-After")).isNull();
        }
    }

    @Test
    void deniesARequestThatWouldWaitLonger() {
        check("'mode':'all'", ONE);

        var response = check("'maxWaitMillis':20000", ONE);

        assertThat(response.status()).isEqualTo(429);
        assertThat(response.body()).doesNotContainKeys("waitMillis", "blocked");
        assertThat(limit(response)).doesNotContainKeys("waitMillis", "blocked");
        assertThat(number(limit(response), "retryAfterMillis")).isBetween(25_000L, 40_000L);
        assertThat(check("'maxWaitMillis':60000", ONE).status())
                .as("the denial is not cached for a longer wait")
                .isEqualTo(200);
    }

    @Test
    void leavesWaitMillisOutUnlessAsked() {
        assertThat(check("'mode':'all'", ONE).body()).containsOnlyKeys("allowed", "degraded", "limits");
        assertThat(limit(check("'mode':'each'", ONE))).doesNotContainKey("waitMillis");
        assertThat(check("'mode':'each','maxWaitMillis':0", ONE).body()).containsEntry("waitMillis", 0);
    }

    @Test
    void reportsTheWaitOfEachLimit() {
        var hourly = "{'name':'hourly','subject':'%s','limit':1,'windowSeconds':3600}";
        check("'mode':'all'", ONE, hourly);

        var response = check("'mode':'each','maxWaitMillis':60000", ONE, hourly);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).containsEntry("allowed", false);
        assertThat(number(response.body(), "waitMillis")).isBetween(45_000L, 60_000L);
        assertThat(number(limit(response), "waitMillis")).isBetween(45_000L, 60_000L);
        assertThat(response.list("limits").getLast())
                .containsEntry("allowed", false)
                .doesNotContainKey("waitMillis");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "-1 | 'limit':1,'windowSeconds':60",
                "900001 | 'limit':1,'windowSeconds':60",
                "'long' | 'limit':1,'windowSeconds':60",
                "1 | 'algorithm':'sliding-window','limit':1,'windowSeconds':60",
                "1 | 'algorithm':'fixed-window','limit':1,'period':'week'",
            })
    void rejectsAWaitThatNoLimitAdmits(String maxWait, String quota) {
        var response = check("'maxWaitMillis':" + maxWait, "{'name':'one','subject':'%s'," + quota + "}");

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly("maxWaitMillis");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void locksASubjectOutWithTheFirstDenial(boolean redis) {
        caller = TestServer.caller(redis ? onRedis : inMemory);
        var blocking = "{'name':'one','subject':'%s','limit':1,'windowSeconds':1,'blockSeconds':600}";
        check("'mode':'all'", blocking);
        for (int again = 0; again < 3; again++) {
            var response = check("'mode':'all'", blocking);

            assertThat(response.status()).isEqualTo(429);
            assertThat(response.body()).containsEntry("blocked", true).containsEntry("degraded", !redis);
            assertThat(limit(response))
                    .containsEntry("blocked", true)
                    .containsEntry("allowed", false)
                    .containsEntry("remaining", 0);
            assertThat(Long.parseLong(response.header("Retry-After"))).isBetween(585L, 600L);
            assertThat(response.header("RateLimit")).startsWith("\"one\";r=0;t=");
        }
        var look = check("'mode':'all'", blocking.replace("'limit'", "'cost':0,'limit'"));
        assertThat(look.status()).isEqualTo(200);
        assertThat(limit(look)).containsEntry("allowed", true).containsEntry("blocked", true);
        assertThat(number(limit(look), "resetAfterMillis")).isBetween(585_000L, 600_000L);

        assertThat(caller.post("/v1/rate-limits/refund", body("'mode':'all'", blocking))
                        .status())
                .isEqualTo(200);
        assertThat(check("'mode':'all'", blocking).status()).isEqualTo(429);
        var reset = caller.post(
                "/v1/rate-limits/reset",
                "{'name':'one','subject':'%s'}".formatted(subject).replace('\'', '"'));
        assertThat(reset.status()).isEqualTo(204);
        assertThat(check("'mode':'all'", blocking).status()).isEqualTo(200);
    }

    @Test
    void onlyTheLimitThatDeniedIsBlocked() {
        var blocking = "{'name':'free','subject':'%s','limit':1,'windowSeconds':1,'blockSeconds':600}";
        check("'mode':'all'", ONE);

        var response = check("'mode':'all'", blocking, ONE);

        assertThat(response.status()).isEqualTo(429);
        assertThat(response.body()).doesNotContainKey("blocked");
        assertThat(response.list("limits"))
                .allSatisfy(limit -> assertThat(limit).doesNotContainKey("blocked"));
        assertThat(check("'mode':'all'", blocking).status()).isEqualTo(200);
    }

    private CallerResponse check(String members, String... limits) {
        return caller.check(body(members, limits));
    }

    private String body(String members, String... limits) {
        return "{%s,'limits':[%s]}"
                .formatted(members, String.join(",", List.of(limits)).replace("%s", subject))
                .replace('\'', '"');
    }

    private static Map<String, Object> limit(CallerResponse response) {
        return response.list("limits").getFirst();
    }

    private static long number(Map<String, Object> members, String name) {
        return ((Number) members.get(name)).longValue();
    }
}

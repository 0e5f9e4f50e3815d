// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckOverHttpTest {

    private static final String FIRST = "{\"name\":\"first\",\"subject\":\"s\",\"limit\":1000,\"windowSeconds\":1}";

    private static Server server;
    private static Caller caller;

    private String subject;

    @BeforeAll
    static void startTheServer() throws IOException {
        server = TestServer.start();
        caller = TestServer.caller(server);
        // The first check loads the driver, which may exceed the time of a decision on a busy machine.
        await().until(() ->
                "redis".equals(caller.check("{\"limits\":[" + FIRST + "]}").header("Gatehouse-Source")));
    }

    @AfterAll
    static void stopIt() {
        server.close();
    }

    @BeforeEach
    void newSubject() {
        subject = UUID.randomUUID().toString();
    }

    @Test
    void admitsALimitWithRoom() {
        var response = caller.check(checking(limit("api", 100, 60, "")));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).containsEntry("allowed", true).containsEntry("degraded", false);
        assertThat(response.list("limits").getFirst())
                .containsEntry("policy", "api")
                .containsEntry("subject", subject)
                .containsEntry("allowed", true)
                .containsEntry("limit", 100)
                .containsEntry("remaining", 99)
                .containsEntry("retryAfterMillis", 0)
                .containsEntry("resetAfterMillis", 600);
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(response.header("RateLimit-Policy")).isEqualTo("\"api\";q=100;w=60");
        assertThat(response.header("RateLimit")).isEqualTo("\"api\";r=99;t=1");
        assertThat(response.header("X-RateLimit-Limit")).isEqualTo("100");
        assertThat(response.header("X-RateLimit-Remaining")).isEqualTo("99");
        assertThat(response.header("X-RateLimit-Reset")).isEqualTo("1");
    }

    @Test
    void deniesALimitWithoutRoom() {
        caller.check(checking(limit("mail", 1, 3600, "")));

        var response = caller.check(checking(limit("mail", 1, 3600, ""), limit("api", 10, 60, "")));

        assertThat(response.status()).isEqualTo(429);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(response.header("Retry-After")).matches("3600|359.");
        assertThat(response.header("RateLimit")).matches("\"mail\";r=0;t=(3600|359.), \"api\";r=10;t=0");
        assertThat(response.header("X-RateLimit-Limit")).isEqualTo("1");
        assertThat(response.body())
                .containsEntry("type", "https://iana.org/assignments/http-problem-types#quota-exceeded")
                .containsEntry("status", 429)
                .containsEntry("violated-policies", List.of("mail"))
                .containsEntry("allowed", false)
                .containsEntry("degraded", false);
        assertThat(response.list("limits"))
                .extracting(limit -> limit.get("allowed"))
                .containsExactly(false, true);
        assertThat(response.list("limits").get(1)).as("nothing was charged").containsEntry("remaining", 10);
    }

    @Test
    void eachLimitAloneIsAlways200() {
        caller.check(checking(limit("mail", 1, 3600, "")));

        var response = caller.check(
                "{\"mode\":\"each\",\"limits\":[" + limit("mail", 1, 3600, "") + "," + limit("api", 10, 60, "") + "]}");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).containsEntry("allowed", false);
        assertThat(response.list("limits").get(1)).containsEntry("remaining", 9);
    }

    @Test
    void returnsNoRetryAfterForACostThatNeverFits() {
        var response = caller.check(checking(limit("api", 5, 60, ",\"cost\":6")));

        assertThat(response.status()).isEqualTo(429);
        assertThat(response.header("Retry-After")).isNull();
        assertThat(response.list("limits").getFirst()).containsEntry("retryAfterMillis", null);
    }

    @Test
    void onlyReadsWithACostOfZero() {
        for (int i = 0; i < 3; i++) {
            var response =
                    caller.check(checking(limit("api", 5, 60, ",\"cost\":0,\"burst\":5,\"algorithm\":\"gcra\"")));
            assertThat(response.list("limits").getFirst()).containsEntry("remaining", 5);
        }
    }

    @Test
    void reportsEveryViolationWithItsPath() {
        var response =
                caller.check("{\"mode\":\"any\",\"more\":1,\"limits\":[{\"name\":\"a b\",\"subject\":\"s\",\"limit\":1,"
                        + "\"windowSeconds\":1},{\"name\":\"n\",\"subject\":5,\"limit\":\"5\",\"windowSeconds\":1.0,\"cost\":true},"
                        + "{\"policy\":\"p\",\"name\":\"n\",\"subject\":\"s\",\"burst\":1},{\"name\":\"n\",\"subject\":\"s\",\"limit\":1,\"windowSeconds\":1,"
                        + "\"algorithm\":\"leaky\",\"cost\":-1}]}");

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .contains(
                        "limits[0].name",
                        "limits[1].subject",
                        "limits[1].limit",
                        "limits[1].windowSeconds",
                        "limits[1].cost",
                        "limits[2].name",
                        "limits[2].burst",
                        "limits[3].algorithm",
                        "mode",
                        "more");
    }

    @Test
    void countsTheLengthOfASubjectInCharacters() {
        var beyondThePlane = "\uD83D\uDE00";
        assertThat(caller.check(checking(limit("emoji", 5, 60, "").replace(subject, beyondThePlane.repeat(512))))
                        .status())
                .isEqualTo(200);
        assertThat(caller.check(checking(limit("emoji", 5, 60, "").replace(subject, beyondThePlane.repeat(513))))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void rejectsARepeatedLimit() {
        var response = caller.check(checking(limit("api", 5, 60, ""), limit("api", 6, 60, "")));

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .containsExactly(
                        Map.of("field", "limits", "message", "must not name the same limit and subject twice"));
    }

    @Test
    void separatesTenants() throws IOException {
        try (var shared = TestServer.start("ENABLE_REDIS", "false")) {
            var body = checking(limit("api", 1, 60, ""));
            assertThat(TestServer.otherCaller(shared).check(body).status()).isEqualTo(200);
            assertThat(TestServer.otherCaller(shared).check(body).status()).isEqualTo(429);
            assertThat(TestServer.caller(shared).check(body).status()).isEqualTo(200);
        }
    }

    private String limit(String name, long limit, long windowSeconds, String more) {
        return "{\"name\":\"%s\",\"subject\":\"%s\",\"limit\":%d,\"windowSeconds\":%d%s}"
                .formatted(name, subject, limit, windowSeconds, more);
    }

    private static String checking(String... limits) {
        return "{\"limits\":[" + String.join(",", limits) + "]}";
    }
}

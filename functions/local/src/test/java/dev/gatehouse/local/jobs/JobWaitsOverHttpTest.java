// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Takes that wait for a job, and jobs while Redis is down. */
class JobWaitsOverHttpTest {

    private static final Duration RECOVERY = Duration.ofSeconds(20);

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    @BeforeAll
    static void start() throws IOException {
        redis = RedisProcess.start();
        server = TestServer.start("REDIS_URL", redis.url());
        caller = TestServer.caller(server);
    }

    @AfterAll
    static void stop() {
        server.close();
        redis.close();
    }

    private static CallerResponse post(String operation, String json) {
        return caller.post("/v1/jobs/" + operation, json.replace('\'', '"'));
    }

    @Test
    void aTakeWaitsForAJob() throws Exception {
        long before = redis.calls("evalsha");
        var waiting = CompletableFuture.supplyAsync(() -> post("take", "{'queue':'waits','waitMillis':15000}"));
        await().until(() -> redis.calls("evalsha") > before);

        post("enqueue", "{'queue':'waits','id':'a','payload':1}");

        assertThat(waiting.get().list("jobs")).extracting(job -> job.get("id")).containsExactly("a");
    }

    @Test
    void aTakeWaitsForTheDueTimeOfAJob() {
        post("enqueue", "{'queue':'delays','id':'a','payload':1,'delayMillis':1500}");

        var taken = post("take", "{'queue':'delays','waitMillis':15000}");

        assertThat(taken.list("jobs")).extracting(job -> job.get("id")).containsExactly("a");
    }

    @Test
    void aTakeThatWaitsInVainHasNoJobs() {
        var taken = post("take", "{'queue':'nothing','waitMillis':200}");

        assertThat(taken.status()).isEqualTo(200);
        assertThat(taken.body()).containsEntry("jobs", List.of()).containsEntry("nextDueAt", null);
    }

    @Test
    void jobsOfATakerThatHungUpAreGivenBack() throws Exception {
        var body = "{\"queue\":\"hung-up\",\"waitMillis\":15000,\"leaseMillis\":3600000}";
        long before = redis.calls("evalsha");
        try (var connection = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            var request = "POST /v1/jobs/take HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: %s\r\n"
                    + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s";
            connection
                    .getOutputStream()
                    .write(request.formatted(TestServer.KEY, body.length(), body)
                            .getBytes(StandardCharsets.US_ASCII));
            await().until(() -> redis.calls("evalsha") > before);
        }

        post("enqueue", "{'queue':'hung-up','id':'a','payload':1}");

        await().atMost(RECOVERY).untilAsserted(() -> assertThat(
                        post("take", "{'queue':'hung-up'}").list("jobs"))
                .extracting(job -> job.get("attempt"))
                .containsExactly(1));
    }

    @Test
    void withoutRedisEveryOperationNamesWhatToRepeatWith() throws IOException {
        try (var redis = RedisProcess.start();
                var server = TestServer.start("REDIS_URL", redis.url())) {
            var caller = TestServer.caller(server);
            redis.stop();
            var lease = "'queue':'q','id':'a','lease':'l'";

            var enqueued = call(caller, "enqueue", "{'queue':'q','payload':1}", 503);
            assertThat((String) enqueued.body().get("id")).matches("~[A-Za-z0-9_-]{22}");
            assertThat(call(caller, "enqueue", "{'queue':'q','id':'a','payload':1}", 503)
                            .body())
                    .containsEntry("id", "a")
                    .containsKey("requestId");
            assertThat(call(caller, "take", "{'queue':'q','requestId':'r','waitMillis':100}", 503)
                            .body())
                    .containsEntry("requestId", "r");
            for (var operation : List.of("complete", "fail", "extend", "give-back")) {
                assertThat(call(caller, operation, "{" + lease + "}", 503).body())
                        .containsEntry("id", "a")
                        .containsEntry("lease", "l");
                assertThat(call(caller, operation, "{'queue':'q','jobs':[{'id':'a','lease':'l'}]}", 503)
                                .list("jobs"))
                        .hasSize(1);
            }
            assertThat(call(caller, "cancel", "{'queue':'q','id':'a'}", 503).body())
                    .containsEntry("id", "a");
            call(caller, "inspect", "{'queue':'q','id':'a'}", 503);
            call(caller, "dead", "{'queue':'q'}", 503);
            call(caller, "redrive", "{'queue':'q','ids':['a']}", 503);
            call(caller, "counts", "{'queue':'q'}", 503);
            call(caller, "leave", "{'queue':'q','drainer':'d'}", 503);

            redis.restart();

            await().atMost(RECOVERY)
                    .until(() -> post(caller, "counts", "{'queue':'q'}").status() == 200);
            var repeated = "{'queue':'q','payload':1,'id':'%s','requestId':'%s'}"
                    .formatted(enqueued.body().get("id"), enqueued.body().get("requestId"));
            call(caller, "enqueue", repeated, 201);
            assertThat(call(caller, "counts", "{'queue':'q'}", 200).body())
                    .as("nothing was kept in memory")
                    .containsEntry("due", 1);
        }
    }

    private static CallerResponse call(Caller caller, String operation, String json, int status) {
        var response = post(caller, operation, json);
        assertThat(response.status()).as(operation + response.text()).isEqualTo(status);
        if (status == 503) {
            assertThat(response.header("Retry-After")).isNotNull();
            assertThat(response.body()).containsEntry("type", "urn:gatehouse:problem:store-unavailable");
        }
        return response;
    }

    private static CallerResponse post(Caller caller, String operation, String json) {
        return caller.post("/v1/jobs/" + operation, json.replace('\'', '"'));
    }
}

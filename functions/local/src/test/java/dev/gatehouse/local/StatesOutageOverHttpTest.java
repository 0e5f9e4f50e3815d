// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The routes of workflow states while Redis is stopped, and afterwards. */
class StatesOutageOverHttpTest {

    private static final Duration RECOVERY = Duration.ofSeconds(10);

    @Test
    void readsAreDegradedAndWritesAreClosedAndSafeToRepeat() throws IOException {
        try (var redis = RedisProcess.start();
                var server = TestServer.start("REDIS_URL", redis.url())) {
            var caller = TestServer.caller(server);
            var seen = save(caller, "seen", "'absent'", "first").body();
            redis.stop();

            var read = post(caller, "read", "{'id':'seen'}");
            assertThat(read.status()).isEqualTo(200);
            assertThat(read.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(read.body())
                    .containsEntry("degraded", true)
                    .containsEntry("version", seen.get("version"))
                    .containsEntry("value", Map.of("step", 1));
            assertThat(post(caller, "read", "{'id':'unseen'}").status()).isEqualTo(503);
            var write = post(caller, "save", "{'id':'seen','expect':'any','value':{}}");
            assertThat(write.status()).isEqualTo(503);
            assertThat(write.header("Retry-After")).isNotNull();
            assertThat((String) write.body().get("saveId")).matches("[A-Za-z0-9_-]{22}");
            assertThat(post(caller, "claim", "{'id':'seen'}").body()).containsKey("owner");
            for (var call : List.of(
                    "claim {'id':'seen'}",
                    "claim/extend {'id':'seen','fence':1,'leaseMillis':1}",
                    "claim/release {'id':'seen','fence':1}",
                    "merge {'id':'seen','expect':'any','members':{}}",
                    "save-all {'group':'g','saves':[{'id':'a','expect':'any','value':{}}]}",
                    "delete {'id':'seen','expect':'any'}",
                    "list {'group':'g'}")) {
                var parts = call.split(" ");
                var closed = post(caller, parts[0], parts[1]);
                assertThat(closed.status()).as(call).isEqualTo(503);
                assertThat(closed.header("Retry-After")).as(call).isNotNull();
                assertThat(closed.body()).containsEntry("type", "urn:gatehouse:problem:store-unavailable");
            }

            redis.restart();
            await().atMost(RECOVERY)
                    .until(() ->
                            save(caller, "seen", "'any'", (String) write.body().get("saveId"))
                                            .status()
                                    < 300);
        }
    }

    @Test
    void anInvalidSettingNamesItself() {
        for (var setting : new String[] {
            "GATEHOUSE_STATE_READS_WHEN_DOWN",
            "GATEHOUSE_STATE_WRITES_WHEN_DOWN",
            "GATEHOUSE_STATES_ON_RECOVERY",
            "WORKFLOW_STATE_TTL"
        }) {
            assertThatThrownBy(() -> TestServer.start(setting, "open")).hasStackTraceContaining(setting);
        }
    }

    @Test
    void statesInMemoryAreOfferedToRedis() throws IOException {
        try (var redis = RedisProcess.start();
                var server = TestServer.start(
                        "REDIS_URL", redis.url(),
                        "GATEHOUSE_STATE_WRITES_WHEN_DOWN", "local",
                        "GATEHOUSE_STATES_ON_RECOVERY", "offer")) {
            var caller = TestServer.caller(server);
            redis.stop();
            var saved = save(caller, "offered", "'absent'", "first");
            assertThat(saved.status()).isEqualTo(201);
            assertThat(saved.body()).containsEntry("degraded", true);

            redis.restart();

            await().atMost(RECOVERY).untilAsserted(() -> {
                var read = post(caller, "read", "{'id':'offered'}");
                assertThat(read.body()).containsEntry("degraded", false).containsEntry("value", Map.of("step", 1));
            });
        }
    }

    @Test
    void newStatesLiveAsConfiguredWithAndWithoutRedis() throws IOException {
        try (var redis = RedisProcess.start();
                var server = TestServer.start(
                        "REDIS_URL", redis.url(),
                        "GATEHOUSE_STATE_WRITES_WHEN_DOWN", "local",
                        "WORKFLOW_STATE_TTL", "600")) {
            var caller = TestServer.caller(server);
            livesForTenMinutes(save(caller, "on-redis", "'absent'", "first"));
            redis.stop();
            livesForTenMinutes(save(caller, "in-memory", "'absent'", "first"));
        }
    }

    private static void livesForTenMinutes(CallerResponse saved) {
        assertThat(saved.status()).isEqualTo(201);
        var expires = Instant.parse((String) saved.body().get("expiresAt"));
        assertThat(Duration.between(Instant.now(), expires)).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(11));
    }

    private static CallerResponse save(Caller caller, String id, String expect, String saveId) {
        return post(
                caller,
                "save",
                "{'id':'%s','expect':%s,'saveId':'%s','value':{'step':1}}".formatted(id, expect, saveId));
    }

    private static CallerResponse post(Caller caller, String operation, String json) {
        return caller.post("/v1/states/" + operation, json.replace('\'', '"'));
    }
}

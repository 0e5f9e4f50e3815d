// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Verifies that no log, key name or record of Redis opens a session. */
@ResourceLock("LogCapture")
class SessionSecretsTest {

    private static final String SESSIONS = "/v1/sessions";
    private static final String BODY =
            "{\"userId\":\"ada-%1$s\",\"attributes\":{\"name\":\"byron-%1$s\"},\"device\":{\"name\":\"phone-%1$s\"}}";

    /** Sends valid and invalid requests, with and without Redis. */
    @Test
    void logsNoTokenUserOrAttribute() throws Exception {
        try (var redis = RedisProcess.start();
                var log = LogCapture.record();
                var server = TestServer.start("REDIS_COMMAND_TIMEOUT", "2000", "REDIS_URL", redis.url())) {
            var caller = TestServer.caller(server);
            var marks = "m4rk";
            var created = caller.post(SESSIONS, BODY.formatted(marks));
            var token = (String) created.body().get("token");
            var id = token.substring(0, token.lastIndexOf('.'));
            var rotated = (String) everything(caller, token, id, marks).get("token");
            caller.post(SESSIONS, BODY.formatted(marks).replace(":{", ":{{"));
            caller.post(SESSIONS, BODY.formatted(marks).replace("\"}", "\",\"" + marks + "\":1}"));
            caller.post(SESSIONS + "/lookup", "{\"token\":\"%s\",\"touch\":7}".formatted(token));
            redis.cli("HSET", (String) ((List<?>) redis.cli("KEYS", "gh:*")).getFirst(), id.substring(13), marks);
            everything(caller, rotated, id, marks);
            redis.kill();
            everything(caller, rotated, id, marks);

            var secrets = List.of(marks, token.substring(30), rotated.substring(30));
            assertThat(log.text()).as("the outage is logged").contains("is lost");
            assertThat(log.text().lines())
                    .filteredOn(line -> secrets.stream().anyMatch(line::contains))
                    .isEmpty();
        }
    }

    private static Map<String, Object> everything(Caller caller, String token, String id, String marks) {
        caller.post(SESSIONS + "/lookup", "{\"token\":\"%s\"}".formatted(token));
        caller.call("PATCH", SESSIONS + "/" + id, "{\"attributes\":{\"%1$s\":\"%1$s\"}}".formatted(marks));
        caller.post(SESSIONS + "/list", "{\"userId\":\"ada-%s\"}".formatted(marks));
        caller.post(SESSIONS + "/revoke-user", "{\"userId\":\"ada-%s\",\"exceptId\":\"%s\"}".formatted(marks, id));
        return caller.post(SESSIONS + "/rotate", "{\"token\":\"%s\"}".formatted(token))
                .body();
    }

    @Test
    void storesNothingThatOpensASession() throws Exception {
        try (var redis = RedisProcess.start();
                var server = TestServer.start("REDIS_COMMAND_TIMEOUT", "2000", "REDIS_URL", redis.url())) {
            var caller = TestServer.caller(server);
            var token = (String)
                    caller.post(SESSIONS, BODY.formatted("m4rk")).body().get("token");
            var rotated = (String) caller.post(SESSIONS + "/rotate", "{\"token\":\"%s\"}".formatted(token))
                    .body()
                    .get("token");

            var keys = (List<?>) redis.cli("KEYS", "*");
            assertThat(keys).isNotEmpty();
            for (var key : keys) {
                assertThat((String) key).doesNotContain("ada", "m4rk");
                for (var field : (List<?>) redis.cli("HGETALL", (String) key)) {
                    assertThat(String.valueOf(field)).doesNotContain(token.substring(30), rotated.substring(30));
                }
            }
        }
    }
}

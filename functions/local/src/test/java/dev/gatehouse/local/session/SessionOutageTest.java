// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.session;

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
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests sessions over HTTP while Redis is down. */
class SessionOutageTest {

    private static final String SESSIONS = "/v1/sessions";

    /** Two seconds are promised; the rest allows for a busy machine. */
    private static final Duration RECOVERY = Duration.ofSeconds(10);

    private RedisProcess redis;

    @BeforeEach
    void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    private static Server server(String redisUrl, Map<String, String> more) throws IOException {
        var environment = new HashMap<>(
                Map.of("REDIS_URL", redisUrl, "REDIS_CONNECTION_TIMEOUT", "2000", "REDIS_COMMAND_TIMEOUT", "1000"));
        environment.putAll(more);
        return TestServer.start(environment);
    }

    /** A caller and its request. */
    private record Client(Caller caller) {

        static Client of(Server server) {
            return new Client(TestServer.caller(server));
        }

        CallerResponse create(String user) {
            return caller.post(SESSIONS, "{\"userId\":\"%s\",\"attributes\":{\"share\":0.10}}".formatted(user));
        }

        String token(String user) {
            return token(create(user));
        }

        static String token(CallerResponse response) {
            assertThat(response.status()).as(response.text()).isIn(200, 201);
            return (String) response.body().get("token");
        }

        CallerResponse lookup(String token) {
            return caller.post(SESSIONS + "/lookup", "{\"token\":\"%s\"}".formatted(token));
        }

        CallerResponse rotate(String token, int graceSeconds) {
            return caller.post(
                    SESSIONS + "/rotate", "{\"token\":\"%s\",\"graceSeconds\":%d}".formatted(token, graceSeconds));
        }

        CallerResponse elevate(String token) {
            return caller.post(
                    SESSIONS + "/elevate", "{\"token\":\"%s\",\"level\":\"strong\",\"seconds\":300}".formatted(token));
        }

        CallerResponse patch(String token) {
            return caller.call("PATCH", SESSIONS + "/" + id(token), "{\"attributes\":{\"share\":1}}");
        }

        CallerResponse revoke(String token) {
            return caller.send(caller.request(SESSIONS + "/" + id(token)).DELETE());
        }

        CallerResponse revokeUser(String user) {
            return caller.post(SESSIONS + "/revoke-user", "{\"userId\":\"%s\"}".formatted(user));
        }

        CallerResponse list(String user) {
            return caller.post(SESSIONS + "/list", "{\"userId\":\"%s\"}".formatted(user));
        }

        private static String id(String token) {
            return token.substring(0, token.lastIndexOf('.'));
        }
    }

    @Test
    void returnsOnlyRecentSessionsWithoutRedis() throws IOException {
        try (var server = server(redis.url(), Map.of())) {
            var client = Client.of(server);
            var cachedToken = client.token("ada");
            var found = client.lookup(cachedToken);
            var elsewhere = someoneElses();
            redis.kill();

            var response = client.lookup(cachedToken);

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(response.header("ETag")).isEqualTo("\"1\"");
            assertThat(response.body())
                    .containsEntry("degraded", true)
                    .containsEntry("session", found.body().get("session"));
            assertThat(response.text()).contains("\"attributes\":{\"share\":0.10}");
            for (var token : new String[] {elsewhere, "nonsense", "", Client.id(cachedToken) + "." + "A".repeat(43)}) {
                assertUnavailable(client.lookup(token));
            }
        }
    }

    /** Returns a token of a session that the process under test has not looked up. */
    private String someoneElses() throws IOException {
        try (var other = server(redis.url(), Map.of())) {
            return Client.of(other).token("grace");
        }
    }

    @Test
    void changesNothingWithoutRedis() throws IOException {
        try (var server = server(redis.url(), Map.of())) {
            var client = Client.of(server);
            var token = client.token("ada");
            client.lookup(token);
            redis.kill();

            assertUnavailable(client.create("ada"));
            assertUnavailable(client.rotate(token, 10));
            assertUnavailable(client.elevate(token));
            assertUnavailable(client.patch(token));
            assertUnavailable(client.list("ada"));
            assertUnavailable(client.revokeUser("grace"));
            assertUnavailable(client.revoke("x.y"));
        }
    }

    @Test
    void returnsNothingFromMemoryIfThePolicyIsClosed() throws IOException {
        try (var server = server(redis.url(), Map.of("GATEHOUSE_SESSIONS_WHEN_DOWN", "closed"))) {
            var client = Client.of(server);
            var token = client.token("ada");
            assertThat(client.lookup(token).status()).isEqualTo(200);
            redis.kill();

            assertUnavailable(client.lookup(token));
        }
    }

    @Test
    void forgetsSessionsThatItRevoked() throws IOException {
        try (var server = server(redis.url(), Map.of())) {
            var client = Client.of(server);
            var one = client.token("ada");
            var another = client.token("grace");
            var exchanged = client.token("joan");
            client.lookup(one);
            client.lookup(another);
            client.lookup(exchanged);
            assertThat(client.revoke(one).status()).isEqualTo(204);
            assertThat(client.revokeUser("grace").status()).isEqualTo(200);
            assertThat(client.rotate(exchanged, 0).status()).isEqualTo(200);
            redis.kill();

            assertUnavailable(client.lookup(one));
            assertUnavailable(client.lookup(another));
            assertUnavailable(client.lookup(exchanged));
        }
    }

    @Test
    void appliesARevocationThatDidNotReachRedis() throws IOException {
        try (var server = server(redis.url(), Map.of())) {
            var client = Client.of(server);
            var one = client.token("ada");
            var another = client.token("grace");
            client.lookup(one);
            client.lookup(another);
            redis.kill();
            assertThat(client.lookup(one).status()).isEqualTo(200);
            assertThat(client.lookup(another).status()).isEqualTo(200);

            assertUnavailable(client.revoke(one));
            assertUnavailable(client.revokeUser("grace"));

            assertUnavailable(client.lookup(one));
            assertUnavailable(client.lookup(another));
        }
    }

    @Test
    void decidesOnRedisAgainOnRecovery() throws IOException {
        try (var server = server(redis.url(), Map.of())) {
            var client = Client.of(server);
            var token = client.token("ada");
            client.lookup(token);
            redis.kill();
            assertThat(client.lookup(token).status()).isEqualTo(200);
            redis.restart();

            await().atMost(RECOVERY).until(() -> client.create("grace").status() == 201);

            Caller.assertProblem(client.lookup(token), 401, "session-invalid");
            redis.kill();
            assertUnavailable(client.lookup(token));
        }
    }

    @Test
    void repeatsOperationsThatAreSafeToRepeat() throws IOException {
        try (var wire = FaultProxy.inFrontOf(redis);
                var server = server("redis://127.0.0.1:" + wire.port(), Map.of())) {
            var client = Client.of(server);
            client.lookup("warm");
            wire.swallowNextReplyAndReset();
            var token = client.token("ada");
            assertThat(client.list("ada").list("sessions")).hasSize(1);

            wire.swallowNextReplyAndReset();
            var rotated = client.rotate(token, 10);
            assertThat(client.lookup(Client.token(rotated)).status()).isEqualTo(200);

            wire.swallowNextReplyAndReset();
            assertThat(client.revoke(token).status()).isEqualTo(204);
            assertThat(client.list("ada").list("sessions")).isEmpty();
        }
    }

    private static void assertUnavailable(CallerResponse response) {
        Caller.assertProblem(response, 503, "store-unavailable");
        assertThat(response.header("Retry-After")).isEqualTo("1");
        assertThat((String) response.body().get("detail")).contains("safe to repeat");
    }
}

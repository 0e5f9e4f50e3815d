// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.UserId;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls the example like an end user. */
class ProtectedExampleTest {

    private RedisProcess redis;
    private RedisLink link;
    private Server server;

    @BeforeEach
    void startRedis() {
        redis = RedisProcess.start();
        link = RedisLink.to(RedisSettings.fromEnvironment(Map.of(
                "REDIS_URL", redis.url(), "REDIS_COMMAND_TIMEOUT", "10000", "REDIS_CONNECTION_TIMEOUT", "10000")));
    }

    @AfterEach
    void stop() {
        link.close();
        if (server != null) {
            server.close();
        }
        redis.close();
    }

    private void serve(String... namesAndValues) throws IOException {
        var environment = new HashMap<>(Map.of("REDIS_URL", redis.url(), "GATEHOUSE_TENANT", "demo"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        server = TestServer.start(environment);
    }

    private SessionToken begin(String user) {
        var request = SessionRequest.of(
                new UserId(user), Attributes.NONE, Device.UNKNOWN, 1800, 86_400, 100, SessionRequest.OnLimit.REJECT);
        new RedisSessions(link)
                .create("demo", request, Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        return request.token();
    }

    private CallerResponse get(String header, String value) {
        var caller = TestServer.caller(server);
        return caller.send(
                caller.anonymous("/example/protected").header(header, value).GET());
    }

    @Test
    void authorizesASessionWithoutAnApiKeyAndReturnsItsLimits() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=10/600", "GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=100/1");
        var ada = begin("ada");

        var response = get("Authorization", "Bearer " + ada.text());

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body())
                .isEqualTo(Map.of("userId", "ada", "sessionId", ada.id().text(), "limited", false, "degraded", false));
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(response.header("Cache-Control")).isEqualTo("no-store");
        assertThat(response.header("RateLimit-Policy")).isEqualTo("\"ip\";q=100;w=1, \"api\";q=10;w=600");
        assertThat(response.header("X-RateLimit-Remaining")).isEqualTo("9");
        assertThat(get("Cookie", "a=b; __Host-session=" + ada.text()).status()).isEqualTo(200);
    }

    @Test
    void isUnauthorizedWithoutASession() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=10/600");
        var ada = begin("ada");
        for (var token : List.of(TestServer.KEY, "x", new SessionToken(ada.id(), "A".repeat(43)).text())) {
            var response = get("Authorization", "Bearer " + token);
            assertThat(response.status()).isEqualTo(401);
            assertThat(response.header("Content-Type")).startsWith("application/problem+json");
            assertThat(response.body()).containsEntry("type", "urn:gatehouse:problem:session-invalid");
            assertThat(response.header("WWW-Authenticate")).startsWith("Bearer");
            assertThat(response.header("RateLimit")).isNull();
        }
        new RedisSessions(link)
                .revoke("demo", ada.id(), Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
        assertThat(get("Authorization", "Bearer " + ada.text()).status()).isEqualTo(401);
    }

    @Test
    void respondsWith429OverTheLimitThatChecksOfTheUserIdShare() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=2/600", "GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=100/1");
        var token = "Bearer " + begin("ada").text();
        assertThat(get("Authorization", token).status()).isEqualTo(200);
        var checked = TestServer.caller(server)
                .check("{\"limits\":[{\"name\":\"api\",\"subject\":\"ada\",\"limit\":2,\"windowSeconds\":600}]}");
        assertThat(checked.list("limits").getFirst()).containsEntry("remaining", 0);

        var response = get("Authorization", token);

        assertThat(response.status()).isEqualTo(429);
        assertThat(response.body())
                .containsEntry("type", "https://iana.org/assignments/http-problem-types#quota-exceeded")
                .containsEntry("violated-policies", List.of("api"));
        assertThat(Integer.parseInt(response.header("Retry-After"))).isBetween(250, 300);
        assertThat(response.header("X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(response.text()).doesNotContain("ada");
    }

    @Test
    void authorizesAndMarksAFlaggedRequest() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=1/600", "GATEHOUSE_AUTHORIZER_OVER_LIMIT", "flag");
        var token = "Bearer " + begin("ada").text();
        get("Authorization", token);
        var response = get("Authorization", token);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).containsEntry("limited", true);
    }

    @Test
    void authorizesOnlyRecentSessionsWithoutRedis() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=100/600", "REDIS_CONNECTION_TIMEOUT", "1000");
        var ada = "Bearer " + begin("ada").text();
        var unseen = "Bearer " + begin("ada").text();
        assertThat(get("Authorization", ada).status()).isEqualTo(200);
        redis.kill();

        var response = get("Authorization", ada);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).containsEntry("degraded", true);
        assertThat(response.header("Gatehouse-Source")).isEqualTo("local");
        var other = get("Authorization", unseen);
        assertThat(other.status()).isEqualTo(503);
        assertThat(other.header("Retry-After")).isEqualTo("1");
        assertThat(other.body()).containsEntry("type", "urn:gatehouse:problem:store-unavailable");
    }

    @Test
    void trustsNoHeaderForTheAddressByDefault() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/600");
        assertThat(get("X-Forwarded-For", "192.0.2.1").status()).isEqualTo(401);
        assertThat(get("X-Forwarded-For", "192.0.2.2").status()).isEqualTo(429);
    }

    @Test
    void countsTheAddressThatTheFirstTrustedProxyReports() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/600", "GATEHOUSE_TRUSTED_PROXIES", "2");
        assertThat(get("X-Forwarded-For", "192.0.2.1, 10.0.0.1").status()).isEqualTo(401);
        assertThat(get("X-Forwarded-For", "192.0.2.99, 192.0.2.1,10.0.0.2").status())
                .as("with a forged entry")
                .isEqualTo(429);
        assertThat(get("X-Forwarded-For", "192.0.2.2, 10.0.0.1").status()).isEqualTo(401);

        assertThat(get("X-Forwarded-For", "192.0.2.3").status())
                .as("not through both, the connection's address")
                .isEqualTo(401);
        assertThat(get("X-Forwarded-For", "192.0.2.4").status()).isEqualTo(429);
    }

    @Test
    void readsTheTokenFromTheCustomHeader() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_TOKEN_HEADER", "X-Session-Token");
        assertThat(get("x-session-token", begin("ada").text()).status()).isEqualTo(200);
    }

    @Test
    void appliesTheRuleOfItsPath() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_ROUTES", "GET /example/protected attribute:role=admin");
        var response = get("Authorization", "Bearer " + begin("ada").text());
        assertThat(response.status()).isEqualTo(403);
        assertThat(response.body())
                .containsEntry("type", "urn:gatehouse:problem:forbidden")
                .containsEntry("title", "Forbidden");
        assertThat(get("X-None", "x").status()).isEqualTo(401);
    }

    @Test
    void needsNoSessionIfTheRuleIsAnonymous() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_ROUTES", "* /example/* anonymous limits=example=1/600");
        var response = get("X-None", "x");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(Map.of("limited", false, "degraded", false));
        assertThat(get("X-None", "x").status()).isEqualTo(429);
    }

    @Test
    void appliesAStoredPolicyByItsName() throws IOException {
        serve("GATEHOUSE_AUTHORIZER_USER_LIMITS", "plan");
        var caller = TestServer.caller(server);
        assertThat(caller.call("PUT", "/v1/rate-limits/policies/plan", "{\"limit\":1,\"windowSeconds\":600}")
                        .status())
                .isBetween(200, 204);
        var ada = "Bearer " + begin("ada").text();
        assertThat(get("Authorization", ada).status()).isEqualTo(200);
        assertThat(get("Authorization", ada).status()).isEqualTo(429);

        var override = "{\"subject\":\"grace-" + UUID.randomUUID() + "\",\"unlimited\":true}";
        assertThat(caller.call("PUT", "/v1/rate-limits/policies/plan/overrides", override)
                        .status())
                .isBetween(200, 204);
        assertThat(get("Authorization", ada).status()).isEqualTo(429);
        assertThat(caller.call(
                                "PUT",
                                "/v1/rate-limits/policies/plan/overrides",
                                "{\"subject\":\"ada\",\"unlimited\":true}")
                        .status())
                .isBetween(200, 204);
        assertThat(get("Authorization", ada).status()).isEqualTo(200);
    }

    @Test
    void isUnauthorizedWithASessionOfAnotherProcessIfRedisIsDisabled() throws IOException {
        serve("ENABLE_REDIS", "false");
        assertThat(get("Authorization", "Bearer " + begin("ada").text()).status())
                .isEqualTo(401);
    }

    @Test
    void failsTheStartIfASettingIsInvalid() {
        assertThatThrownBy(() -> serve("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=many"))
                .hasStackTraceContaining(
                        "GATEHOUSE_AUTHORIZER_IP_LIMITS must be names of policies or limits as name=100/60, not \"ip=many\"");
    }
}

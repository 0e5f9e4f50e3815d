// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.apikeys.KeySecret;
import dev.gatehouse.apikeys.OwnerId;
import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.Forbidden;
import dev.gatehouse.authorizer.Authorization.KeyAuthorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Route rules that require an API key, on a real Redis. */
class KeyAuthorizerTest {

    private static final String ROUTES = "* /orders/* scope:orders:read limits=o=2/60; * /keys/* key; * * session";

    private static RedisProcess redis;
    private static FaultProxy wire;
    private static RedisLink link;

    private final String tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        wire = FaultProxy.inFrontOf(redis);
        var environment = new HashMap<>(TestSessions.environment(redis));
        environment.put("REDIS_URL", "redis://" + wire.host() + ":" + wire.port());
        link = RedisLink.to(RedisSettings.fromEnvironment(environment));
    }

    @AfterAll
    static void stop() {
        link.close();
        wire.close();
        redis.close();
    }

    @Test
    void aRuleForKeysAcceptsKeysOnlyAndOneForSessionsSessionsOnly() {
        var key = TestKeys.issue(link, tenant, "acme", "orders:read").text("gk");
        var token = TestSessions.create(new RedisSessions(link), tenant, "ada")
                .token()
                .text();
        var authorizer = authorizer();

        for (var headers : List.of(Map.of("Authorization", "Bearer " + key), Map.of("X-Api-Key", key))) {
            assertThat(decided(authorizer, "/keys/1", headers)).isInstanceOf(KeyAuthorized.class);
            assertThat(decided(authorizer, "/", headers)).isInstanceOf(Unauthorized.class);
        }
        var bearer = Map.of("Authorization", "Bearer " + token);
        assertThat(decided(authorizer, "/keys/1", bearer)).isInstanceOf(Unauthorized.class);
        assertThat(decided(authorizer, "/", bearer)).isInstanceOf(Authorized.class);
        var other = TestKeys.issue(link, tenant, "globex").text("gk");
        assertThat(decided(authorizer, "/keys/1", Map.of("Authorization", "Bearer " + key, "X-Api-Key", other)))
                .as("two keys")
                .isInstanceOf(Unauthorized.class);
        assertThat(decided(authorizer, "/keys/1", Map.of())).isInstanceOf(Unauthorized.class);
    }

    @Test
    void aKeyNeedsTheScopesOfTheRule() {
        var key = TestKeys.issue(link, tenant, "acme", "orders:write").text("gk");
        assertThat(decided(authorizer(), "/orders/1", Map.of("X-Api-Key", key))).isInstanceOf(Forbidden.class);
    }

    @Test
    void keyAndLimitsOfItsOwnerAndOfTheAddressAreTwoScriptsAtOnce() {
        var key = TestKeys.issue(link, tenant, "acme", "orders:read").text("gk");
        var authorizer =
                authorizer("GATEHOUSE_AUTHORIZER_USER_LIMITS", "u=50/60", "GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=50/60");
        var headers = Map.of("X-Api-Key", key);
        decided(authorizer, "/orders/1", headers);
        var before = wire.traffic();

        var authorized = (KeyAuthorized) decided(authorizer, "/orders/1", headers);

        assertThat(wire.traffic().since(before).commandsForwarded()).isEqualTo(Map.of("EVALSHA", 2L));
        assertThat(authorized.key().owner()).isEqualTo(new OwnerId("acme"));
        assertThat(authorized.quotas().all())
                .extracting(entry -> entry.limit().name())
                .containsExactly("ip", "u", "o");
        assertThat(decided(authorizer, "/orders/1", headers)).isInstanceOf(OverLimit.class);
        assertThat(decided(authorizer, "/keys/1", headers)).isInstanceOf(KeyAuthorized.class);
    }

    @Test
    void aDenialByTheAddressRefundsTheOwner() {
        var headers = Map.of(
                "X-Api-Key", TestKeys.issue(link, tenant, "acme", "orders:read").text("gk"));
        var narrow = authorizer("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/600", "GATEHOUSE_REMEMBER_DENIALS", "off");
        assertThat(decided(narrow, "/orders/1", headers)).isInstanceOf(KeyAuthorized.class);
        for (int i = 0; i < 3; i++) {
            assertThat(decided(narrow, "/orders/1", headers)).isInstanceOf(OverLimit.class);
        }
        assertThat(decided(authorizer(), "/orders/1", headers))
                .as("one of two is left")
                .isInstanceOf(KeyAuthorized.class);
    }

    @Test
    void anAddressDeniedFromMemorySendsNothing() {
        var headers = Map.of("X-Api-Key", TestKeys.issue(link, tenant, "acme").text("gk"));
        var narrow = authorizer("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/600");
        assertThat(decided(narrow, "/keys/1", headers)).isInstanceOf(KeyAuthorized.class);
        assertThat(decided(narrow, "/keys/1", headers)).isInstanceOf(OverLimit.class);
        var before = wire.traffic();
        assertThat(decided(narrow, "/keys/1", headers)).isInstanceOf(OverLimit.class);
        assertThat(decided(narrow, "/", Map.of()))
                .as("the address is denied on every route")
                .isInstanceOf(OverLimit.class);
        assertThat(wire.traffic().since(before).commandsForwarded()).isEmpty();
    }

    @Test
    void withoutRedisAnAddressHasOneAllowanceForAllRoutes() {
        try (var other = RedisProcess.start();
                var its = RedisLink.to(RedisSettings.fromEnvironment(TestSessions.environment(other)))) {
            var authorizer = RequestAuthorizer.over(its, settings("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/600"));
            other.kill();
            assertThat(decided(authorizer, "/keys/1", Map.of())).isInstanceOf(Unauthorized.class);
            assertThat(decided(authorizer, "/", Map.of())).isInstanceOf(OverLimit.class);
        }
    }

    @Test
    void aWrongChecksumSendsNoKeyToRedis() {
        var key = KeySecret.random(new OwnerId("acme")).text("gk");
        var before = wire.traffic();
        assertThat(decided(
                        authorizer(),
                        "/keys/1",
                        Map.of("X-Api-Key", key.substring(0, 20) + "0000" + key.substring(24))))
                .isInstanceOf(Unauthorized.class);
        assertThat(decided(authorizer(), "/keys/1", Map.of("X-Api-Key", "an-imported-key")))
                .isInstanceOf(Unauthorized.class);
        assertThat(wire.traffic().since(before).commandsForwarded()).isEmpty();
    }

    @Test
    void withoutRedisAVerifiedKeyIsFoundInMemoryAndAnotherIsUndecided() {
        try (var other = RedisProcess.start();
                var its = RedisLink.to(RedisSettings.fromEnvironment(TestSessions.environment(other)))) {
            var key = TestKeys.issue(its, tenant, "acme", "orders:read");
            var unseen = TestKeys.issue(its, tenant, "acme", "orders:read");
            var authorizer = RequestAuthorizer.over(its, settings());
            decided(authorizer, "/orders/1", Map.of("X-Api-Key", key.text("gk")));
            other.kill();

            var decision = decide(authorizer, "/orders/1", Map.of("X-Api-Key", key.text("gk")));
            assertThat(decision).isInstanceOfSatisfying(Decided.class, decided -> {
                assertThat(decided.source()).isEqualTo(Source.LOCAL);
                assertThat(decided.value()).isInstanceOf(KeyAuthorized.class);
            });
            assertThat(decide(authorizer, "/orders/1", Map.of("X-Api-Key", unseen.text("gk"))))
                    .isInstanceOf(Unavailable.class);
        }
    }

    @Test
    void aRevokedKeyIsUnauthorized() {
        var key = TestKeys.issue(link, tenant, "acme");
        var authorizer = authorizer();
        var headers = Map.of("X-Api-Key", key.text("gk"));
        assertThat(decided(authorizer, "/keys/1", headers)).isInstanceOf(KeyAuthorized.class);
        TestKeys.revoke(link, tenant, key.id());
        assertThat(decided(authorizer, "/keys/1", headers)).isInstanceOf(Unauthorized.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"key session", "scope:a level=strong", "key anonymous", "scope:a b", "scope:", "key key"})
    void aContradictoryRuleStopsTheStart(String requirements) {
        assertThatThrownBy(() -> settings("GATEHOUSE_AUTHORIZER_ROUTES", "* /x " + requirements))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining(requirements);
    }

    private RequestAuthorizer authorizer(String... namesAndValues) {
        return RequestAuthorizer.over(link, settings(namesAndValues));
    }

    private AuthorizerSettings settings(String... namesAndValues) {
        var environment = new HashMap<>(Map.of("GATEHOUSE_TENANT", tenant, "GATEHOUSE_AUTHORIZER_ROUTES", ROUTES));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return AuthorizerSettings.from(environment);
    }

    private static Authorization decided(RequestAuthorizer authorizer, String path, Map<String, String> headers) {
        var decision = decide(authorizer, path, headers);
        assertThat(decision).isInstanceOf(Decided.class);
        return ((Decided<Authorization>) decision).value();
    }

    private static Decision<Authorization> decide(
            RequestAuthorizer authorizer, String path, Map<String, String> headers) {
        var request = new GatewayRequest(
                "POST",
                path,
                name -> headers.containsKey(name) ? List.of(headers.get(name)) : List.of(),
                List.of(),
                "192.0.2.1");
        return authorizer
                .authorize(request, Deadline.in(Duration.ofSeconds(20)))
                .toCompletableFuture()
                .join();
    }
}

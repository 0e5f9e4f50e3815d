// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.authorizer.Authorization.Unauthorized.Reason;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.CheckedLimits;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.DeclaredPolicies;
import dev.gatehouse.ratelimit.policy.PolicyOverride;
import dev.gatehouse.ratelimit.policy.RedisPolicies;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verifies settings and stored policies on a real Redis. */
class RequestAuthorizerTest {

    private static final String IP = "192.0.2.1";

    private static RedisProcess redis;
    private static RedisLink link;

    private final String tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        link = RedisLink.to(RedisSettings.fromEnvironment(TestSessions.environment(redis)));
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
    }

    @Test
    void appliesTheConfiguredLimitsInTheirOrder() {
        var authorizer = authorizer(
                "GATEHOUSE_AUTHORIZER_USER_LIMITS", " a=5/60 , b=7/3600", "GATEHOUSE_AUTHORIZER_IP_LIMITS", "c=9/1");
        var authorized = (Authorized) authorization(authorizer, createSession("ada"));
        assertThat(authorized.quotas().all())
                .extracting(CheckedLimits.Entry::limit)
                .containsExactly(Limit.of("c", 9, 1), Limit.of("a", 5, 60), Limit.of("b", 7, 3600));
    }

    @Test
    void appliesStoredPoliciesAndOverridesWithoutAnotherRoundTrip() {
        var policies = new RedisPolicies(link);
        join(policies.put(tenant, Limit.of("plan", 1, 600), deadline()));
        join(policies.put(tenant, Limit.of("ip", 100, 600), deadline()));
        join(policies.override(tenant, "grace", PolicyOverride.of(Limit.of("plan", 3, 600)), deadline()));
        join(policies.override(tenant, "192.0.2.66", PolicyOverride.of(Limit.of("ip", 0, 600)), deadline()));
        var authorizer = authorizer(
                "GATEHOUSE_AUTHORIZER_USER_LIMITS", "plan,other=50/1", "GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip");
        var ada = createSession("ada");
        var grace = createSession("grace");
        assertThat(authorization(authorizer, ada)).isInstanceOf(Authorized.class);
        redis.cli("CONFIG", "RESETSTAT");

        assertThat(authorization(authorizer, ada)).isInstanceOf(OverLimit.class);
        assertThat(authorization(authorizer, grace)).isInstanceOf(Authorized.class);
        assertThat(redis.calls("evalsha"))
                .as("two a request, and none for the policies")
                .isEqualTo(4);
        assertThat(authorization(authorizer, grace)).isInstanceOf(Authorized.class);
        assertThat(authorization(authorizer, grace)).isInstanceOf(Authorized.class);
        assertThat(authorization(authorizer, grace)).isInstanceOf(OverLimit.class);
        assertThat(((Decided<Authorization>) decision(authorizer, grace, "192.0.2.66")).value())
                .isInstanceOfSatisfying(
                        OverLimit.class, over -> assertThat(over.session()).isNull());
    }

    @Test
    void decidesByDeclaredPoliciesAfterALossOfData() {
        var declared = new DeclaredPolicies(Map.of("plan", Limit.of("plan", 1, 600)), Map.of());
        var authorizer = RequestAuthorizer.over(link, settings("GATEHOUSE_AUTHORIZER_USER_LIMITS", "plan"), declared);
        var ada = createSession("ada");

        assertThat(authorization(authorizer, ada)).isInstanceOf(Authorized.class);
        assertThat(authorization(authorizer, ada)).isInstanceOf(OverLimit.class);
    }

    @Test
    void isUnavailableWhereANamedPolicyDoesNotExist() {
        var ofUser = authorizer("GATEHOUSE_AUTHORIZER_USER_LIMITS", "misspelt");
        assertThat(decision(ofUser, createSession("ada"), IP)).isInstanceOf(Unavailable.class);
        assertThat(authorization(ofUser, null)).isEqualTo(new Unauthorized());

        var ofAddress = authorizer("GATEHOUSE_AUTHORIZER_IP_LIMITS", "misspelt");
        assertThat(decision(ofAddress, createSession("ada"), IP)).isInstanceOf(Unavailable.class);
        assertThat(decision(ofAddress, null, IP)).isInstanceOf(Unavailable.class);
    }

    @Test
    void dropsCachedDenialsWhenAPolicyChanges() {
        var policies = new RedisPolicies(link);
        join(policies.put(tenant, Limit.of("ip", 1, 600), deadline()));
        var settings = settings("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip");
        var cache = new SessionCache(0);
        var authorizer =
                RequestAuthorizer.over(link, settings, new RedisSessions(link), cache, policies, new Outage(link));
        var ada = createSession("ada");
        assertThat(authorization(authorizer, ada)).isInstanceOf(Authorized.class);
        assertThat(authorization(authorizer, ada)).isInstanceOf(OverLimit.class);
        redis.cli("CONFIG", "RESETSTAT");
        assertThat(authorization(authorizer, ada)).isInstanceOf(OverLimit.class);
        assertThat(redis.calls("evalsha")).as("cached").isZero();

        join(policies.put(tenant, Limit.unlimited("ip"), deadline()));
        assertThat(authorization(authorizer, ada)).isInstanceOf(Authorized.class);
    }

    @Test
    void cachesNoDenialsIfThatIsDisabled() {
        var authorizer = authorizer("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/600", "GATEHOUSE_REMEMBER_DENIALS", "off");
        authorization(authorizer, null);
        assertThat(authorization(authorizer, null)).isInstanceOf(OverLimit.class);
        redis.cli("CONFIG", "RESETSTAT");
        assertThat(authorization(authorizer, null)).isInstanceOf(OverLimit.class);
        assertThat(redis.calls("evalsha")).isEqualTo(1);
    }

    @Test
    void countsTheAddressAndNotItsPort() {
        var authorizer = authorizer("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=2/600");
        for (var address : List.of("203.0.113.9:1001", "::ffff:203.0.113.9")) {
            assertThat(((Decided<Authorization>) decision(authorizer, null, address)).value())
                    .isEqualTo(new Unauthorized());
        }
        assertThat(((Decided<Authorization>) decision(authorizer, null, "203.0.113.9:1003")).value())
                .isInstanceOf(OverLimit.class);
    }

    @Test
    void neitherLooksUpNorExtendsASessionWhoseCookieComesFromAForeignOrigin() {
        var authorizer = authorizer(
                "GATEHOUSE_AUTHORIZER_ORIGINS",
                "https://app.example",
                "GATEHOUSE_AUTHORIZER_IP_LIMITS",
                "ip=2/600",
                "GATEHOUSE_AUTHORIZER_USER_LIMITS",
                "user=9/600");
        var ada = createSession("ada");
        var request = new GatewayRequest(
                "POST",
                "/",
                name -> name.equals("Origin") ? List.of("https://evil.example") : List.of(),
                List.of("__Host-session=" + ada.text()),
                IP);
        redis.cli("CONFIG", "RESETSTAT");

        var decision = (Decided<Authorization>) decision(authorizer, request);
        assertThat(decision.value()).isEqualTo(new Unauthorized(Reason.FOREIGN_ORIGIN));
        assertThat(redis.calls("evalsha") + redis.calls("eval"))
                .as("the address is charged")
                .isEqualTo(1);
        assertThat(redis.calls("hget")).as("no session is read").isZero();
        decision(authorizer, request);
        assertThat(((Decided<Authorization>) decision(authorizer, request)).value())
                .isInstanceOf(OverLimit.class);
    }

    @Test
    void chargesTheLimitsOfARuleInTheSameScript() {
        var policies = new RedisPolicies(link);
        join(policies.put(tenant, Limit.of("exports", 9, 600), deadline()));
        var authorizer = authorizer(
                "GATEHOUSE_AUTHORIZER_ROUTES",
                "POST /exports limits=exports,daily=100/86400 cost=5; GET /public/* anonymous limits=public=1/600",
                "GATEHOUSE_AUTHORIZER_USER_LIMITS",
                "user=50/600",
                "GATEHOUSE_AUTHORIZER_IP_LIMITS",
                "ip=50/600");
        var ada = createSession("ada");
        decision(authorizer, request("POST", "/exports", createSession("bob")));
        redis.cli("CONFIG", "RESETSTAT");

        var authorized = (Authorized) value(decision(authorizer, request("POST", "/exports", ada)));
        assertThat(authorized.quotas().all())
                .extracting(
                        entry -> entry.limit().name() + " " + entry.decision().remaining())
                .containsExactly("ip 48", "user 49", "exports 4", "daily 95");
        assertThat(redis.calls("evalsha")).as("as without a rule").isEqualTo(2);
        assertThat(redis.calls("eval")).isZero();
        var over = (OverLimit) value(decision(authorizer, request("POST", "/exports", ada)));
        assertThat(over.quotas().exceededNames()).containsExactly("exports");
        assertThat(((Authorized) value(decision(authorizer, request("GET", "/exports", ada))))
                        .quotas()
                        .all())
                .hasSize(2);

        redis.cli("CONFIG", "RESETSTAT");
        assertThat(((Authorized) value(decision(authorizer, request("GET", "/public/a", ada)))).session())
                .isNull();
        assertThat(value(decision(authorizer, request("GET", "/public/b", null))))
                .as("counted by address")
                .isInstanceOfSatisfying(OverLimit.class, exceeded -> assertThat(
                                exceeded.quotas().exceededNames())
                        .containsExactly("public"));
        assertThat(redis.calls("evalsha")).isEqualTo(2);
        assertThat(redis.calls("hget")).isZero();
    }

    @Test
    void needsNoRedisForAnAnonymousRouteWithoutLimits() {
        var authorizer = authorizer("GATEHOUSE_AUTHORIZER_ROUTES", "* /public/* anonymous");
        var ada = createSession("ada");
        redis.cli("CONFIG", "RESETSTAT");
        assertThat(value(decision(authorizer, request("GET", "/public", ada)))).isInstanceOf(Authorized.class);
        assertThat(value(decision(authorizer, request("GET", "/", null)))).isEqualTo(new Unauthorized());
        assertThat(redis.calls("evalsha") + redis.calls("eval")).isZero();
    }

    private static GatewayRequest request(String method, String path, SessionToken token) {
        var headers = token == null ? List.<String>of() : List.of("Bearer " + token.text());
        return new GatewayRequest(
                method, path, name -> name.equals("Authorization") ? headers : List.of(), List.of(), IP);
    }

    private static Authorization value(Decision<Authorization> decision) {
        return ((Decided<Authorization>) decision).value();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "129", "-1", "sixty", "64.0", "/64"})
    void rejectsAMalformedNetworkLength(String length) {
        assertThatThrownBy(() -> settings("GATEHOUSE_AUTHORIZER_IPV6_PREFIX", length))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("GATEHOUSE_AUTHORIZER_IPV6_PREFIX must be a whole number from 1 to 128");
    }

    @Test
    void decidesInMemoryIfRedisIsDisabled() {
        try (var none = RedisLink.to(RedisSettings.fromEnvironment(Map.of("ENABLE_REDIS", "false")))) {
            var authorizer = RequestAuthorizer.over(none, settings("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/600"));
            assertThat(decision(authorizer, createSession("ada"), IP))
                    .isEqualTo(new Decided<>(new Unauthorized(), Source.LOCAL));
            assertThat(authorization(authorizer, null)).isInstanceOf(OverLimit.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=1",
                "a=1/",
                "a=/1",
                "=1/1",
                "a=1/1/1",
                "a b",
                "a=-1/1",
                "a=1/0",
                "a=1.5/1",
                "a=99999999999/1",
                "ü",
                ",",
                "a,",
                "a=1/1,a",
                "a=2000000000/1",
                "a=1/999999999"
            })
    void rejectsMalformedLimitsWithOneLineThatNamesTheSetting(String limits) {
        assertThatThrownBy(() -> settings("GATEHOUSE_AUTHORIZER_USER_LIMITS", limits))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("GATEHOUSE_AUTHORIZER_USER_LIMITS ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void acceptsAtMostTwentyLimits() {
        var twenty = new StringBuilder("l0=1/1");
        for (int i = 1; i < 20; i++) {
            twenty.append(",l").append(i).append("=1/1");
        }
        assertThat(settings("GATEHOUSE_AUTHORIZER_IP_LIMITS", twenty.toString()))
                .isNotNull();
        assertThatThrownBy(() -> settings("GATEHOUSE_AUTHORIZER_IP_LIMITS", twenty + ",more=1/1"))
                .hasMessage("GATEHOUSE_AUTHORIZER_IP_LIMITS may name 20 limits, not 21");
    }

    private RequestAuthorizer authorizer(String... namesAndValues) {
        return RequestAuthorizer.over(link, settings(namesAndValues));
    }

    private AuthorizerSettings settings(String... namesAndValues) {
        var environment = new HashMap<>(Map.of("GATEHOUSE_TENANT", tenant));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return AuthorizerSettings.from(environment);
    }

    private SessionToken createSession(String user) {
        return TestSessions.create(new RedisSessions(link), tenant, user).token();
    }

    private static Authorization authorization(RequestAuthorizer authorizer, SessionToken token) {
        return ((Decided<Authorization>) decision(authorizer, token, IP)).value();
    }

    private static Decision<Authorization> decision(RequestAuthorizer authorizer, SessionToken token, String address) {
        var headers = token == null ? List.<String>of() : List.of("Bearer " + token.text());
        return decision(
                authorizer,
                new GatewayRequest(
                        "GET", "/", name -> name.equals("Authorization") ? headers : List.of(), List.of(), address));
    }

    private static Decision<Authorization> decision(RequestAuthorizer authorizer, GatewayRequest request) {
        return authorizer.authorize(request, deadline()).toCompletableFuture().join();
    }

    private static <T> T join(CompletionStage<Decision<T>> stage) {
        return ((Decided<T>) stage.toCompletableFuture().join()).value();
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

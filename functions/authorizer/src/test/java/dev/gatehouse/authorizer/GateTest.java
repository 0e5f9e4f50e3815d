package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizer.Authorization.Authorized;
import dev.gatehouse.authorizer.Authorization.OverLimit;
import dev.gatehouse.authorizer.Authorization.Unauthorized;
import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Source;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.fallback.Outage;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.policy.RedisPolicies;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.session.SessionCache;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.session.UserId;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings and stored policies, on a real Redis. */
class GateTest {

    private static final String IP = "192.0.2.1";

    private static RedisProcess redis;
    private static RedisLink link;

    private final String tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        link = RedisLink.to(RedisSettings.fromEnvironment(Map.of(
                "REDIS_URL", redis.url(), "REDIS_COMMAND_TIMEOUT", "10000", "REDIS_CONNECTION_TIMEOUT", "10000")));
    }

    @AfterAll
    static void stop() {
        link.close();
        redis.close();
    }

    @Test
    void limitsAreThoseOfTheSettingsInTheirOrder() {
        var gate = gate(
                "GATEHOUSE_AUTHORIZER_USER_LIMITS", " a=5/60 , b=7/3600", "GATEHOUSE_AUTHORIZER_IP_LIMITS", "c=9/1");
        var authorized = (Authorized) decided(gate, begin("ada"));
        assertThat(authorized.quotas().all())
                .extracting(Quotas.Quota::limit)
                .containsExactly(Limit.of("c", 9, 1), Limit.of("a", 5, 60), Limit.of("b", 7, 3600));
    }

    @Test
    void aNameAloneIsThePolicyStoredUnderItAndAnOverrideOfTheUserOrTheAddressAppliesWithoutATripMore() {
        var policies = new RedisPolicies(link);
        join(policies.put(tenant, Limit.of("plan", 1, 600), patience()));
        join(policies.put(tenant, Limit.of("ip", 100, 600), patience()));
        join(policies.override(tenant, "grace", Limit.of("plan", 3, 600), patience()));
        join(policies.override(tenant, "192.0.2.66", Limit.of("ip", 0, 600), patience()));
        var gate = gate("GATEHOUSE_AUTHORIZER_USER_LIMITS", "plan,other=50/1", "GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip");
        var ada = begin("ada");
        var grace = begin("grace");
        assertThat(decided(gate, ada)).isInstanceOf(Authorized.class);
        redis.cli("CONFIG", "RESETSTAT");

        assertThat(decided(gate, ada)).isInstanceOf(OverLimit.class);
        assertThat(decided(gate, grace)).isInstanceOf(Authorized.class);
        assertThat(redis.calls("evalsha"))
                .as("two each, and none for the policies")
                .isEqualTo(4);
        assertThat(decided(gate, grace)).isInstanceOf(Authorized.class);
        assertThat(decided(gate, grace)).isInstanceOf(Authorized.class);
        assertThat(decided(gate, grace)).isInstanceOf(OverLimit.class);
        assertThat(((Decided<Authorization>) admit(gate, grace, "192.0.2.66")).decision())
                .isInstanceOfSatisfying(
                        OverLimit.class, over -> assertThat(over.session()).isNull());
    }

    @Test
    void aPolicyThatIsNotThereLetsNobodyPassForWhomItMatters() {
        var ofUser = gate("GATEHOUSE_AUTHORIZER_USER_LIMITS", "mispelt");
        assertThat(admit(ofUser, begin("ada"), IP)).isInstanceOf(Unavailable.class);
        assertThat(decided(ofUser, null)).isEqualTo(new Unauthorized());

        var ofAddress = gate("GATEHOUSE_AUTHORIZER_IP_LIMITS", "mispelt");
        assertThat(admit(ofAddress, begin("ada"), IP)).isInstanceOf(Unavailable.class);
        assertThat(admit(ofAddress, null, IP)).isInstanceOf(Unavailable.class);
    }

    @Test
    void aPolicyThatChangesFreesWhoWasKnownToBeDenied() {
        var policies = new RedisPolicies(link);
        join(policies.put(tenant, Limit.of("ip", 1, 600), patience()));
        var settings = settings("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip");
        var seen = new SessionCache(0);
        var gate = Gate.over(link, settings, new RedisSessions(link), seen, policies, new Outage(link));
        var ada = begin("ada");
        assertThat(decided(gate, ada)).isInstanceOf(Authorized.class);
        assertThat(decided(gate, ada)).isInstanceOf(OverLimit.class);
        redis.cli("CONFIG", "RESETSTAT");
        assertThat(decided(gate, ada)).isInstanceOf(OverLimit.class);
        assertThat(redis.calls("evalsha")).as("known").isZero();

        join(policies.put(tenant, Limit.unlimited("ip"), patience()));
        assertThat(decided(gate, ada)).isInstanceOf(Authorized.class);
    }

    @Test
    void denialsAreNotRememberedWhereThatIsOff() {
        var gate = gate("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/600", "GATEHOUSE_REMEMBER_DENIALS", "off");
        decided(gate, null);
        assertThat(decided(gate, null)).isInstanceOf(OverLimit.class);
        redis.cli("CONFIG", "RESETSTAT");
        assertThat(decided(gate, null)).isInstanceOf(OverLimit.class);
        assertThat(redis.calls("evalsha")).isEqualTo(1);
    }

    @Test
    void byChoiceWithoutRedisMemoryDecides() {
        try (var none = RedisLink.to(RedisSettings.fromEnvironment(Map.of("ENABLE_REDIS", "false")))) {
            var gate = Gate.over(none, settings("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/600"));
            assertThat(admit(gate, begin("ada"), IP)).isEqualTo(new Decided<>(new Unauthorized(), Source.LOCAL));
            assertThat(decided(gate, null)).isInstanceOf(OverLimit.class);
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
    void aMalformedListOfLimitsIsSaidInALineThatNamesTheSetting(String limits) {
        assertThatThrownBy(() -> settings("GATEHOUSE_AUTHORIZER_USER_LIMITS", limits))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("GATEHOUSE_AUTHORIZER_USER_LIMITS ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void noMoreLimitsAreTakenThanACheckMayHave() {
        var twenty = new StringBuilder("l0=1/1");
        for (int i = 1; i < 20; i++) {
            twenty.append(",l").append(i).append("=1/1");
        }
        assertThat(settings("GATEHOUSE_AUTHORIZER_IP_LIMITS", twenty.toString()))
                .isNotNull();
        assertThatThrownBy(() -> settings("GATEHOUSE_AUTHORIZER_IP_LIMITS", twenty + ",more=1/1"))
                .hasMessage("GATEHOUSE_AUTHORIZER_IP_LIMITS may name 20 limits, not 21");
    }

    private Gate gate(String... namesAndValues) {
        return Gate.over(link, settings(namesAndValues));
    }

    private GateSettings settings(String... namesAndValues) {
        var environment = new HashMap<>(Map.of("GATEHOUSE_TENANT", tenant));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return GateSettings.from(environment);
    }

    private SessionToken begin(String user) {
        var request = SessionRequest.of(
                new UserId(user), Attributes.NONE, Device.UNKNOWN, 1800, 86_400, 100, SessionRequest.OnLimit.REJECT);
        join(new RedisSessions(link).create(tenant, request, patience()));
        return request.token();
    }

    private static Authorization decided(Gate gate, SessionToken token) {
        return ((Decided<Authorization>) admit(gate, token, IP)).decision();
    }

    private static Decision<Authorization> admit(Gate gate, SessionToken token, String address) {
        return gate.admit(token, address, patience()).toCompletableFuture().join();
    }

    private static <T> T join(CompletionStage<Decision<T>> stage) {
        return ((Decided<T>) stage.toCompletableFuture().join()).decision();
    }

    private static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }
}

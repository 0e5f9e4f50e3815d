// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.authorizer.TestSessions;
import dev.gatehouse.authorizer.lambda.AuthorizerResponseMapper.WhenUnavailable;
import dev.gatehouse.lambda.EventJson;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.session.SessionToken;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Verifies the responses to the events of API Gateway, each as AWS documents it. */
class AuthorizerFunctionTest {

    private static final String STAGE = "arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/*";
    private static final String CONNECT_STAGE = "arn:aws:execute-api:us-east-1:123456789012:abcdef123/default/*";

    private static final String APP = "https://app.example";

    private static final PrintStream OUT = System.out;

    private static RedisProcess redis;

    private final List<ApplicationContext> started = new ArrayList<>();

    /** The function prints a line for each of thousands of events. */
    @BeforeAll
    static void silenceOutput() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    }

    @AfterAll
    static void restoreOutput() {
        System.setOut(OUT);
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.cli("FLUSHALL");
    }

    @AfterEach
    void close() {
        started.forEach(ApplicationContext::close);
    }

    private AuthorizerFunction function(String... namesAndValues) {
        var environment = new HashMap<>(TestSessions.environment(redis));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        var context = FunctionContext.start(FunctionContext.builder()
                .singletons(
                        RedisSettings.fromEnvironment(environment),
                        AuthorizerSettings.from(environment),
                        WhenUnavailable.from(environment),
                        ContextAttributes.from(environment)));
        started.add(context);
        return new AuthorizerFunction(context);
    }

    private static String response(AuthorizerFunction function, String event) throws IOException {
        var out = new ByteArrayOutputStream();
        function.handleRequest(new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), out, null);
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Asserts a denial, or the failure that is a 401. */
    private static void assertUnauthorized(AuthorizerFunction function, GatewayEvent kind, String event)
            throws IOException {
        switch (kind) {
            case HTTP_API ->
                assertThat(response(function, event))
                        .isEqualTo("{\"isAuthorized\":false,\"context\":{\"tenant\":\"default\",\"degraded\":false,"
                                + "\"error\":\"unauthorized\"}}");
            case HTTP_API_BY_POLICY ->
                assertThat(response(function, event))
                        .isEqualTo(policy(
                                "nobody",
                                "Deny",
                                STAGE,
                                "{\"tenant\":\"default\",\"degraded\":\"false\",\"error\":\"unauthorized\"}"));
            case REST_API, WEB_SOCKET -> assertFails(function, event, "Unauthorized");
        }
    }

    private static void assertFails(AuthorizerFunction function, String event, String message) {
        assertThatThrownBy(() -> response(function, event))
                .hasMessage(message)
                .hasNoCause()
                .satisfies(thrown -> assertThat(thrown.getStackTrace()).isEmpty());
    }

    private static String policy(String principal, String effect, String resource, String context) {
        return ("{\"principalId\":\"%s\",\"policyDocument\":{\"Version\":\"2012-10-17\",\"Statement\":["
                        + "{\"Action\":\"execute-api:Invoke\",\"Effect\":\"%s\",\"Resource\":\"%s\"}]},\"context\":%s}")
                .formatted(principal, effect, resource, context);
    }

    @Test
    void respondsToAnHttpApiWithASimpleResponse() throws IOException {
        var ada = TestSessions.create(redis, "ada");
        var function = function("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=10/600");

        assertThat(response(function, GatewayEvent.HTTP_API.with(ada.text())))
                .isEqualTo("{\"isAuthorized\":true,\"context\":{\"tenant\":\"default\",\"userId\":\"ada\","
                        + "\"sessionId\":\"" + ada.id().text() + "\",\"limited\":false,\"rateLimitPolicy\":\"api\","
                        + "\"rateLimitLimit\":10,\"rateLimitRemaining\":9,\"rateLimitReset\":60,\"degraded\":false}}");
    }

    @ParameterizedTest
    @CsvSource({"HTTP_API_BY_POLICY," + STAGE, "REST_API," + STAGE, "WEB_SOCKET," + CONNECT_STAGE})
    void respondsToOtherApisWithAPolicyForTheWholeStage(GatewayEvent kind, String resource) throws IOException {
        var ada = TestSessions.create(redis, "ada");
        var function = function("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=10/600");

        assertThat(response(function, kind.with(ada.text())))
                .isEqualTo(policy(
                        ada.id().text(),
                        "Allow",
                        resource,
                        "{\"tenant\":\"default\",\"userId\":\"ada\",\"sessionId\":\""
                                + ada.id().text()
                                + "\",\"limited\":\"false\",\"rateLimitPolicy\":\"api\",\"rateLimitLimit\":\"10\","
                                + "\"rateLimitRemaining\":\"9\",\"rateLimitReset\":\"60\",\"degraded\":\"false\"}"));
    }

    @ParameterizedTest
    @EnumSource
    void omitsRateLimitsFromTheContextWithoutLimits(GatewayEvent kind) throws IOException {
        assertThat(response(
                        function(), kind.with(TestSessions.create(redis, "ada").text())))
                .contains("\"limited\":")
                .doesNotContain("rateLimit", "retryAfter");
    }

    @ParameterizedTest
    @EnumSource
    void deniesARequestWithoutALiveSessionInTheFormOfTheApi(GatewayEvent kind) throws IOException {
        var function = function();
        var ada = TestSessions.create(redis, "ada");
        for (var token : List.of(
                "",
                "x",
                "eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
                new SessionToken(ada.id(), "A".repeat(43)).text(),
                ada.text() + "x")) {
            assertUnauthorized(function, kind, kind.with(token));
        }
        assertUnauthorized(function, kind, kind.withHeader("X-Other", "Bearer " + ada.text()));
    }

    @ParameterizedTest
    @EnumSource
    void matchesHeaderNamesWithoutRegardToCase(GatewayEvent kind) throws IOException {
        var function =
                function("GATEHOUSE_AUTHORIZER_TOKEN_HEADER", "X-Session-Token", "GATEHOUSE_AUTHORIZER_ORIGINS", APP);
        var ada = TestSessions.create(redis, "ada").text();
        for (var name : List.of("authorization", "Authorization", "AUTHORIZATION")) {
            assertThat(response(function, kind.withHeader(name, "bearer " + ada)))
                    .contains("\"userId\":\"ada\"");
        }
        for (var name : List.of("x-session-token", "X-Session-Token", "X-SESSION-TOKEN")) {
            assertThat(response(function, kind.withHeader(name, ada))).contains("\"userId\":\"ada\"");
        }
        for (var name : List.of("cookie", "Cookie", "COOKIE")) {
            var headers = Map.of(name, "a=b; __Host-session=" + ada, name.replaceFirst("(?i)cookie", "origin"), APP);
            assertThat(response(function, kind.with("POST", headers))).contains("\"userId\":\"ada\"");
        }
    }

    @Test
    void readsTheCookiesOfAnHttpApi() throws IOException {
        var event = GatewayEvent.HTTP_API
                .with("GET", Map.of())
                .replace(
                        "cookie1=value1",
                        "__Host-session=" + TestSessions.create(redis, "ada").text());
        assertThat(response(function(), event)).contains("\"isAuthorized\":true");
    }

    @Test
    void deniesAnHttpApiOverItsLimitWithTheReasonForItsLog() throws IOException {
        var ada = TestSessions.create(redis, "ada");
        var function = function("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=1/600");
        response(function, GatewayEvent.HTTP_API.with(ada.text()));

        assertThat(response(function, GatewayEvent.HTTP_API.with(ada.text())))
                .matches(
                        "\\{\"isAuthorized\":false,\"context\":\\{\"tenant\":\"default\",\"userId\":\"ada\",\"sessionId\":\""
                                + ada.id().text()
                                + "\",\"limited\":true,\"rateLimitPolicy\":\"api\",\"rateLimitLimit\":1,"
                                + "\"rateLimitRemaining\":0,\"rateLimitReset\":(600|59.),\"retryAfter\":(600|59.),"
                                + "\"degraded\":false,\"error\":\"over-limit\"}}");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"HTTP_API"})
    void deniesOtherApisOverTheirLimitByAPolicyWithTheRetryTime(GatewayEvent kind) throws IOException {
        var ada = TestSessions.create(redis, "ada");
        var function = function("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=1/600");
        response(function, kind.with(ada.text()));

        assertThat(response(function, kind.with(ada.text())))
                .startsWith("{\"principalId\":\"" + ada.id().text() + "\"")
                .contains("\"Effect\":\"Deny\"", "\"limited\":\"true\"", "\"error\":\"over-limit\"")
                .containsPattern("\"retryAfter\":\"(600|59.)\"");
    }

    @ParameterizedTest
    @EnumSource
    void deniesAnAddressOverItsLimitWithAndWithoutASession(GatewayEvent kind) throws IOException {
        var ada = TestSessions.create(redis, "ada");
        var function = function("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1/600");
        assertThat(response(function, kind.with(ada.text()))).contains("\"userId\":\"ada\"");

        for (var token : List.of(ada.text(), "")) {
            assertThat(response(function, kind.with(token)))
                    .contains("\"error\":\"over-limit\"", "\"rateLimitPolicy\":\"ip\"")
                    .containsAnyOf("\"isAuthorized\":false", "\"principalId\":\"nobody\"")
                    .doesNotContain("ada", ada.id().text());
        }
    }

    @ParameterizedTest
    @EnumSource
    void authorizesAndMarksAFlaggedRequest(GatewayEvent kind) throws IOException {
        var ada = TestSessions.create(redis, "ada");
        var function =
                function("GATEHOUSE_AUTHORIZER_USER_LIMITS", "api=1/600", "GATEHOUSE_AUTHORIZER_OVER_LIMIT", "flag");
        response(function, kind.with(ada.text()));

        assertThat(response(function, kind.with(ada.text())))
                .containsAnyOf("\"isAuthorized\":true", "\"Effect\":\"Allow\"")
                .containsAnyOf("\"limited\":true", "\"limited\":\"true\"")
                .containsPattern("\"retryAfter\":\"?(600|59.)")
                .doesNotContain("error");
    }

    @ParameterizedTest
    @EnumSource
    void forbidsARequestWhoseSessionLacksAnAttributeAndHandsOnTheOthers(GatewayEvent kind) throws IOException {
        var function = function(
                "GATEHOUSE_AUTHORIZER_ROUTES", "* * attribute:role=admin", "GATEHOUSE_AUTHORIZER_CONTEXT", "role,plan");
        var ada = TestSessions.create(redis, "ada");
        var admin = TestSessions.create(redis, "admin", TestSessions.attributes("role", "\"adm\\u0069n\""));

        assertThat(response(function, kind.with(ada.text())))
                .containsAnyOf("\"isAuthorized\":false", "\"Effect\":\"Deny\"")
                .contains("\"error\":\"forbidden\"", "\"userId\":\"ada\"")
                .doesNotContain("retryAfter");
        assertThat(response(function, kind.with(admin.text())))
                .containsAnyOf("\"isAuthorized\":true", "\"Effect\":\"Allow\"")
                .contains("\"role\":\"admin\"")
                .doesNotContain("plan");
    }

    @ParameterizedTest
    @EnumSource
    void allowsAnAnonymousRequestWithoutAToken(GatewayEvent kind) throws IOException {
        var function = function("GATEHOUSE_AUTHORIZER_ROUTES", "* * anonymous");
        assertThat(response(function, kind.with("")))
                .containsAnyOf("\"isAuthorized\":true", "\"Effect\":\"Allow\"")
                .contains("\"tenant\":\"default\"")
                .doesNotContain("userId", "sessionId");
    }

    @Test
    void matchesRulesWithThePathOfTheEvent() throws IOException {
        var function = function(
                "GATEHOUSE_AUTHORIZER_ROUTES",
                "POST /my/path anonymous; GET /request anonymous; * $connect anonymous; * * attribute:none=x");
        for (var kind : GatewayEvent.values()) {
            assertThat(response(function, kind.with("")))
                    .containsAnyOf("\"isAuthorized\":true", "\"Effect\":\"Allow\"");
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsWithoutRedisAndIsNeverUnauthorized(GatewayEvent kind) throws Exception {
        try (var gone = RedisProcess.start()) {
            var url = gone.url();
            gone.stop();
            var ada = TestSessions.create(redis, "ada").text();
            assertFails(function("REDIS_URL", url), kind.with(ada), "Unavailable");
            assertThat(response(function("REDIS_URL", url, "GATEHOUSE_AUTHORIZER_UNAVAILABLE", "deny"), kind.with(ada)))
                    .containsAnyOf("\"isAuthorized\":false", "\"Effect\":\"Deny\"")
                    .contains("\"error\":\"unavailable\"")
                    .containsPattern("\"retryAfter\":\"?1\"?");
        }
    }

    @Test
    void authorizesARecentSessionWithoutRedisAsDegraded() throws Exception {
        try (var own = RedisProcess.start()) {
            var ada = TestSessions.create(own, "ada").text();
            var function = function(
                    "REDIS_URL",
                    own.url(),
                    "GATEHOUSE_AUTHORIZER_USER_LIMITS",
                    "api=1/600",
                    "GATEHOUSE_AUTHORIZER_IP_LIMITS",
                    "ip=3/600");
            assertThat(response(function, GatewayEvent.HTTP_API.with(ada)))
                    .contains("\"isAuthorized\":true", "\"degraded\":false");
            own.kill();

            assertThat(response(function, GatewayEvent.HTTP_API.with(ada)))
                    .contains("\"isAuthorized\":true", "\"userId\":\"ada\"", "\"degraded\":true");
            assertThat(response(function, GatewayEvent.HTTP_API.with(ada)))
                    .as("counted in memory")
                    .contains("\"isAuthorized\":false", "\"error\":\"over-limit\"", "\"degraded\":true");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "[]",
                "7",
                "\"text\"",
                "{",
                "{\"version\":\"2.0\"}",
                "{\"version\":2.0,\"type\":\"REQUEST\"}",
                "{\"version\":null,\"type\":\"REQUEST\"}",
                "{\"version\":\"3.0\",\"type\":\"REQUEST\",\"requestContext\":{\"http\":{\"sourceIp\":\"192.0.2.1\"}}}",
                "{\"version\":\"2.0\",\"type\":\"TOKEN\",\"requestContext\":{\"http\":{\"sourceIp\":\"192.0.2.1\"}}}",
                "{\"version\":\"2.0\",\"type\":\"REQUEST\",\"requestContext\":{\"http\":{\"sourceIp\":7}}}",
                "{\"version\":\"2.0\",\"type\":\"REQUEST\",\"requestContext\":{\"http\":{\"sourceIp\":\"\"}}}",
                "{\"version\":\"2.0\",\"type\":\"REQUEST\",\"requestContext\":{\"http\":{\"sourceIp\":\"\\ud800\"}}}",
                "{\"version\":\"2.0\",\"type\":\"REQUEST\",\"requestContext\":[]}",
                "{\"detail-type\":\"Scheduled Event\",\"source\":\"aws.events\"}"
            })
    void deniesAMalformedEventWithASimpleResponse(String event) throws IOException {
        assertThat(response(function(), event)).isEqualTo("{\"isAuthorized\":false,\"context\":{}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"version\":\"1.0\"}",
                "{\"version\":\"1.0\",\"type\":\"REQUEST\",\"methodArn\":\"*\"}",
                "{\"version\":\"1.0\",\"type\":\"REQUEST\",\"methodArn\":\"arn:aws:execute-api:us-east-1:1:a/test/GET/x\"}"
            })
    void deniesAMalformedEventOfPayloadFormat1WithAPolicy(String event) throws IOException {
        assertThat(response(function(), event)).isEqualTo(policy("nobody", "Deny", "*", "{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"methodArn\":7}",
                "{\"type\":\"REQUEST\",\"methodArn\":\"arn:aws:execute-api:us-east-1:1:a/test/GET/x\"}",
                "{\"type\":\"REQUEST\",\"methodArn\":\"arn:aws:execute-api:us-east-1:1:a/*/GET/x\",\"requestContext\":{\"identity\":{\"sourceIp\":\"192.0.2.1\"}}}",
                "{\"type\":\"REQUEST\",\"methodArn\":\"arn:aws:lambda:us-east-1:1:a/test/GET/x\",\"requestContext\":{\"identity\":{\"sourceIp\":\"192.0.2.1\"}}}",
                "{\"type\":\"TOKEN\",\"authorizationToken\":\"x\",\"methodArn\":\"arn:aws:execute-api:us-east-1:1:a/test/GET/x\"}"
            })
    void failsAMalformedEventOfARestApiAsUnauthorized(String event) {
        assertFails(function(), event, "Unauthorized");
    }

    /** The response is a denial or a failure as documented, and never an error. */
    @ParameterizedTest
    @EnumSource
    void respondsToAnEventWithAnyPartMissingOrOfAnotherType(GatewayEvent kind) throws IOException {
        var function = function("GATEHOUSE_AUTHORIZER_IP_LIMITS", "ip=1000000/600");
        var event = kind.with(TestSessions.create(redis, "ada").text());
        var names =
                EventJson.read(event.getBytes(StandardCharsets.UTF_8)).members().keySet();
        for (var name : names) {
            for (var other : List.of("null", "7", "true", "\"x\"", "[]", "{}", "[null,7,{}]", "{\"a\":{\"b\":[]}}")) {
                assertResponds(
                        function, event.replaceFirst("\"" + name + "\": ", "\"" + name + "\": " + other + ", \"_\": "));
                assertResponds(function, event.replaceFirst("\"" + name + "\": ", "\"_\": "));
            }
        }
        for (int length = 0; length < event.length(); length += 97) {
            assertResponds(function, event.substring(0, length));
        }
    }

    private static void assertResponds(AuthorizerFunction function, String event) throws IOException {
        try {
            assertThat(response(function, event)).containsAnyOf("isAuthorized", "policyDocument");
        } catch (AuthorizerFailure failure) {
            assertThat(failure).hasMessage("Unauthorized");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GATEHOUSE_AUTHORIZER_USER_LIMITS|api=100|must be names of policies or limits as name=100/60, not \"api=100\"",
                "GATEHOUSE_AUTHORIZER_IP_LIMITS|ip=0/0|has ip=0/0, whose windowSeconds must be 1 to 315360000",
                "GATEHOUSE_AUTHORIZER_IP_LIMITS|a=1/1,a=2/2|names a twice",
                "GATEHOUSE_AUTHORIZER_IP_LIMITS|a,,b|must be names of policies or limits as name=100/60, not \"\"",
                "GATEHOUSE_AUTHORIZER_ORIGINS|app.example|must be origins such as https://app.example or https://*.example, without a path, not \"app.example\"",
                "GATEHOUSE_AUTHORIZER_ADDRESS|forwarded|must be gateway, forwarded:<1 to 10> or header:<name>",
                "GATEHOUSE_AUTHORIZER_ROUTES|GET /a; GET /b session|rule \"GET /a\" must be a method or *, then a path such as /orders, /orders/* or *, then requirements",
                "GATEHOUSE_AUTHORIZER_CONTEXT|a,userId|must not name userId, which the context holds already",
                "GATEHOUSE_AUTHORIZER_CONTEXT|a,a|must not name a, which the context holds already",
                "GATEHOUSE_AUTHORIZER_CONTEXT|a b|must be names of session attributes, of A-Z a-z 0-9 _ -, not \"a b\"",
                "GATEHOUSE_AUTHORIZER_OVER_LIMIT|drop|must be deny or flag",
                "GATEHOUSE_AUTHORIZER_UNAVAILABLE|open|must be fail or deny",
                "GATEHOUSE_AUTHORIZER_TOKEN_HEADER|X Session|must be the name of a header",
                "GATEHOUSE_TENANT|Acme|must be 1 to 32 characters of a-z 0-9 -, as in GATEHOUSE_API_KEYS"
            })
    void failsTheStartWithOneLineIfASettingIsInvalid(String name, String value, String problem) {
        assertThatThrownBy(() -> function(name, value))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage(name + " " + problem);
    }
}

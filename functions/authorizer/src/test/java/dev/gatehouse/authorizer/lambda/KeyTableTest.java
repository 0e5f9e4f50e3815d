// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.authorizer.TestKeys;
import dev.gatehouse.authorizer.TestSessions;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of who gets in by an API key: kind of API, place of the key, method, whatever a browser adds. */
class KeyTableTest {

    private static final PrintStream OUT = System.out;

    private static RedisProcess redis;
    private static ApplicationContext context;
    private static AuthorizerFunction function;
    private static String key;

    @BeforeAll
    static void start() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        redis = RedisProcess.start();
        var environment = new HashMap<>(TestSessions.environment(redis));
        environment.put("GATEHOUSE_AUTHORIZER_ROUTES", "* * scope:orders:read");
        context = FunctionContext.start(FunctionContext.builder()
                .singletons(RedisSettings.fromEnvironment(environment), AuthorizerSettings.from(environment)));
        function = new AuthorizerFunction(context);
        key = TestKeys.issue(redis, "acme", "orders:read", "b");
    }

    @AfterAll
    static void stop() {
        context.close();
        redis.close();
        System.setOut(OUT);
    }

    @ParameterizedTest
    @EnumSource
    void aKeyOpensEveryMethodFromAnyOriginAndItsOwnerIsHandedOn(GatewayEvent kind) throws IOException {
        for (var header :
                Map.of("Authorization", "Bearer " + key, "X-Api-Key", key).entrySet()) {
            for (var method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
                var response = respond(kind.with(
                        method, Map.of(header.getKey(), header.getValue(), "Origin", "https://evil.example")));

                assertThat(response)
                        .as("%s %s by %s", kind, method, header.getKey())
                        .containsAnyOf("\"isAuthorized\":true", "\"Allow\"")
                        .contains("\"ownerId\":\"acme\"", "\"scopes\":\"b orders:read\"", "\"keyId\":\"")
                        .doesNotContain(key);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCookieWithAKeyAndAKeyWithoutTheScopeDoNotGetIn(GatewayEvent kind) throws IOException {
        var narrow = TestKeys.issue(redis, "acme");
        for (var headers : List.of(Map.of("Cookie", "__Host-session=" + key), Map.of("X-Api-Key", narrow))) {
            assertThat(respond(kind.with("GET", headers))).doesNotContain("\"isAuthorized\":true", "\"Allow\"", "acme");
        }
    }

    private static String respond(String event) throws IOException {
        var out = new ByteArrayOutputStream();
        try {
            function.handleRequest(new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), out, null);
            return out.toString(StandardCharsets.UTF_8);
        } catch (AuthorizerFailure failure) {
            return failure.getMessage();
        }
    }
}

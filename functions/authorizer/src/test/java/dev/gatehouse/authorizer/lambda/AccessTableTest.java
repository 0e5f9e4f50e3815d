// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizer.AuthorizerSettings;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of who gets in: kind of API, place of the token, method, and the headers of a browser. */
class AccessTableTest {

    private static final PrintStream OUT = System.out;

    private static RedisProcess redis;
    private static ApplicationContext context;
    private static AuthorizerFunction function;
    private static String token;

    /** The places that hold a token, as headers. */
    private enum Identity {
        COOKIE("Cookie", "a=b; __Host-session=%s"),
        BEARER("Authorization", "Bearer %s"),
        HEADER("X-Session", "%s");

        private final String header;
        private final String value;

        Identity(String header, String value) {
            this.header = header;
            this.value = value;
        }
    }

    @BeforeAll
    static void start() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        redis = RedisProcess.start();
        var environment = new HashMap<>(TestSessions.environment(redis));
        environment.put("GATEHOUSE_AUTHORIZER_ORIGINS", "https://app.example,https://*.shop.example");
        environment.put("GATEHOUSE_AUTHORIZER_TOKEN_HEADER", "X-Session");
        context = FunctionContext.start(FunctionContext.builder()
                .singletons(RedisSettings.fromEnvironment(environment), AuthorizerSettings.from(environment)));
        function = new AuthorizerFunction(context);
        token = TestSessions.create(redis, "ada").text();
    }

    @AfterAll
    static void stop() {
        context.close();
        redis.close();
        System.setOut(OUT);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // Origin, Sec-Fetch-Site, whether a cookie opens unsafe methods and handshakes
                "https://app.example, -, true",
                "https://app.example, same-origin, true",
                "https://app.example, cross-site, true",
                "https://a.shop.example, same-site, true",
                "-, same-origin, true",
                "-, none, true",
                "-, -, false",
                "-, same-site, false",
                "-, cross-site, false",
                "https://a.b.shop.example, -, false",
                "https://evil.example, cross-site, false",
                "https://evil.example, same-origin, false",
                "https://app.example.evil.example, -, false",
                "http://app.example, -, false",
                "null, cross-site, false",
                "null, -, false"
            })
    void onlyACookieNeedsAnOriginAndOnlyWhereARequestIsUnsafe(String origin, String site, boolean isOwn)
            throws IOException {
        var headers = new HashMap<String, String>();
        if (origin != null) {
            headers.put("Origin", origin);
        }
        if (site != null) {
            headers.put("sec-fetch-site", site);
        }
        for (var kind : GatewayEvent.values()) {
            for (var identity : Identity.values()) {
                for (var method : List.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")) {
                    boolean isSafe =
                            List.of("GET", "HEAD", "OPTIONS").contains(method) && kind != GatewayEvent.WEB_SOCKET;
                    var all = new HashMap<>(headers);
                    all.put(identity.header, identity.value.formatted(token));
                    assertThat(isAuthorized(kind.with(method, all)))
                            .as("%s %s by %s", kind, method, identity)
                            .isEqualTo(isOwn || isSafe || identity != Identity.COOKIE);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void respondsToAForeignOriginAsWithoutASession(GatewayEvent kind) throws IOException {
        var headers = Map.of("Cookie", "__Host-session=" + token, "Origin", "https://evil.example");
        var response = new ArrayList<String>();
        isAuthorized(kind.with("DELETE", headers), response);
        assertThat(response.getFirst())
                .contains(
                        switch (kind) {
                            case HTTP_API, HTTP_API_BY_POLICY -> "\"error\":\"origin\"";
                            case REST_API, WEB_SOCKET -> "Unauthorized";
                        })
                .doesNotContain("ada");
    }

    private static boolean isAuthorized(String event) throws IOException {
        return isAuthorized(event, new ArrayList<>());
    }

    private static boolean isAuthorized(String event, List<String> response) throws IOException {
        var out = new ByteArrayOutputStream();
        try {
            function.handleRequest(new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), out, null);
        } catch (AuthorizerFailure failure) {
            response.add(failure.getMessage());
            assertThat(failure).hasMessage("Unauthorized");
            return false;
        }
        response.add(out.toString(StandardCharsets.UTF_8));
        return response.getFirst().contains("\"isAuthorized\":true")
                || response.getFirst().contains("\"Allow\"");
    }
}

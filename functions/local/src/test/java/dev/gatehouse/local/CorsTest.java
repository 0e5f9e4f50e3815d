// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests a server whose CORS is configured by Micronaut's own settings. */
class CorsTest {

    private static final String ENABLED = "micronaut.server.cors.enabled";
    private static final String ORIGINS = "micronaut.server.cors.configurations.web.allowed-origins";
    private static final String ORIGIN = "https://app.example.com";

    private static Server server;
    private static Caller caller;

    @BeforeAll
    static void start() throws Exception {
        System.setProperty(ENABLED, "true");
        System.setProperty(ORIGINS, ORIGIN);
        server = TestServer.start("ENABLE_REDIS", "false");
        caller = TestServer.caller(server);
    }

    @AfterAll
    static void stop() {
        System.clearProperty(ENABLED);
        System.clearProperty(ORIGINS);
        server.close();
    }

    private static Caller.CallerResponse preflight(String origin) {
        return caller.send(caller.anonymous("/v1/rate-limits/check")
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type,x-api-key")
                .method("OPTIONS", BodyPublishers.noBody()));
    }

    @Test
    void aPreflightNeedsNoKey() {
        var response = preflight(ORIGIN);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
        assertThat(response.header("Access-Control-Allow-Headers")).containsIgnoringCase("x-api-key");
    }

    @Test
    void aBrowserCanReadA401() {
        var response = caller.send(caller.anonymous("/v1/rate-limits/check")
                .header("Origin", ORIGIN)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
        assertThat(response.body()).containsEntry("type", "urn:gatehouse:problem:unauthenticated");
    }

    @Test
    void aRefusedOriginGetsAProblem() {
        for (var response : new Caller.CallerResponse[] {
            preflight("https://evil.example.com"),
            caller.send(caller.request("/v1/rate-limits/check")
                    .header("Origin", "https://evil.example.com")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{}")))
        }) {
            assertThat(response.header("Access-Control-Allow-Origin")).isNull();
            assertThat(response.header("X-Request-Id")).isNotBlank();
            assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(response.body().get("type").toString()).startsWith("urn:gatehouse:problem:");
        }
    }
}

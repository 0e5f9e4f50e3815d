// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.http.ContentNegotiationContract;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what {@code Accept} and {@code Origin} change in a response. */
class ContentNegotiationTest extends ContentNegotiationContract {

    private static final String CHECK =
            "{\"limits\":[{\"name\":\"api\",\"subject\":\"s\",\"limit\":100,\"windowSeconds\":60}]}";

    private static Server server;
    private static Caller caller;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start("ENABLE_REDIS", "false");
        caller = TestServer.caller(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpRequest.Builder request() {
        return caller.request("/v1/rate-limits/check")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(CHECK));
    }

    @Override
    protected NegotiatedResponse respond(String accept) {
        var request = request();
        var response = caller.send(accept == null ? request : request.header("Accept", accept));
        return new NegotiatedResponse(response.status(), response.header("Content-Type"), response.text());
    }

    @Test
    void otherTypesRemainAcceptedBesideJson() {
        var response = caller.send(caller.anonymous("/metrics")
                .header("Accept", "application/json, text/plain, */*")
                .GET());

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).startsWith("text/plain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com", "null", "http://localhost:3000"})
    void anOriginChangesNothingWithoutCors(String origin) {
        var response = caller.send(request().header("Origin", origin));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Access-Control-Allow-Origin")).isNull();
        assertThat(caller.send(caller.anonymous("/health")
                                .header("Origin", origin)
                                .GET())
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com", "null", "http://localhost:3000"})
    void aForeignOriginWithoutAKeyIsUnauthorized(String origin) {
        var response = caller.send(caller.anonymous("/v1/rate-limits/check")
                .header("Origin", origin)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(CHECK)));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.body()).containsEntry("type", "urn:gatehouse:problem:unauthenticated");
    }
}

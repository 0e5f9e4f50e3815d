package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what {@code Accept} and {@code Origin} change in a response. */
class ContentNegotiationTest {

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

    private static Caller.CallerResponse check(String header, String value) {
        return caller.send(caller.request("/v1/rate-limits/check")
                .header("Content-Type", "application/json")
                .header(header, value)
                .POST(BodyPublishers.ofString(CHECK)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/*",
                "*/*",
                "application/*;q=0.5",
                "text/html, application/*;q=0.1",
                "application/json;charset=iso-8859-1",
                "application/json;version=\"1\\\"2\"",
                "application/problem+json, application/json",
            })
    void aResponseIsJsonWhereJsonIsAccepted(String accept) {
        var response = check("Accept", accept);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "image/*",
                "application/xml",
                "application/json;q=0",
                "application/json; q=0.0, text/html",
                "*/*;q=0"
            })
    void aRequestThatDoesNotAcceptJsonIsRejected(String accept) {
        var response = check("Accept", accept);

        assertThat(response.status()).isEqualTo(406);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(response.body()).containsEntry("type", "urn:gatehouse:problem:not-acceptable");
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
        var response = check("Origin", origin);

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

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Verifies what all routes share: errors, authentication, request ids and headers. */
class CommonContractTest {

    private static final String CHECK = "/v1/rate-limits/check";
    private static final String SOUND =
            "{\"limits\":[{\"name\":\"n\",\"subject\":\"s\",\"limit\":1000,\"windowSeconds\":1}]}";

    private static Server server;
    private static Caller caller;

    @BeforeAll
    static void startTheServer() throws IOException {
        var key = new DemoKey("contract-key");
        server = Server.start(Map.of(
                "MICRONAUT_SERVER_PORT", "-1",
                "REDIS_CONNECTION_TIMEOUT", "5000",
                "REDIS_COMMAND_TIMEOUT", "5000",
                "GATEHOUSE_API_KEYS", key.setting() + ",\nblue-1=" + "0".repeat(64)));
        caller = new Caller(server.port(), key.value());
    }

    @AfterAll
    static void stopIt() {
        server.close();
    }

    @Test
    void rejectsACallWithoutAKey() {
        var response = caller.send(caller.anonymous(CHECK).POST(BodyPublishers.ofString(SOUND)));

        Caller.assertProblem(response, 401, "unauthenticated");
        assertThat(response.header("WWW-Authenticate")).startsWith("Bearer");
    }

    @ParameterizedTest
    @CsvSource({
        "X-Api-Key, wrong",
        "X-Api-Key, ''",
        "Authorization, Bearer wrong",
        "Authorization, Bearer",
        "Authorization, Basic Y29udHJhY3Qta2V5",
        "Authorization, contract-key"
    })
    void rejectsAWrongKey(String header, String value) {
        var response = caller.send(caller.anonymous(CHECK)
                .header(header, value)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(SOUND)));

        Caller.assertProblem(response, 401, "unauthenticated");
    }

    @Test
    void acceptsAKeyAsABearerToken() {
        var response = caller.send(caller.anonymous(CHECK)
                .header("Authorization", "bearer contract-key")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(SOUND)));

        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void respondsWithNotFoundToAnUnknownPath() {
        Caller.assertProblem(caller.send(caller.anonymous("/nothing").GET()), 404, "not-found");
        Caller.assertProblem(caller.send(caller.request("/v1/nothing").GET()), 404, "not-found");
    }

    @Test
    void rejectsOtherMethods() {
        var response = caller.send(caller.request(CHECK).GET());

        Caller.assertProblem(response, 405, "method-not-allowed");
        assertThat(response.header("Allow")).isEqualTo("POST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "foo",
                "application/xml"
            })
    void rejectsOtherContentTypes(String type) {
        var response =
                caller.send(caller.request(CHECK).header("Content-Type", type).POST(BodyPublishers.ofString(SOUND)));

        Caller.assertProblem(response, 415, "unsupported-media-type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "deflate", "snappy", "br", "zstd", "gzip, gzip", "nonsense", "\""})
    void rejectsACompressedBody(String coding) {
        var response = caller.send(caller.request(CHECK)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", coding)
                .POST(BodyPublishers.ofString(SOUND)));

        Caller.assertProblem(response, 415, "unsupported-media-type");
    }

    @Test
    void acceptsTheIdentityCoding() {
        var response = caller.send(caller.request(CHECK)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "Identity")
                .POST(BodyPublishers.ofString(SOUND)));

        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void rejectsACompressedTransferCoding() throws IOException {
        assertThat(
                        raw(
                                "POST " + CHECK
                                        + " HTTP/1.1\r\nHost: x\r\nX-Api-Key: contract-key\r\nConnection: close\r\n"
                                        + "Content-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 415 ")
                .contains("unsupported-media-type");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/json\r\nContent-Type: text/plain",
                "Content-Type: application/json\r\nContent-Encoding: identity\r\nContent-Encoding: gzip",
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
            })
    void rejectsRepeatedHeadersOfTheBody(String headers) throws IOException {
        assertThat(raw("POST " + CHECK + " HTTP/1.1\r\nHost: x\r\nX-Api-Key: contract-key\r\nConnection: close\r\n"
                        + headers + "\r\nContent-Length: " + SOUND.length() + "\r\n\r\n" + SOUND))
                .startsWith("HTTP/1.1 415 ")
                .contains("unsupported-media-type");
    }

    @Test
    void reportsAnEmptyBody() {
        var response = caller.check("");

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .containsExactly(Map.of("field", "body", "message", "is empty; it must be a JSON object"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0\r\n\r\n", "zz\r\n{}\r\n0\r\n\r\n", "-1\r\n{}\r\n0\r\n\r\n"})
    void reportsMalformedChunks(String chunks) throws IOException {
        assertThat(raw("POST " + CHECK + " HTTP/1.1\r\nHost: x\r\nX-Api-Key: contract-key\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks))
                .startsWith("HTTP/1.1 400 ")
                .contains("body is empty");
    }

    @Test
    void rejectsARepeatedKey() {
        var response = caller.send(caller.request(CHECK)
                .header("X-Api-Key", "another")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(SOUND)));

        Caller.assertProblem(response, 401, "unauthenticated");
    }

    @Test
    void logsNoErrorIfTheCallerDisconnects() throws IOException {
        var console = System.out;
        var log = new ByteArrayOutputStream();
        System.setOut(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            try (var socket = new Socket("localhost", server.port())) {
                socket.getOutputStream()
                        .write(("POST " + CHECK + " HTTP/1.1\r\nHost: x\r\nX-Api-Key: contract-key\r\n"
                                        + "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
                                .getBytes(StandardCharsets.US_ASCII));
            }
            await().during(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> !log.toString(StandardCharsets.UTF_8).contains("EOFException"));
        } finally {
            System.setOut(console);
        }
    }

    @Test
    void rejectsABodyOver256KiB() {
        Caller.assertProblem(caller.check(" ".repeat(256 * 1024) + SOUND), 413, "content-too-large");
        assertThat(caller.check(" ".repeat(256 * 1024 - SOUND.length()) + SOUND).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "req-42", "!~"})
    void returnsTheRequestIdOfTheCaller(String id) {
        var response = caller.send(caller.anonymous("/nothing").header("X-Request-Id", id));

        assertThat(response.header("X-Request-Id")).isEqualTo(id);
    }

    @Test
    void replacesAnInvalidRequestId() {
        var response = caller.send(caller.anonymous("/nothing").header("X-Request-Id", "x".repeat(129)));

        assertThat(response.header("X-Request-Id")).hasSize(36);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "nonsense\r\n\r\n",
                "POST /v1/rate-limits/check HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
                "GET //v1/rate-limits/check HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "POST /v1/../v1/rate-limits/check HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                "POST /%76%31/rate-limits/check HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                "POST /v1/rate-limits/check/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                "POST /v1;x=1/rate-limits/check HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            })
    void respondsToAMalformedRequestWithAProblem(String request) throws IOException {
        var response = raw(request);

        assertThat(response)
                .as(request)
                .matches("(?s)HTTP/1\\.[01] 4.*")
                .containsIgnoringCase("Content-Type: application/problem+json");
        assertThat(response).containsIgnoringCase("Cache-Control: no-store").containsIgnoringCase("X-Request-Id: ");
        assertThat(response).doesNotContain("Exception");
    }

    @Test
    void respondsToAnOverlongHeaderWithAProblem() throws IOException {
        assertThat(raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 4")
                .containsIgnoringCase("application/problem+json");
    }

    private static String raw(String request) throws IOException {
        try (var socket = new Socket("localhost", server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void servesTheDescriptionAndItsPage() {
        assertThat(caller.send(caller.anonymous("/swagger/gatehouse.yml")).text())
                .contains(
                        "/v1/rate-limits/check",
                        "/v1/rate-limits/leases/extend",
                        "errors:",
                        "violated-policies:",
                        "Retry-After:")
                .as("members of a problem are described one by one")
                .doesNotContain("further members of the body");
        var page = caller.send(caller.anonymous("/swagger-ui"));
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text()).contains("swagger").doesNotContain("unpkg.com", "cdn.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GATEHOUSE_API_KEYS | acme | GATEHOUSE_API_KEYS has no tenant name",
                "GATEHOUSE_API_KEYS | ACME=00 | GATEHOUSE_API_KEYS has no tenant name",
                "GATEHOUSE_API_KEYS | acme=my-secret | GATEHOUSE_API_KEYS has no SHA-256",
                "GATEHOUSE_AUTH | maybe | GATEHOUSE_AUTH must be",
                "GATEHOUSE_AUTH | gateway | only behind API Gateway",
                "GATEHOUSE_RATE_LIMIT_WHEN_DOWN | half | GATEHOUSE_RATE_LIMIT_WHEN_DOWN must be",
                "GATEHOUSE_LEASES_WHEN_DOWN | open | GATEHOUSE_LEASES_WHEN_DOWN must be closed or local",
                "GATEHOUSE_SESSIONS_WHEN_DOWN | open | GATEHOUSE_SESSIONS_WHEN_DOWN must be local or closed",
                "GATEHOUSE_SESSION_REUSE | ignore | GATEHOUSE_SESSION_REUSE must be log or revoke",
                "GATEHOUSE_REMEMBER_DENIALS | maybe | GATEHOUSE_REMEMBER_DENIALS must be on or off",
                "GATEHOUSE_LOCAL_SHARE | 0 | GATEHOUSE_LOCAL_SHARE must be",
                "MICRONAUT_SERVER_PORT | http | MICRONAUT_SERVER_PORT must be a whole number from 1 to 65535, not http",
                "MICRONAUT_SERVER_PORT | 65536 | MICRONAUT_SERVER_PORT must be",
                "GATEHOUSE_TRUSTED_PROXIES | all | GATEHOUSE_TRUSTED_PROXIES must be a whole number from 0 to 10, not all",
                "MICRONAUT_SERVER_PORT | -5 | MICRONAUT_SERVER_PORT must be",
                "LOG_LEVEL | loud | LOG_LEVEL must be one of",
                "LOG_FORMAT | xml | LOG_FORMAT must be json or text, not xml",
                "REDIS_LOG_COMMANDS | maybe | REDIS_LOG_COMMANDS must be true or false, not maybe"
            })
    void failsTheStartIfASettingIsInvalid(String name, String value, String line) {
        var environment = new HashMap<>(Map.of("MICRONAUT_SERVER_PORT", "-1", "ENABLE_REDIS", "false"));
        environment.put(name, value);
        assertThatThrownBy(() -> Server.start(environment))
                .hasStackTraceContaining(line)
                .satisfies(failure -> assertThat(failure).hasMessageNotContaining("my-secret"));
    }

    @Test
    void treatsABlankFallbackPolicyAsUnset() throws IOException {
        var environment = new HashMap<>(Map.of("MICRONAUT_SERVER_PORT", "-1", "ENABLE_REDIS", "false"));
        for (var operation : new String[] {
            "RATE_LIMIT", "LEASES", "IDEMPOTENCY", "REPLAYS", "SESSIONS", "CACHE", "STATE_READS", "STATE_WRITES"
        }) {
            environment.put("GATEHOUSE_" + operation + "_WHEN_DOWN", " ");
        }
        environment.put("GATEHOUSE_STATES_ON_RECOVERY", "");
        try (var blank = Server.start(environment)) {
            assertThat(new Caller(blank.port(), "")
                            .send(new Caller(blank.port(), "").anonymous("/health/liveness"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void allowsNoAuthenticationOnLoopbackOnly() throws IOException {
        for (var host : new String[] {"0.0.0.0", "::"}) {
            assertThatThrownBy(() -> Server.start(Map.of(
                            "MICRONAUT_SERVER_PORT", "-1", "MICRONAUT_SERVER_HOST", host, "GATEHOUSE_AUTH", "none")))
                    .as("not even with a Redis of its own")
                    .hasStackTraceContaining("GATEHOUSE_AUTH may be none only");
        }
        try (var open = Server.start(
                Map.of("MICRONAUT_SERVER_PORT", "-1", "ENABLE_REDIS", "false", "GATEHOUSE_AUTH", "none"))) {
            var anybody = new Caller(open.port(), "");
            var response = anybody.check(SOUND);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).containsEntry("degraded", true);
            assertThat(response.header("Gatehouse-Source")).isEqualTo("local");
        }
    }

    @Test
    void failsTheStartIfThePortIsInUse() {
        assertThatThrownBy(() -> Server.start(Map.of("MICRONAUT_SERVER_PORT", Integer.toString(server.port()))))
                .hasStackTraceContaining("BindException");
    }
}

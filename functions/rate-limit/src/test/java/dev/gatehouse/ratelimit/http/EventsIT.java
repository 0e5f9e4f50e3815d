// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testkit.lambda.FunctionProcess;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The events of each gateway as AWS documents them, served by the package under AWS's runtime client. */
class EventsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.createDefault();
    private static final String CHECK = "/v1/rate-limits/check";
    private static final String BODY =
            "{\"limits\":[{\"name\":\"api\",\"subject\":\"ädä\",\"limit\":1000,\"windowSeconds\":60}]}";

    private static RedisProcess redis;
    private static final Map<String, FunctionProcess> FUNCTIONS = new HashMap<>();

    /** A kind of event. */
    private enum Form {
        HTTP_API("HttpApiHandler", "http-api-2.0", "$default"),
        FUNCTION_URL("HttpApiHandler", "function-url", "$default"),
        REST_API("RestApiHandler", "rest-api", "live"),
        HTTP_API_1("RestApiHandler", "http-api-1.0", "$default"),
        LOAD_BALANCER("LoadBalancerHandler", "load-balancer", ""),
        LOAD_BALANCER_MULTI_VALUE("LoadBalancerHandler", "load-balancer-multi-value", "");

        private final String handler;
        private final String file;
        private final String stage;

        Form(String handler, String file, String stage) {
            this.handler = "dev.gatehouse.lambda." + handler;
            this.file = file;
            this.stage = stage;
        }
    }

    /** An event, by its form and what is special about it. */
    private record Row(Form form, String path, String stage, String body, boolean base64) {

        String event() throws IOException {
            try (var template = EventsIT.class.getResourceAsStream("events/" + form.file + ".json")) {
                return new String(template.readAllBytes(), StandardCharsets.UTF_8)
                        .replace("${path}", path)
                        .replace("${stage}", stage)
                        .replace("${key}", HttpPackage.KEY)
                        .replace("${base64}", Boolean.toString(base64))
                        .replace("${body}", body == null ? "null" : JSON.writeValueAsString(body));
            }
        }
    }

    private record Response(int status, Map<String, String> headers, Map<String, Object> members) {

        @SuppressWarnings("unchecked")
        static Response parse(String json) throws IOException {
            var members = JSON.readValue(json, Argument.mapOf(String.class, Object.class));
            var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            headers.putAll((Map<String, String>) members.get("headers"));
            return new Response(((Number) members.get("statusCode")).intValue(), headers, members);
        }

        String body() {
            return (String) members.get("body");
        }
    }

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        for (var form : Form.values()) {
            FUNCTIONS.computeIfAbsent(form.handler, handler -> HttpPackage.underTest()
                    .on(redis.url(), handler)
                    .env("GATEHOUSE_BASE_PATH", "/orders")
                    .start());
        }
    }

    @AfterAll
    static void stop() {
        FUNCTIONS.values().forEach(FunctionProcess::close);
        redis.close();
    }

    static Stream<Row> served() {
        var encoded = Base64.getEncoder().encodeToString(BODY.getBytes(StandardCharsets.UTF_8));
        var ofEveryForm = Stream.of(Form.values())
                .flatMap(form -> Stream.of(
                        new Row(form, CHECK, form.stage, BODY, false),
                        new Row(form, CHECK, form.stage, encoded, true),
                        new Row(form, "/orders" + CHECK, form.stage, BODY, false)));
        // A REST API has removed its stage from the path already.
        var prefixed = Stream.of(Form.HTTP_API, Form.HTTP_API_1)
                .map(form -> new Row(form, "/live" + CHECK, "live", BODY, false));
        var namedAsARoute = Stream.of(
                new Row(Form.REST_API, CHECK, "v1", BODY, false),
                new Row(Form.HTTP_API, "/v1" + CHECK, "v1", BODY, false));
        return Stream.of(ofEveryForm, prefixed, namedAsARoute).flatMap(rows -> rows);
    }

    @ParameterizedTest
    @MethodSource
    void served(Row row) throws IOException {
        var response = send(row);

        assertThat(response.status()).as(response.toString()).isEqualTo(200);
        assertThat(response.body()).contains("\"allowed\":true", "\"degraded\":false");
        assertThat(response.members().get("isBase64Encoded")).isIn(null, false);
        assertThat(response.headers())
                .containsEntry("Content-Type", "application/json")
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("X-Request-Id", "gateway-id")
                .containsEntry("Gatehouse-Source", "redis");
        if (row.form == Form.LOAD_BALANCER_MULTI_VALUE) {
            assertThat(response.members().get("multiValueHeaders").toString()).contains("X-Request-Id=[gateway-id]");
        }
        if (row.form.handler.endsWith("LoadBalancerHandler")) {
            assertThat((String) response.members().get("statusDescription")).isEqualToIgnoringCase("200 OK");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMissingBodyIsAnInvalidRequest(Form form) throws IOException {
        for (var body : new String[] {null, ""}) {
            var response = send(new Row(form, CHECK, form.stage, body, false));

            assertThat(response.status()).as(response.toString()).isEqualTo(400);
            assertThat(response.body()).contains("urn:gatehouse:problem:invalid-request", "body is");
            assertThat(response.headers()).containsEntry("Content-Type", "application/problem+json");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoEventOfTheHandlerIsAnInvalidRequest(Form form) throws IOException {
        for (var event : List.of("{}", "[]", "1", "", "{\"requestContext\":7}")) {
            var response = Response.parse(
                    FUNCTIONS.get(form.handler).invoke(event, PATIENCE).response());

            assertThat(response.status()).as(event).isEqualTo(400);
            assertThat(response.body()).contains("urn:gatehouse:problem:invalid-request");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownKeyAndPathAreRefused(Form form) throws IOException {
        var row = new Row(form, CHECK, form.stage, BODY, false);
        var function = FUNCTIONS.get(form.handler);
        var unknown = function.invoke(row.event().replace(HttpPackage.KEY, "other"), PATIENCE);

        assertThat(Response.parse(unknown.response()).status()).isEqualTo(401);
        assertThat(send(new Row(form, "/nowhere", form.stage, BODY, false)).status())
                .isEqualTo(404);
    }

    private static Response send(Row row) throws IOException {
        return Response.parse(
                FUNCTIONS.get(row.form.handler).invoke(row.event(), PATIENCE).response());
    }
}

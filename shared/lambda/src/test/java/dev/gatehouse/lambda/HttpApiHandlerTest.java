// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import dev.gatehouse.codec.Sha256;
import dev.gatehouse.lambda.SentEvent.LambdaResponse;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import io.micronaut.context.ApplicationContext;
import io.micronaut.http.HttpRequest;
import io.micronaut.web.router.Router;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock(Resources.SYSTEM_OUT)
class HttpApiHandlerTest {

    private static HttpApiHandler function;

    private static final PrintStream OUT = System.out;

    /** The function prints a line for each of thousands of requests. */
    @BeforeAll
    static void silenceOutput() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    }

    @AfterAll
    static void restoreOutput() {
        System.setOut(OUT);
    }

    @BeforeAll
    static void startsTheFunction() {
        function = new HttpApiHandler(context().start());
    }

    private static ApplicationContext context() {
        var digest = HexFormat.of().formatHex(Sha256.of("k".getBytes(StandardCharsets.UTF_8)));
        return FunctionContext.builder()
                .properties(Map.of("gatehouse.service", "true", "gatehouse.api-keys", "acme=" + digest))
                .build();
    }

    @Test
    void servesAnEventByTheControllers() {
        var response = event("POST", "/v1/echo", "{\"a\":1}").to(function, new InvocationContext(30_000));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).contains("\"tenant\":\"acme\"", "{\\\"a\\\":1}");
        assertThat(response.headers())
                .containsEntry("X-Request-Id", "gateway-1")
                .containsEntry("Cache-Control", "no-store");
    }

    /** The default domain prefixes paths with the stage. On a custom domain the path may be complete. */
    @ParameterizedTest
    @CsvSource({
        "a1.execute-api.eu-west-1.amazonaws.com, live, /live/v1/echo",
        "a1.execute-api.eu-west-1.amazonaws.com, v1, /v1/v1/echo",
        "a1.execute-api.eu-west-1.amazonaws.com, $default, /v1/echo",
        "gate.example.com, live, /v1/echo",
        "gate.example.com, live, /live/v1/echo",
        "gate.example.com, v1, /v1/echo",
        "gate.example.com, v1, /v1/v1/echo",
        ", v1, /v1/echo",
    })
    void servesPathsWithAndWithoutTheStage(String domain, String stage, String path) {
        assertThat(event("POST", path, "{}").at(domain, stage).to(function).status())
                .isEqualTo(200);
    }

    @Test
    void leavesTheDateHeaderToTheGateway() {
        var response = event("POST", "/v1/echo", "{}").to(function);

        assertThat(response.headers()).containsKey("X-Request-Id").doesNotContainKey("Date");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v1", "/v1/", "/v1/echo", "/v1/nothing", "/health/redis", "/health/detailed/x", "/redis/stats"})
    void respondsWithUnauthorizedToAnyGuardedPathWithoutAKey(String path) {
        var event = event("POST", path, "{}");
        event.header("x-api-key", "other");

        assertThat(event.to(function).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v", "/v1x/echo", "/health", "/health/redisx", "/redistats"})
    void respondsWithNotFoundToUnguardedPaths(String path) {
        var event = event("POST", path, "{}");
        event.header("x-api-key", "other");

        assertThat(event.to(function).status()).isEqualTo(404);
    }

    @Test
    void looksUpTheFiltersOnce() {
        try (var beans = context().start()) {
            var router = beans.getBean(Router.class);

            assertThat(router.findFilters(HttpRequest.POST("/v1/echo", "{}"), null))
                    .isNotEmpty()
                    .isSameAs(router.findFilters(HttpRequest.GET("/health"), null));
        }
    }

    @Test
    void decodesABase64Body() {
        var event = event(
                "POST", "/v1/echo", Base64.getEncoder().encodeToString("{\"ü\":1}".getBytes(StandardCharsets.UTF_8)));
        event.with("isBase64Encoded", true);

        assertThat(event.to(function).body()).contains("{\\\"ü\\\":1}");
    }

    @Test
    void rejectsTwoKeysThatTheGatewayJoined() {
        for (var joined : new String[] {"k,l", "k, l", "l,k", "k,k"}) {
            var event = event("POST", "/v1/echo", "{}");
            event.header("x-api-key", joined);

            assertThat(event.to(function).status()).as(joined).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity,gzip", "identity, gzip", "nonsense"})
    void rejectsACompressedBody(String coding) {
        var event = event("POST", "/v1/echo", "{}");
        event.header("content-encoding", coding);

        var response = event.to(function);

        assertThat(response.status()).isEqualTo(415);
        assertProblem(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "BREW", "post"})
    void rejectsOtherMethods(String method) {
        var response = event(method, "/v1/echo", "{}").to(function);

        assertThat(response.status()).isEqualTo(405);
        assertThat(response.headers()).containsEntry("Allow", "POST").containsKey("X-Request-Id");
        if (method.equals("HEAD")) {
            assertThat(response.body()).isNullOrEmpty();
        } else {
            assertProblem(response);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/V1/echo",
                "/v1/Echo",
                "/v1/echo%00",
                "/v1/%2e%2e/v1/echo",
                "/v1/../v1/echo",
                "/%76%31/echo",
                "/v1%2Fecho",
                "/v1/echo;jsessionid=1",
                "/v1;a/echo",
                "/v1/echo%20",
            })
    void respondsWithNotFoundToOtherSpellingsOfAPath(String path) {
        var response = event("POST", path, "{}").to(function);

        assertThat(response.status()).as(path).isEqualTo(404);
        assertProblem(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=1", "%zz", "a=%00", "a[]={}", "&&=", "a=1&a=2"})
    void ignoresAQuery(String query) {
        var event = event("POST", "/v1/echo", "{}");
        event.with("rawQueryString", query);
        event.with("queryStringParameters", Map.of("a", "%zz", "[]", "{}", "", "\u0000"));

        assertThat(event.to(function).status()).isEqualTo(200);
    }

    @Test
    void servesARequestWithManyAndLongHeaders() {
        var event = event("POST", "/v1/echo", "{}");
        IntStream.range(0, 100).forEach(i -> event.header("x-" + i, "v"));
        event.header("x", "x".repeat(16_384)).header("expect", "100-continue").header("", "");

        assertThat(event.to(function).status()).isEqualTo(200);
    }

    @Test
    void endsDecisionsBeforeTheInvocation() {
        var left = IntStream.range(0, 5)
                .mapToObj(_ -> event("POST", "/v1/echo", "{}").to(function, new InvocationContext(250)))
                .map(response -> response.body().replaceAll(".*\"leftMillis\":(-?\\d+).*", "$1"))
                .map(Integer::parseInt)
                .toList();

        assertThat(left).allMatch(millis -> millis <= 200);
        assertThat(left).as("unless a busy machine used it up").anyMatch(millis -> millis >= 50);
    }

    @Test
    void hidesTheCauseOfAnInternalError() {
        var response = event("POST", "/v1/echo/fault", "{}").to(function);

        assertThat(response.status()).isEqualTo(500);
        assertThat(response.body())
                .contains("urn:gatehouse:problem:internal-error")
                .doesNotContain("secret-detail");
    }

    @ParameterizedTest
    @MethodSource("malformedEvents")
    void respondsToAMalformedEventWithAProblem(SentEvent event) {
        var response = event.to(function);

        assertThat(response.status()).as("%s", event).isBetween(400, 499);
        assertProblem(response);
    }

    static Stream<SentEvent> malformedEvents() {
        var badBase64 = event("POST", "/v1/echo", "%%%");
        badBase64.with("isBase64Encoded", true);
        var noContext = event("POST", "/v1/echo", "{}");
        noContext.with("requestContext", null);
        var nullHeader = event("POST", "/v1/echo", "{}");
        nullHeader.header("x-api-key", null);
        var noHeaders = event("POST", "/v1/echo", "{}");
        noHeaders.with("headers", null);
        var large = event("POST", "/v1/echo", "x".repeat(256 * 1024 + 1));
        return Stream.of(
                badBase64,
                noContext,
                nullHeader,
                noHeaders,
                large,
                event("POST", null, "{}"),
                event("POST", "", "{}"),
                event("POST", "v1/echo", "{}"),
                event("POST", "/v1/%zz", "{}"),
                event("POST", "/v1/echo%", "{}"),
                event("POST", "/v1/a b", "{}"),
                event("POST", "/v1/{x}", "{}"),
                event("POST", "//v1/echo", "{}"),
                event("POST", "/v1//echo", "{}"),
                event("POST", "/v1/\u0000", "{}"),
                event(null, "/v1/echo", "{}"),
                event("", "/v1/echo", "{}"),
                event("BREW", "/v1/echo", "{}"),
                event("GET", "/v1/echo", null),
                event("GET", "/../../etc/passwd", null),
                event("GET", "/nothing", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "1", "{}", "{\"requestContext\":1}", "\u0000"})
    void respondsToAnythingElseThanAnEventWithAProblem(String sent) {
        var response = SentEvent.send(sent.getBytes(StandardCharsets.UTF_8), function, null);

        assertThat(response.status()).isEqualTo(400);
        assertProblem(response);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/xml",
                "foo",
                "/",
                "application/",
                ";;",
                "application/json/x",
                "multipart/form-data",
                "application/x-www-form-urlencoded",
                "application/json2",
                "application/json,text/plain",
                "*/*x"
            })
    void rejectsOtherContentTypes(String type) {
        var event = event("POST", "/v1/echo", "{}");
        event.header("content-type", type);

        var response = event.to(function);

        assertThat(response.status()).as(type).isEqualTo(415);
        assertProblem(response);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json; charset=nonsense", "application/json; charset=\"", "application/json;;", ""})
    void acceptsUnknownCharsets(String type) {
        var event = event("POST", "/v1/echo", "{}");
        event.header("content-type", type);

        assertThat(event.to(function).status()).as(type).isLessThan(500);
    }

    @Test
    void takesTheTenantFromTheAuthorizerOfTheGateway() {
        var behindGateway = new HttpApiHandler(FunctionContext.builder()
                .properties(Map.of(
                        "gatehouse.service",
                        "true",
                        "gatehouse.auth",
                        "gateway",
                        "gatehouse.tenant-field",
                        "jwt.tenant"))
                .start());
        var event = event("POST", "/v1/echo", "{}");
        event.withoutHeader("x-api-key");

        assertThat(event.to(behindGateway).status()).isEqualTo(401);
        event.authorized(Map.of("jwt", Map.of("claims", Map.of("tenant", "blue"))));
        assertThat(event.to(behindGateway).body()).contains("\"tenant\":\"blue\"");
    }

    @Test
    @DeepTest
    void thousandsOfInvocationsRegisterNoBeansAndStayFast() {
        var early = medianNanos(1_000);
        medianNanos(Rounds.of(4_000, 26_000));
        var late = medianNanos(1_000);

        assertThat(late).isLessThan(2 * early);
        assertThat(function.getApplicationContext().getBeansOfType(Context.class))
                .isEmpty();
    }

    @Test
    void passesTheCookiesOfTheEventAsAHeader() {
        var event = new APIGatewayV2HTTPEvent();
        event.setCookies(List.of("a=1", "b=2"));

        function.handleRequest(event, null);

        assertThat(event.getHeaders()).containsEntry("cookie", "a=1; b=2");
    }

    @Test
    void joinsTheValuesOfAHeaderAndSeparatesCookies() {
        var response = function.handleRequest(
                APIGatewayV2HTTPEvent.builder()
                        .withHeaders(new HashMap<>(Map.of("x-api-key", "k", "content-type", "application/json")))
                        .withRequestContext(APIGatewayV2HTTPEvent.RequestContext.builder()
                                .withHttp(APIGatewayV2HTTPEvent.RequestContext.Http.builder()
                                        .withMethod("POST")
                                        .withPath("/v1/echo/headers")
                                        .build())
                                .build())
                        .withBody("{}")
                        .build(),
                null);

        assertThat(response.getHeaders()).containsEntry("X-Several", "1, 2").doesNotContainKey("Set-Cookie");
        assertThat(response.getCookies()).containsExactly("a=1", "b=2");
        assertThat(response.getMultiValueHeaders()).isNull();
    }

    private static long medianNanos(int invocations) {
        var context = new InvocationContext(30_000);
        var nanos = new long[invocations];
        for (int i = 0; i < invocations; i++) {
            var start = System.nanoTime();
            event("POST", "/v1/echo", "{}").to(function, context);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[invocations / 2];
    }

    private static void assertProblem(LambdaResponse response) {
        assertThat(response.headers())
                .containsEntry("Content-Type", "application/problem+json")
                .containsEntry("Cache-Control", "no-store")
                .containsKey("X-Request-Id");
        assertThat(response.body())
                .startsWith("{\"type\":\"urn:gatehouse:problem:")
                .contains("\"title\":", "\"detail\":", "\"status\":" + response.status())
                .doesNotContain("Exception", "\"headers\"", "\"members\"");
    }

    private static SentEvent event(String method, String path, String body) {
        return SentEvent.of(method, path, body, "k");
    }
}

package dev.gatehouse.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Authorizer;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Authorizer.JWT;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Http;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.micronaut.function.aws.LambdaApplicationContextBuilder;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpFunctionTest {

    private static HttpFunction function;

    private static final PrintStream OUT = System.out;

    /** A line for each of thousands of requests is nothing to read. */
    @BeforeAll
    static void staysQuiet() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    }

    @AfterAll
    static void isHeardAgain() {
        System.setOut(OUT);
    }

    @BeforeAll
    static void startsTheFunction() throws Exception {
        var digest = MessageDigest.getInstance("SHA-256").digest("k".getBytes(StandardCharsets.UTF_8));
        function = new HttpFunction(new LambdaApplicationContextBuilder()
                .properties(Map.of(
                        "gatehouse.service",
                        "true",
                        "gatehouse.api-keys",
                        "acme=" + HexFormat.of().formatHex(digest)))
                .build());
    }

    @Test
    void anEventIsServedByTheControllers() {
        var response = function.handleRequest(event("POST", "/v1/echo", "{\"a\":1}"), new InvocationContext(30_000));

        assertThat(response.getStatusCode()).isEqualTo(200);
        assertThat(response.getBody()).contains("\"tenant\":\"acme\"", "{\\\"a\\\":1}");
        assertThat(response.getHeaders())
                .containsEntry("X-Request-Id", "gateway-1")
                .containsEntry("Cache-Control", "no-store");
    }

    @Test
    void aBase64BodyIsDecoded() {
        var event = event(
                "POST", "/v1/echo", Base64.getEncoder().encodeToString("{\"ü\":1}".getBytes(StandardCharsets.UTF_8)));
        event.setIsBase64Encoded(true);

        assertThat(function.handleRequest(event, null).getBody()).contains("{\\\"ü\\\":1}");
    }

    @Test
    void twoKeysThatTheGatewayJoinedOpenNothing() {
        for (var joined : new String[] {"k,l", "k, l", "l,k", "k,k"}) {
            var event = event("POST", "/v1/echo", "{}");
            event.getHeaders().put("x-api-key", joined);

            assertThat(function.handleRequest(event, null).getStatusCode())
                    .as(joined)
                    .isEqualTo(401);
        }
    }

    @Test
    void aPackedBodyIsRefused() {
        var event = event("POST", "/v1/echo", "{}");
        event.getHeaders().put("content-encoding", "gzip");

        assertThat(function.handleRequest(event, null).getStatusCode()).isEqualTo(415);
    }

    @Test
    void aDecisionHasNoMoreTimeThanTheInvocation() {
        var left = IntStream.range(0, 5)
                .mapToObj(_ -> function.handleRequest(event("POST", "/v1/echo", "{}"), new InvocationContext(250)))
                .map(response -> response.getBody().replaceAll(".*\"leftMillis\":(-?\\d+).*", "$1"))
                .map(Integer::parseInt)
                .toList();

        assertThat(left).allMatch(millis -> millis <= 200);
        assertThat(left).as("where a busy machine did not use it up").anyMatch(millis -> millis >= 50);
    }

    @Test
    void anIdempotentMethodRunsOnceForItsKey() {
        var event = event("POST", "/v1/echo/once", "{\"a\":1}");
        event.getHeaders().put("idempotency-key", "k-1");

        var first = function.handleRequest(event, new InvocationContext(30_000));
        var second = function.handleRequest(event, new InvocationContext(30_000));

        assertThat(first.getStatusCode()).isEqualTo(200);
        assertThat(first.getBody()).isEqualTo("{\"runs\":1}");
        assertThat(second.getBody()).isEqualTo(first.getBody());
        assertThat(second.getHeaders()).containsEntry("Idempotent-Replayed", "true");
        event.setBody("{\"a\":2}");
        assertThat(function.handleRequest(event, null).getStatusCode()).isEqualTo(422);
        var without = event("POST", "/v1/echo/once", "{\"a\":1}");
        assertThat(function.handleRequest(without, null).getStatusCode()).isEqualTo(400);
    }

    @Test
    void aFaultIsToldWithoutWhatItWas() {
        var response = function.handleRequest(event("POST", "/v1/echo/fault", "{}"), null);

        assertThat(response.getStatusCode()).isEqualTo(500);
        assertThat(response.getBody())
                .contains("urn:gatehouse:problem:internal-error")
                .doesNotContain("secret-detail");
    }

    @ParameterizedTest
    @MethodSource("malformedEvents")
    void aMalformedEventIsAProblemOfTheCaller(APIGatewayV2HTTPEvent event) {
        var response = function.handleRequest(event, null);

        assertThat(response.getStatusCode()).as("%s", event).isBetween(400, 499);
        assertProblem(response);
    }

    static Stream<APIGatewayV2HTTPEvent> malformedEvents() {
        var badBase64 = event("POST", "/v1/echo", "%%%");
        badBase64.setIsBase64Encoded(true);
        var noContext = event("POST", "/v1/echo", "{}");
        noContext.setRequestContext(null);
        var nullHeader = event("POST", "/v1/echo", "{}");
        nullHeader.getHeaders().put("x-api-key", null);
        var noHeaders = event("POST", "/v1/echo", "{}");
        noHeaders.setHeaders(null);
        var large = event("POST", "/v1/echo", "x".repeat(256 * 1024 + 1));
        return Stream.of(
                new APIGatewayV2HTTPEvent(),
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
                "*/*x"
            })
    void anotherContentTypeIsRefused(String type) {
        var event = event("POST", "/v1/echo", "{}");
        event.getHeaders().put("content-type", type);

        var response = function.handleRequest(event, null);

        assertThat(response.getStatusCode()).as(type).isEqualTo(415);
        assertProblem(response);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json; charset=nonsense", "application/json; charset=\"", "application/json;;", ""})
    void anOddCharsetIsNoFault(String type) {
        var event = event("POST", "/v1/echo", "{}");
        event.getHeaders().put("content-type", type);

        assertThat(function.handleRequest(event, null).getStatusCode()).as(type).isLessThan(500);
    }

    @Test
    void aGatewaysAuthorizerNamesTheTenant() {
        var behindGateway = new HttpFunction(new LambdaApplicationContextBuilder()
                .properties(Map.of(
                        "gatehouse.service",
                        "true",
                        "gatehouse.auth",
                        "gateway",
                        "gatehouse.tenant-field",
                        "jwt.tenant"))
                .build());
        var event = event("POST", "/v1/echo", "{}");
        event.getHeaders().remove("x-api-key");

        assertThat(behindGateway.handleRequest(event, null).getStatusCode()).isEqualTo(401);
        event.getRequestContext()
                .setAuthorizer(Authorizer.builder()
                        .withJwt(JWT.builder()
                                .withClaims(Map.of("tenant", "blue"))
                                .build())
                        .build());
        assertThat(behindGateway.handleRequest(event, null).getBody()).contains("\"tenant\":\"blue\"");
    }

    @Test
    void theFourThousandthInvocationIsAsQuickAsTheFirstWarmOne() {
        var early = medianNanos(2_000);
        medianNanos(16_000);
        var late = medianNanos(2_000);

        assertThat(late).isLessThan(2 * early);
    }

    private static long medianNanos(int invocations) {
        var context = new InvocationContext(30_000);
        var nanos = new long[invocations];
        for (int i = 0; i < invocations; i++) {
            var start = System.nanoTime();
            function.handleRequest(event("POST", "/v1/echo", "{}"), context);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[invocations / 2];
    }

    private static void assertProblem(APIGatewayV2HTTPResponse response) {
        assertThat(response.getHeaders())
                .containsEntry("Content-Type", "application/problem+json")
                .containsEntry("Cache-Control", "no-store")
                .containsKey("X-Request-Id");
        assertThat(response.getBody())
                .startsWith("{\"type\":\"urn:gatehouse:problem:")
                .contains("\"title\":", "\"detail\":", "\"status\":" + response.getStatusCode())
                .doesNotContain("Exception", "\"headers\"", "\"members\"");
    }

    private static APIGatewayV2HTTPEvent event(String method, String path, String body) {
        var headers = new HashMap<String, String>();
        headers.put("x-api-key", "k");
        headers.put("content-type", "application/json");
        return APIGatewayV2HTTPEvent.builder()
                .withHeaders(headers)
                .withBody(body)
                .withRequestContext(RequestContext.builder()
                        .withRequestId("gateway-1")
                        .withHttp(
                                Http.builder().withMethod(method).withPath(path).build())
                        .build())
                .build();
    }
}

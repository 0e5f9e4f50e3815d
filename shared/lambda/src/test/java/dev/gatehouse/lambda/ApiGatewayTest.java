// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent.ProxyRequestContext;
import com.amazonaws.services.lambda.runtime.events.ApplicationLoadBalancerRequestEvent;
import io.micronaut.context.ApplicationContext;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads the authorizer's fields from the events of each API. */
@ResourceLock(Resources.SYSTEM_OUT)
class ApiGatewayTest {

    private static final PrintStream OUT = System.out;

    @BeforeEach
    void discardMetrics() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    }

    @AfterEach
    void restoreOutput() {
        System.setOut(OUT);
    }

    private static ApplicationContext context(String field) {
        return FunctionContext.builder()
                .properties(Map.of(
                        "gatehouse.service", "true", "gatehouse.auth", "gateway", "gatehouse.tenant-field", field))
                .start();
    }

    static Stream<Arguments> payload2() {
        return Stream.of(
                Arguments.of(
                        "jwt.tenant", Map.of("jwt", Map.of("claims", Map.of("tenant", "blue"), "scopes", List.of()))),
                Arguments.of("lambda.tenant", Map.of("lambda", Map.of("tenant", "blue", "degraded", true, "left", 7))),
                Arguments.of("iam.accountId", Map.of("iam", Map.of("accountId", "blue"))),
                Arguments.of("iam.userId", Map.of("iam", Map.of("userId", "blue"))));
    }

    @ParameterizedTest
    @MethodSource("payload2")
    void readsAuthorizerFieldsOfPayloadFormat2(String field, Map<String, Object> authorizer) {
        try (var context = context(field)) {
            var handler = new HttpApiHandler(context);
            var event = SentEvent.of("POST", "/v1/echo", "{}", "k");

            assertThat(event.to(handler).status()).isEqualTo(401);
            assertThat(event.authorized(authorizer).to(handler).body()).contains("\"tenant\":\"blue\"");
            assertThat(event.authorized(Map.of("lambda", Map.of("other", "blue")))
                            .to(handler)
                            .status())
                    .isEqualTo(401);
        }
    }

    static Stream<Arguments> payload1() {
        var identity = new APIGatewayProxyRequestEvent.RequestIdentity()
                .withAccountId("blue")
                .withUser("blue");
        return Stream.of(
                Arguments.of("jwt.tenant", authorized(Map.of("jwt", Map.of("claims", Map.of("tenant", "blue"))))),
                Arguments.of("jwt.tenant", authorized(Map.of("claims", Map.of("tenant", "blue")))),
                Arguments.of("lambda.tenant", authorized(Map.of("tenant", "blue", "principalId", "p"))),
                Arguments.of("iam.accountId", new ProxyRequestContext().withIdentity(identity)),
                Arguments.of("iam.userId", new ProxyRequestContext().withIdentity(identity)));
    }

    private static ProxyRequestContext authorized(Map<String, Object> authorizer) {
        var context = new ProxyRequestContext();
        context.setAuthorizer(authorizer);
        return context;
    }

    @ParameterizedTest
    @MethodSource("payload1")
    void readsAuthorizerFieldsOfPayloadFormat1(String field, ProxyRequestContext requestContext) {
        try (var context = context(field)) {
            var handler = new RestApiHandler(context);
            var event = new APIGatewayProxyRequestEvent()
                    .withHttpMethod("POST")
                    .withPath("/v1/echo")
                    .withHeaders(Map.of("content-type", "application/json"))
                    .withBody("{}");

            assertThat(handler.handleRequest(event.clone(), null).getStatusCode())
                    .isEqualTo(401);
            assertThat(handler.handleRequest(event.clone().withRequestContext(requestContext), null)
                            .getBody())
                    .contains("\"tenant\":\"blue\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"jwt.tenant", "lambda.tenant", "iam.accountId"})
    void readsNoAuthorizerFieldsOfALoadBalancer(String field) {
        try (var context = context(field)) {
            var event = new ApplicationLoadBalancerRequestEvent();
            event.setHttpMethod("POST");
            event.setPath("/v1/echo");

            assertThat(new LoadBalancerHandler(context)
                            .handleRequest(event, null)
                            .getStatusCode())
                    .isEqualTo(401);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a1.execute-api.eu-west-1.amazonaws.com, live, /live/v1/echo",
        "a1.execute-api.eu-west-1.amazonaws.com, v1, /v1/v1/echo",
        "gate.example.com, live, /v1/echo",
        "gate.example.com, live, /live/v1/echo",
        "gate.example.com, v1, /v1/echo",
        "gate.example.com, v1, /v1/v1/echo",
        ", v1, /v1/echo",
    })
    void servesPathsWithAndWithoutTheStage(String domain, String stage, String path) {
        try (var context = context("lambda.tenant")) {
            var requestContext = authorized(Map.of("tenant", "blue"));
            requestContext.setDomainName(domain);
            requestContext.setStage(stage);
            requestContext.setPath(path);
            var event = new APIGatewayProxyRequestEvent()
                    .withHttpMethod("POST")
                    .withPath(path)
                    .withHeaders(Map.of("content-type", "application/json"))
                    .withRequestContext(requestContext)
                    .withBody("{}");

            assertThat(new RestApiHandler(context).handleRequest(event, null).getStatusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void removesTheStageFromThePathOfARestApi() {
        try (var context = context("lambda.tenant")) {
            var requestContext = authorized(Map.of("tenant", "blue"));
            requestContext.setStage("v1");
            requestContext.setPath("/v1/v1/echo");
            var event = new APIGatewayProxyRequestEvent()
                    .withHttpMethod("POST")
                    .withPath("/v1/echo")
                    .withHeaders(Map.of("content-type", "application/json"))
                    .withRequestContext(requestContext)
                    .withBody("{}");

            assertThat(new RestApiHandler(context).handleRequest(event, null).getStatusCode())
                    .isEqualTo(200);
        }
    }
}

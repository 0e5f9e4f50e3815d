// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.ApplicationLoadBalancerRequestEvent;
import dev.gatehouse.codec.Sha256;
import dev.gatehouse.testkit.http.ContentNegotiationContract;
import io.micronaut.context.ApplicationContext;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Runs the contract of {@code Accept} on each kind of event. */
@ResourceLock(Resources.SYSTEM_OUT)
class EventContentNegotiationTest {

    private static final String PATH = "/v1/echo";
    private static final PrintStream OUT = System.out;

    private static ApplicationContext context;

    @BeforeAll
    static void start() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        var digest = HexFormat.of().formatHex(Sha256.of("k".getBytes(StandardCharsets.UTF_8)));
        context = FunctionContext.builder()
                .properties(Map.of("gatehouse.service", "true", "gatehouse.api-keys", "acme=" + digest))
                .start();
    }

    @AfterAll
    static void stop() {
        context.close();
        System.setOut(OUT);
    }

    private static Map<String, String> headers(String accept) {
        var headers = new HashMap<>(Map.of("x-api-key", "k", "content-type", "application/json"));
        if (accept != null) {
            headers.put("accept", accept);
        }
        return headers;
    }

    private static Map<String, List<String>> multiValueHeaders(String accept) {
        return headers(accept).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue())));
    }

    @Nested
    class HttpApi extends ContentNegotiationContract {

        @Override
        protected NegotiatedResponse respond(String accept) {
            var event = SentEvent.of("POST", PATH, "{}", "k");
            if (accept != null) {
                event.header("accept", accept);
            }
            var response = event.to(new HttpApiHandler(context));
            return new NegotiatedResponse(response.status(), response.headers().get("Content-Type"), response.body());
        }
    }

    @Nested
    class RestApi extends ContentNegotiationContract {

        @Override
        protected NegotiatedResponse respond(String accept) {
            var event = new APIGatewayProxyRequestEvent()
                    .withHttpMethod("POST")
                    .withPath(PATH)
                    .withHeaders(headers(accept))
                    .withMultiValueHeaders(multiValueHeaders(accept))
                    .withBody("{}");
            var response = new RestApiHandler(context).handleRequest(event, null);
            return new NegotiatedResponse(
                    response.getStatusCode(), response.getHeaders().get("Content-Type"), response.getBody());
        }
    }

    @Nested
    class LoadBalancer extends ContentNegotiationContract {

        @Override
        protected NegotiatedResponse respond(String accept) {
            var event = new ApplicationLoadBalancerRequestEvent();
            event.setHttpMethod("POST");
            event.setPath(PATH);
            event.setMultiValueHeaders(multiValueHeaders(accept));
            event.setBody("{}");
            var response = new LoadBalancerHandler(context).handleRequest(event, null);
            return new NegotiatedResponse(
                    response.getStatusCode(), response.getHeaders().get("Content-Type"), response.getBody());
        }
    }
}

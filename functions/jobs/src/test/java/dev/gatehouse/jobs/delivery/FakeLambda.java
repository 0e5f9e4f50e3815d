// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.testkit.aws.SignatureVerifier;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A stand-in for the API of Lambda in eu-central-1. Refuses invocations that are not signed, not synchronous, or of another
 * function. A job for which no reply is set succeeds.
 */
public final class FakeLambda {

    private static final SignatureVerifier SIGNATURES = new SignatureVerifier("eu-central-1", "lambda");

    private FakeLambda() {}

    /** @param function the name of the function as in the path of an invocation */
    public static FakeTarget of(String function) {
        var path = "/2015-03-31/functions/" + function + "/invocations";
        return new FakeTarget((exchange, request) -> problem(exchange, path, request.bytes()), reply(200, "null"));
    }

    private static Optional<String> problem(HttpExchange exchange, String path, byte[] body) {
        if (!exchange.getRequestMethod().equals("POST")
                || !exchange.getRequestURI().getRawPath().equals(path)) {
            return Optional.of("no invocation of the function");
        }
        if (!"RequestResponse".equals(exchange.getRequestHeaders().getFirst("X-Amz-Invocation-Type"))) {
            return Optional.of("not synchronous");
        }
        return SIGNATURES.problem(exchange, body);
    }

    /** Returns the settings of AWS for a process that invokes the function. */
    public static Map<String, String> environment(FakeTarget lambda) {
        var environment = new HashMap<>(SignatureVerifier.CREDENTIALS);
        environment.put("AWS_REGION", "eu-central-1");
        environment.put("AWS_ENDPOINT_URL_LAMBDA", lambda.origin());
        return environment;
    }

    static FakeTarget.Responder reply(int status, String body) {
        return exchange -> {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** Returns a responder of a function that ended with an error, which quotes the event as many do. */
    public static FakeTarget.Responder error(String kind) {
        return exchange -> {
            exchange.getResponseHeaders().set("X-Amz-Function-Error", kind);
            reply(200, "{\"errorMessage\":\"bad payload secret-payload\",\"errorType\":\"ValueError\"}")
                    .respond(exchange);
        };
    }
}

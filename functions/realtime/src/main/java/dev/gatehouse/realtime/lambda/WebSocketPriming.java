// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.lambda.Snapshot;
import dev.gatehouse.redis.aws.AwsIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Primes the function: handles messages with separate beans, without Redis, metrics or API Gateway. */
final class WebSocketPriming {

    private static final List<String> MESSAGES = List.of(
            "{'do':'join','channel':'priming','info':{'n':1}}",
            "{'do':'publish','channel':'priming','event':'priming','data':[1,'a']}",
            "{'do':'typing','channel':'priming','typing':true}",
            "{'do':'catch-up','channel':'priming','since':'1-AAAAAAAAAAAAAAAAAAAAAA'}",
            "{'do':'ping'}",
            "{'do':'leave','channel':'priming'}");

    private static final Map<String, String> NOWHERE =
            Map.of("AWS_ACCESS_KEY_ID", "priming", "AWS_SECRET_ACCESS_KEY", "priming");

    /** Accepts each message, and sends none. */
    private record Accepting() implements ManagementApi {

        @Override
        public void prepare() {}

        @Override
        public PostOutcome post(String endpoint, String connectionId, String message, Duration timeout) {
            return PostOutcome.SENT;
        }
    }

    private WebSocketPriming() {}

    static void run() {
        var builder = FunctionContext.primingBuilder()
                .singletons(new Accepting())
                .properties(Map.of("gatehouse.channels", "priming=join,publish,typing"));
        try (var context = builder.start()) {
            var function = new WebSocketFunction(context, Map.of(WebSocketFunction.ENDPOINT, "http://127.0.0.1:1"));
            for (int time = 0; time < Snapshot.PRIMING_RUNS; time++) {
                for (var message : MESSAGES) {
                    // A WebSocket for each time, because the messages of one are limited.
                    var event = event(message, time).getBytes(StandardCharsets.UTF_8);
                    function.handleRequest(new ByteArrayInputStream(event), OutputStream.nullOutputStream(), null);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        primeClient();
    }

    /** Loads the client by a request to a port where nothing listens. */
    private static void primeClient() {
        try (var client = new ManagementClient(AwsIdentity.of(NOWHERE), "us-east-1")) {
            client.prepare();
            var _ = client.post("http://127.0.0.1:1", "priming", "{}", Duration.ofMillis(100));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String event(String message, int time) {
        return """
                {"requestContext": {"eventType": "MESSAGE", "connectionId": "priming-%d", "requestId": "priming",
                 "authorizer": {"tenant": "priming", "userId": "priming"}}, "isBase64Encoded": false, "body": "%s"}
                """.formatted(time, message.replace("'", "\\\""));
    }
}

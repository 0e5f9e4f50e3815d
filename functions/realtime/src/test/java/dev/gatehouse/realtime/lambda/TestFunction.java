// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.RedisMetricValues;
import dev.gatehouse.telemetry.RequestFacts;
import dev.gatehouse.telemetry.Telemetry;
import io.micronaut.context.ApplicationContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** The function in this process, on a real Redis and a {@link ManagementStub}. */
final class TestFunction implements AutoCloseable {

    static final String CHANNELS = "room:*=join,publish,typing; news=join; user:{userId}=join";

    private final ApplicationContext context;
    private final WebSocketFunction function;
    private volatile String outcome = "";

    TestFunction(String redisUrl, ManagementStub stub) {
        this(Map.of("REDIS_URL", redisUrl, "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "1000"), stub);
    }

    TestFunction(Map<String, String> environment, ManagementStub stub) {
        context = FunctionContext.start(FunctionContext.builder()
                .singletons(RedisSettings.fromEnvironment(environment), ManagementStub.client(), new Outcomes())
                .properties(Map.of("gatehouse.channels", CHANNELS)));
        function = new WebSocketFunction(context, Map.of(WebSocketFunction.ENDPOINT, stub.url()));
    }

    /** Sends a message of a client, with apostrophes for quotation marks. Returns the status. */
    int send(String userId, String connectionId, String message) {
        return invoke(TestEvent.message(userId, connectionId, message.replace('\'', '"')));
    }

    int invoke(String event) {
        return invoke(event, Duration.ofSeconds(20));
    }

    /** Returns the status. */
    int invoke(String event, Duration remaining) {
        var out = new ByteArrayOutputStream();
        try {
            function.handleRequest(
                    new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), out, invocation(remaining));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var response = out.toString(StandardCharsets.UTF_8);
        return Integer.parseInt(response.replaceAll("^\\{\"statusCode\":(\\d+)}$", "$1"));
    }

    /** Returns the outcome of the last event. */
    String outcome() {
        return outcome;
    }

    private final class Outcomes implements Telemetry {

        @Override
        public void recordRequest(RequestFacts request) {
            outcome = request.outcome();
        }

        @Override
        public void recordCheck(RedisMetricValues redis) {}
    }

    private static Context invocation(Duration remaining) {
        var end = System.nanoTime() + remaining.toNanos();
        return (Context) Proxy.newProxyInstance(
                Context.class.getClassLoader(),
                new Class<?>[] {Context.class},
                (_, method, _) -> switch (method.getName()) {
                    case "getRemainingTimeInMillis" -> Math.toIntExact((end - System.nanoTime()) / 1_000_000);
                    case "getAwsRequestId" -> "invocation";
                    default -> null;
                });
    }

    @Override
    public void close() {
        context.close();
    }
}

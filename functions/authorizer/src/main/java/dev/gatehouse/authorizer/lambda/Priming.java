package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.GateSettings;
import dev.gatehouse.lambda.EmfLines;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.LinkTally;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Primes the function: decides requests with separate beans, without Redis or metrics, under limits of their own. */
final class Priming {

    private static final int TIMES = 200;

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "USE_REDIS",
            "false",
            GateSettings.IP_LIMITS,
            "priming=1000000/60",
            GateSettings.USER_LIMITS,
            "priming=1000000/60");

    private static final byte[] EVENT = """
            {"version": "2.0", "type": "REQUEST",
             "headers": {"authorization": "Bearer AAAAAAAAAAAA.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
             "requestContext": {"requestId": "priming", "http": {"sourceIp": "127.0.0.1"}}}
            """.getBytes(StandardCharsets.UTF_8);

    private Priming() {}

    static void run() {
        var builder = FunctionContext.builder()
                .singletons(
                        RedisSettings.fromEnvironment(ENVIRONMENT),
                        GateSettings.from(ENVIRONMENT),
                        new EmfLines("priming", new LinkTally(), System::currentTimeMillis, _ -> {}));
        try (var context = FunctionContext.start(builder)) {
            var function = new AuthorizerFunction(context);
            for (int time = 0; time < TIMES; time++) {
                function.handleRequest(new ByteArrayInputStream(EVENT), OutputStream.nullOutputStream(), null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.gatehouse.authorizer.lambda;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Has another function, without Redis and with limits of its own, decide requests of nobody; nothing of it remains. */
final class Rehearsal implements Runnable {

    private static final int TIMES = 200;

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "USE_REDIS", "false",
            "GATEHOUSE_AUTHORIZER_IP_LIMITS", "rehearsal=1000000/60",
            "GATEHOUSE_AUTHORIZER_USER_LIMITS", "rehearsal=1000000/60");

    private static final byte[] EVENT = """
            {"version": "2.0", "type": "REQUEST",
             "headers": {"authorization": "Bearer AAAAAAAAAAAA.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
             "requestContext": {"requestId": "rehearsal", "http": {"sourceIp": "127.0.0.1"}}}
            """.getBytes(StandardCharsets.UTF_8);

    @Override
    public void run() {
        var function = new AuthorizerFunction(ENVIRONMENT, _ -> {});
        try {
            for (int time = 0; time < TIMES; time++) {
                function.handleRequest(new ByteArrayInputStream(EVENT), OutputStream.nullOutputStream(), null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            function.close();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.lambda.FunctionContext;
import dev.gatehouse.lambda.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Primes the function: decides requests with separate beans, without Redis or metrics, under limits of their own. */
final class AuthorizerPriming {

    private static final AuthorizerSettings SETTINGS = AuthorizerSettings.from(Map.of(
            AuthorizerSettings.IP_LIMITS,
            "priming=1000000/60",
            AuthorizerSettings.USER_LIMITS,
            "priming=1000000/60",
            AuthorizerSettings.ORIGINS,
            "https://priming.example"));

    private static final byte[] EVENT = """
            {"version": "2.0", "type": "REQUEST", "rawPath": "/priming",
             "headers": {"authorization": "Bearer AAAAAAAAAAAA.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
             "requestContext": {"requestId": "priming", "http": {"method": "GET", "sourceIp": "127.0.0.1"}}}
            """.getBytes(StandardCharsets.UTF_8);

    private AuthorizerPriming() {}

    static void run() {
        try (var context = FunctionContext.primingBuilder().singletons(SETTINGS).start()) {
            var function = new AuthorizerFunction(context);
            for (int time = 0; time < Snapshot.PRIMING_RUNS; time++) {
                function.handleRequest(new ByteArrayInputStream(EVENT), OutputStream.nullOutputStream(), null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

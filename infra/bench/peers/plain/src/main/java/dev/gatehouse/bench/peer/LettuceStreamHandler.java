// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.peer;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Checks a limit with Lambda's interface for streams and Lettuce. Reads and writes JSON itself. */
public final class LettuceStreamHandler implements RequestStreamHandler {

    private final LettuceLimiter limiter = new LettuceLimiter();

    @Override
    public void handleRequest(InputStream event, OutputStream response, Context context) throws IOException {
        var start = System.nanoTime();
        boolean allowed;
        try (var parser = RateLimitCheck.JSON.createParser(event)) {
            allowed = limiter.isAdmitted(RateLimitCheck.subject(RateLimitCheck.text(parser, "body")));
        }
        try (var json = RateLimitCheck.JSON.createGenerator(response)) {
            json.writeStartObject();
            json.writeNumberField("statusCode", allowed ? 200 : 429);
            json.writeObjectFieldStart("headers");
            json.writeStringField("Content-Type", "application/json");
            json.writeEndObject();
            json.writeStringField("body", RateLimitCheck.respond(allowed, start));
            json.writeEndObject();
        }
    }
}

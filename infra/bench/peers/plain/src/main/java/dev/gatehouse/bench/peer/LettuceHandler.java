// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.peer;

import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

/** Checks a limit with Lambda's interface for maps and Lettuce. */
public final class LettuceHandler implements RequestHandler<Map<String, Object>, Map<String, Object>> {

    private final LettuceLimiter limiter = new LettuceLimiter();

    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
        var start = System.nanoTime();
        var allowed = limiter.isAdmitted(RateLimitCheck.subject(requireNonNull((String) event.get("body"))));
        return Map.of(
                "statusCode",
                allowed ? 200 : 429,
                "headers",
                Map.of("Content-Type", "application/json"),
                "body",
                RateLimitCheck.respond(allowed, start));
    }
}

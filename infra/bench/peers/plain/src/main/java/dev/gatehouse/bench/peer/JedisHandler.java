// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.peer;

import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.net.URI;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Jedis;

/** Checks a limit with Lambda's interface for maps and Jedis. */
public final class JedisHandler implements RequestHandler<Map<String, Object>, Map<String, Object>> {

    private final String script = RateLimitCheck.script();
    private final Jedis redis = new Jedis(URI.create(System.getenv("REDIS_URL")));

    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
        var start = System.nanoTime();
        var subject = RateLimitCheck.subject(requireNonNull((String) event.get("body")));
        var allowed = redis.eval(
                        script,
                        List.of("jedis:{" + subject + "}"),
                        List.of(RateLimitCheck.EMISSION_INTERVAL_MICROS, RateLimitCheck.TOLERANCE_MICROS))
                .equals(1L);
        return Map.of(
                "statusCode",
                allowed ? 200 : 429,
                "headers",
                Map.of("Content-Type", "application/json"),
                "body",
                RateLimitCheck.respond(allowed, start));
    }
}

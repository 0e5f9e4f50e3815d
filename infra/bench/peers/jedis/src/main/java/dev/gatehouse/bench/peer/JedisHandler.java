package dev.gatehouse.bench.peer;

import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Jedis;

/** Checks a limit with nothing but Lambda's interface and Jedis: {@code GET /checks/<subject>}. */
public final class JedisHandler implements RequestHandler<Map<String, Object>, Map<String, Object>> {

    private final String script = script();
    private final Jedis redis = new Jedis(URI.create(System.getenv("REDIS_URL")));

    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
        var subject = requireNonNull((String) event.get("rawPath")).substring("/checks/".length());
        var admitted = redis.eval(script, List.of("jedis:{" + subject + "}"), List.of("1", "1000000"))
                .equals(1L);
        return Map.of(
                "statusCode",
                admitted ? 200 : 429,
                "headers",
                Map.of("Content-Type", "application/json"),
                "body",
                "{\"allowed\":" + admitted + "}");
    }

    private static String script() {
        try (var file = requireNonNull(JedisHandler.class.getResourceAsStream("/gcra.lua"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.gatehouse.bench.peer;

import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Checks a limit with nothing but Lambda's interface and Lettuce: {@code GET /checks/<subject>}. */
public final class LettuceHandler implements RequestHandler<Map<String, Object>, Map<String, Object>> {

    private final String script = script();
    private final RedisCommands<String, String> redis =
            RedisClient.create(System.getenv("REDIS_URL")).connect().sync();

    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
        var subject = requireNonNull((String) event.get("rawPath")).substring("/checks/".length());
        Long admitted = redis.eval(
                script, ScriptOutputType.INTEGER, new String[] {"lettuce:{" + subject + "}"}, "1", "1000000");
        return Map.of(
                "statusCode",
                admitted == 1 ? 200 : 429,
                "headers",
                Map.of("Content-Type", "application/json"),
                "body",
                "{\"allowed\":" + (admitted == 1) + "}");
    }

    private static String script() {
        try (var file = requireNonNull(LettuceHandler.class.getResourceAsStream("/gcra.lua"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

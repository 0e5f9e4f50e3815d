package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The floor: the shortest GCRA script there is, by one EVALSHA on Lettuce. Nothing that asks Redis once for each decision
 * can beat it.
 */
final class RawEvalSha implements Contestant {

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final String sha1;

    RawEvalSha(String url) {
        client = RedisClient.create(url);
        connection = client.connect();
        sha1 = connection.sync().scriptLoad(script());
    }

    @Override
    public String name() {
        return "raw EVALSHA";
    }

    @Override
    public void decide(String subject) throws Exception {
        var keys = new String[] {"raw:{" + subject + "}"};
        Long admitted = connection
                .async()
                .<Long>evalsha(sha1, ScriptOutputType.INTEGER, keys, "1", "1000000")
                .get();
        if (admitted != 1) {
            throw new IllegalStateException("Not admitted: " + subject);
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }

    private static String script() {
        try (var file = requireNonNull(RawEvalSha.class.getResourceAsStream("gcra.lua"))) {
            return new String(file.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

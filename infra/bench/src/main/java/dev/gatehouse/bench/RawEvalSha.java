package dev.gatehouse.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;

/**
 * The floor: the shortest GCRA script there is, by one EVALSHA on Lettuce. Nothing that asks Redis once for each decision
 * can beat it.
 */
final class RawEvalSha implements Contestant {

    private static final String SCRIPT = """
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
            local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + interval
            if tat - tolerance > now then
              return 0
            end
            redis.call('SET', KEYS[1], string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000))
            return 1
            """;

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final String sha1;

    RawEvalSha(String url) {
        client = RedisClient.create(url);
        connection = client.connect();
        sha1 = connection.sync().scriptLoad(SCRIPT);
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
}

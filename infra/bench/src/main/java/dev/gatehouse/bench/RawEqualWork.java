package dev.gatehouse.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The floor for an authorizer: the shortest script that finds a session and counts two limits, by one EVALSHA on Lettuce. */
final class RawEqualWork implements Contestant {

    private static final String SCRIPT = """
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            local digest, ends, user, attributes = unpack(redis.call('HMGET', KEYS[1], 'd', 'e', 'u', 'a'))
            if digest ~= ARGV[1] or tonumber(ends) <= now then
              return {0}
            end
            local interval, tolerance = tonumber(ARGV[2]), tonumber(ARGV[3])
            for i = 2, 3 do
              local tat = math.max(tonumber(redis.call('GET', KEYS[i]) or 0), now) + interval
              if tat - tolerance > now then
                return {0}
              end
              redis.call('SET', KEYS[i], string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000))
            end
            return {1, user, attributes}
            """;

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final String sha1;
    private final Map<String, Boolean> begun = new ConcurrentHashMap<>();

    RawEqualWork(String url) {
        client = RedisClient.create(url);
        connection = client.connect();
        sha1 = connection.sync().scriptLoad(SCRIPT);
    }

    @Override
    public String name() {
        return "raw EVALSHA of equal work";
    }

    @Override
    public void decide(String subject) throws Exception {
        var key = "raws:{" + subject + "}";
        begun.computeIfAbsent(subject, user -> {
            var fields = Map.of("d", "digest", "e", "9000000000000000", "u", user, "a", "{\"theme\":\"dark\"}");
            connection.sync().hset(key, fields);
            return true;
        });
        var keys = new String[] {key, key + ":1", key + ":2"};
        List<Object> reply = connection
                .async()
                .<List<Object>>evalsha(sha1, ScriptOutputType.MULTI, keys, "digest", "1", "1000000")
                .get();
        if (!reply.getFirst().equals(1L)) {
            throw new IllegalStateException("Not authorised: " + subject);
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}

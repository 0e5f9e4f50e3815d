package dev.gatehouse.bench.library;

import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.bench.Script;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** The baselines: minimal scripts that do equal work, by EVALSHA on Lettuce. */
final class RawScripts implements AutoCloseable {

    private static final String INTERVAL_MICROS = "1";
    private static final String TOLERANCE_MICROS = "1000000";
    private static final String LEASE_MICROS = "30000000";
    private static final String LIFETIME_MICROS = "60000000";

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final Map<Script, String> digests = new ConcurrentHashMap<>();
    private final Set<String> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicLong works = new AtomicLong();

    RawScripts(String url) {
        client = RedisClient.create(url);
        connection = client.connect();
        for (var script : Script.values()) {
            digests.put(script, connection.sync().scriptLoad(script.text()));
        }
    }

    Operation check() {
        return new Operation("raw EVALSHA", Role.BASELINE, this::check);
    }

    Operation lookup() {
        return new Operation("raw EVALSHA of equal work", Role.BASELINE, subject -> {
            var reply = eval(Script.LOOKUP, ScriptOutputType.MULTI, List.of(session(subject)), Script.SESSION_DIGEST);
            require(reply instanceof List<?> list && list.size() == 2, reply);
        });
    }

    Operation authorize() {
        return new Operation("raw EVALSHA of equal work", Role.BASELINE, subject -> {
            var session = session(subject);
            var reply = eval(
                    Script.AUTHORIZE,
                    ScriptOutputType.MULTI,
                    List.of(session, session + ":1", session + ":2"),
                    Script.SESSION_DIGEST,
                    INTERVAL_MICROS,
                    TOLERANCE_MICROS);
            require(reply instanceof List<?> list && list.getFirst().equals(1L), reply);
        });
    }

    Operation claimAndComplete() {
        return new Operation("raw claim and complete", Role.PEER, subject -> {
            var owner = Long.toString(works.incrementAndGet());
            var keys = List.of("claim:{" + subject + "-" + owner + "}");
            var claimed = eval(Script.CLAIM, ScriptOutputType.VALUE, keys, owner, "", LEASE_MICROS, LIFETIME_MICROS);
            require(claimed.equals("claimed"), claimed);
            var completed =
                    eval(Script.COMPLETE, ScriptOutputType.VALUE, keys, owner, "{\"order\":1}", LIFETIME_MICROS);
            require(completed.equals("completed"), completed);
        });
    }

    /** Reads a value of equal size, which it writes at the first call. */
    Operation get() {
        return new Operation("raw GET of equal size", Role.BASELINE, subject -> {
            var key = "value:" + subject;
            if (connection.async().get(key).get() == null) {
                connection.sync().setex(key, 3_600, CacheCalls.VALUE);
            }
        });
    }

    /** One trip, of which a miss and its fill take at least two. */
    Operation getMissing() {
        return new Operation("raw GET of nothing", Role.BASELINE, subject -> {
            var value = connection.async().get("absent:" + subject).get();
            if (value != null) {
                throw new IllegalStateException("unexpected value");
            }
        });
    }

    Operation getMany() {
        return new Operation("raw GET, 50 in one flush", Role.BASELINE, subject -> {
            var replies = IntStream.range(0, CacheCalls.MANY)
                    .mapToObj(i -> connection.async().get("value:" + subject + "-" + i))
                    .toList();
            for (var i = 0; i < CacheCalls.MANY; i++) {
                if (replies.get(i).get() == null) {
                    connection.sync().setex("value:" + subject + "-" + i, 3_600, CacheCalls.VALUE);
                }
            }
        });
    }

    private void check(String subject) throws ExecutionException, InterruptedException {
        var admitted = eval(
                Script.GCRA,
                ScriptOutputType.INTEGER,
                List.of("raw:{" + subject + "}"),
                INTERVAL_MICROS,
                TOLERANCE_MICROS);
        require(admitted.equals(1L), admitted);
    }

    private String session(String subject) {
        var key = "session:{" + subject + "}";
        if (sessions.add(key)) {
            var fields = Map.of(
                    "d", Script.SESSION_DIGEST, "e", "9000000000000000", "u", subject, "a", "{\"theme\":\"dark\"}");
            connection.sync().hset(key, fields);
        }
        return key;
    }

    private Object eval(Script script, ScriptOutputType type, List<String> keys, String... arguments)
            throws ExecutionException, InterruptedException {
        return connection
                .async()
                .<Object>evalsha(digests.get(script), type, keys.toArray(String[]::new), arguments)
                .get();
    }

    private static void require(boolean expected, Object reply) {
        if (!expected) {
            throw new IllegalStateException("unexpected reply: " + reply);
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}

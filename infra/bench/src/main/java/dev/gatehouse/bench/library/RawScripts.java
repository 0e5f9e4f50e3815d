// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import dev.gatehouse.bench.BaselineScript;
import dev.gatehouse.bench.Contestant.Role;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The baselines: minimal scripts that do equal work, by EVALSHA on Lettuce. */
final class RawScripts implements AutoCloseable {

    private static final String INTERVAL_MICROS = "1";
    private static final String TOLERANCE_MICROS = "1000000";
    private static final String LEASE_MICROS = "30000000";
    private static final String LIFETIME_MICROS = "60000000";

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final Map<BaselineScript, String> digests = new ConcurrentHashMap<>();
    private final Map<String, Long> sessions = new ConcurrentHashMap<>();
    private final AtomicLong works = new AtomicLong();

    RawScripts(String url) {
        client = RedisClient.create(url);
        connection = client.connect();
        for (var script : BaselineScript.values()) {
            digests.put(script, connection.sync().scriptLoad(script.text()));
        }
    }

    Operation check() {
        return new Operation("raw EVALSHA", Role.BASELINE, this::check);
    }

    Operation lookup() {
        return new Operation("raw EVALSHA of equal work", Role.BASELINE, subject -> {
            var reply = eval(
                    BaselineScript.LOOKUP,
                    ScriptOutputType.MULTI,
                    List.of(session(subject)),
                    BaselineScript.SESSION_DIGEST);
            require(reply instanceof List<?> list && list.size() == 2, reply);
        });
    }

    Operation authorize() {
        return new Operation("raw EVALSHA of equal work", Role.BASELINE, subject -> {
            var session = session(subject);
            var reply = eval(
                    BaselineScript.AUTHORIZE,
                    ScriptOutputType.MULTI,
                    List.of(session, session + ":1", session + ":2"),
                    BaselineScript.SESSION_DIGEST,
                    INTERVAL_MICROS,
                    TOLERANCE_MICROS);
            require(reply instanceof List<?> list && list.getFirst().equals(1L), reply);
        });
    }

    Operation claimAndComplete() {
        return new Operation("raw claim and complete", Role.PEER, subject -> {
            var owner = Long.toString(works.incrementAndGet());
            var keys = List.of("claim:{" + subject + "-" + owner + "}");
            var claimed =
                    eval(BaselineScript.CLAIM, ScriptOutputType.VALUE, keys, owner, "", LEASE_MICROS, LIFETIME_MICROS);
            require(claimed.equals("claimed"), claimed);
            var completed = eval(
                    BaselineScript.COMPLETE, ScriptOutputType.VALUE, keys, owner, "{\"order\":1}", LIFETIME_MICROS);
            require(completed.equals("completed"), completed);
        });
    }

    Operation hit() {
        return new Operation("raw EVALSHA of equal work", Role.BASELINE, subject -> {
            if (isLeased(lookUp(subject, "").get())) {
                fill(subject, "");
            }
        });
    }

    Operation missAndFill() {
        return new Operation("raw EVALSHA, lookup and fill", Role.BASELINE, _ -> {
            var load = Long.toString(works.incrementAndGet());
            require(isLeased(lookUp("miss-" + load, load).get()), "a new key was not missing");
            fill("miss-" + load, load);
        });
    }

    Operation hitMany() {
        return new Operation("raw EVALSHA, 50 in one flush", Role.BASELINE, subject -> {
            var replies = ofMany(subject, key -> lookUp(key, ""));
            for (var i = 0; i < replies.size(); i++) {
                if (isLeased(replies.get(i).get())) {
                    fill(subject + "-" + i, "");
                }
            }
        });
    }

    Operation get() {
        return new Operation("raw GET of equal size", Role.PEER, subject -> {
            if (connection.async().get("value:" + subject).get() == null) {
                set(subject);
            }
        });
    }

    Operation getAndSet() {
        return new Operation("raw GET and SET", Role.PEER, _ -> {
            var load = "miss-" + works.incrementAndGet();
            require(connection.async().get("value:" + load).get() == null, "a new key was not missing");
            set(load);
        });
    }

    Operation getMany() {
        return new Operation("raw GET, 50 in one flush", Role.PEER, subject -> {
            var replies = ofMany(subject, key -> connection.async().get("value:" + key));
            for (var i = 0; i < replies.size(); i++) {
                if (replies.get(i).get() == null) {
                    set(subject + "-" + i);
                }
            }
        });
    }

    private void set(String key) throws ExecutionException, InterruptedException {
        connection.async().setex("value:" + key, 3_600, CacheCalls.VALUE).get();
    }

    private static <T> List<T> ofMany(String subject, Function<String, T> call) {
        return IntStream.range(0, CacheCalls.MANY)
                .mapToObj(i -> call.apply(subject + "-" + i))
                .toList();
    }

    private RedisFuture<List<Object>> lookUp(String key, String owner) {
        return connection
                .async()
                .evalsha(
                        digests.get(BaselineScript.CACHE_LOOKUP),
                        ScriptOutputType.MULTI,
                        cacheKeys(key),
                        owner,
                        "10000");
    }

    private static boolean isLeased(List<Object> reply) {
        return reply.size() == 2 && reply.getLast().equals(1L);
    }

    private void fill(String key, String owner) throws ExecutionException, InterruptedException {
        var filled = eval(
                BaselineScript.CACHE_FILL,
                ScriptOutputType.INTEGER,
                List.of(cacheKeys(key)),
                owner,
                "3600000000",
                CacheCalls.VALUE);
        require(filled.equals(1L), filled);
    }

    private static String[] cacheKeys(String key) {
        return new String[] {"entry:{" + key + "}", "lease:{" + key + "}"};
    }

    private void check(String subject) throws ExecutionException, InterruptedException {
        var admitted = eval(
                BaselineScript.GCRA,
                ScriptOutputType.INTEGER,
                List.of("raw:{" + subject + "}"),
                INTERVAL_MICROS,
                TOLERANCE_MICROS);
        require(admitted.equals(1L), admitted);
    }

    private String session(String subject) {
        var key = "session:{" + subject + "}";
        // Other threads wait until the session is stored.
        var _ = sessions.computeIfAbsent(key, _ -> {
            var fields = Map.of(
                    "d",
                    BaselineScript.SESSION_DIGEST,
                    "e",
                    "9000000000000000",
                    "u",
                    subject,
                    "a",
                    "{\"theme\":\"dark\"}");
            return connection.sync().hset(key, fields);
        });
        return key;
    }

    Object eval(BaselineScript script, ScriptOutputType type, List<String> keys, String... arguments)
            throws ExecutionException, InterruptedException {
        return connection
                .async()
                .<Object>evalsha(digests.get(script), type, keys.toArray(String[]::new), arguments)
                .get();
    }

    /** Runs a script whose reply is an integer, and sends its whole text. */
    Object evalText(String script, String key, String... arguments) throws ExecutionException, InterruptedException {
        return connection
                .async()
                .<Object>eval(script, ScriptOutputType.INTEGER, new String[] {key}, arguments)
                .get();
    }

    static void require(boolean expected, Object reply) {
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

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A server with claims in Redis, and the calls of its idempotency routes. */
@ResourceLock("IdempotencyApi") // Its classes share the server.
abstract class IdempotencyApi {

    static final String CLAIM = "/v1/idempotency/claims";
    static final String COMPLETE = CLAIM + "/complete";
    static final String RELEASE = CLAIM + "/release";
    static final String EXTEND = CLAIM + "/extend";
    static final String INSPECT = CLAIM + "/inspect";
    static final String INVALIDATE = CLAIM + "/invalidate";
    static final String RESPONSE =
            "{'status':201,'headers':{'Content-Type':'application/json','X-Twice':['1','2']},'body':'{\\'id\\':7}'}";

    static RedisProcess redis;
    static Server server;
    static Caller caller;

    String key;

    @BeforeAll
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        // Many requests on a busy machine exceed the default time of a decision.
        var patience = Map.of("REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000");
        server = server(redis.url(), patience);
        caller = TestServer.caller(server);
    }

    static Server server(String redisUrl, Map<String, String> more) throws IOException {
        // The default times: without Redis, a call takes as long.
        var settings = new HashMap<>(Map.of("REDIS_CONNECTION_TIMEOUT", "500", "REDIS_COMMAND_TIMEOUT", "250"));
        settings.put("REDIS_URL", redisUrl);
        settings.putAll(more);
        return TestServer.start(settings);
    }

    @AfterAll
    static void stopIt() {
        server.close();
        redis.close();
    }

    @BeforeEach
    void newKey() {
        key = UUID.randomUUID().toString();
    }

    @AfterEach
    void everyKeyExpires() {
        for (var key : (List<?>) redis.cli("KEYS", "*")) {
            assertThat((Long) redis.cli("PTTL", (String) key)).as("%s", key).isNotEqualTo(-1);
        }
    }

    CallerResponse claim(String more) {
        return post(CLAIM, more);
    }

    CallerResponse complete(String owner, String response) {
        return post(COMPLETE, ",'owner':'%s','response':%s".formatted(owner, response));
    }

    CallerResponse release(String owner) {
        return post(RELEASE, ",'owner':'" + owner + "'");
    }

    CallerResponse post(String path, String more) {
        return caller.post(path, json("{'key':'" + key + "'" + more + "}"));
    }

    static CallerResponse withKeyHeader(String path, String body, String header) {
        return caller.send(caller.request(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", header)
                .POST(BodyPublishers.ofString(body)));
    }

    /** Returns JSON for text with single quotes; an escaped quote stays one. */
    static String json(String text) {
        return text.replace("\\'", "\u0000").replace('\'', '"').replace('\u0000', '\'');
    }

    static String owner(CallerResponse reply) {
        return (String) reply.body().get("owner");
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> response(CallerResponse reply) {
        return (Map<String, Object>) reply.body().get("response");
    }

    static Instant instant(CallerResponse reply, String member) {
        return Instant.parse((String) reply.body().get(member));
    }
}

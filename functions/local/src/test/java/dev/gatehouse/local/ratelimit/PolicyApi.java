// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A server with policies in Redis, and the calls of its policy routes. */
@ResourceLock("PolicyApi") // Its classes share the server.
abstract class PolicyApi {

    static RedisProcess redis;
    static Server server;
    static Caller caller;

    String policy;
    String subject;

    @BeforeAll
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        server = server(
                Map.of("REDIS_URL", redis.url(), "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000"));
        caller = TestServer.caller(server);
    }

    static Server server(Map<String, String> redis) throws IOException {
        // The default times: without Redis, a call takes as long.
        var settings = new HashMap<>(Map.of("REDIS_CONNECTION_TIMEOUT", "500", "REDIS_COMMAND_TIMEOUT", "250"));
        settings.putAll(redis);
        return TestServer.start(settings);
    }

    @AfterAll
    static void stopIt() {
        server.close();
        redis.close();
    }

    @BeforeEach
    void newSubject() {
        policy = "p-" + UUID.randomUUID();
        subject = UUID.randomUUID().toString();
    }

    CallerResponse put(String body) {
        return caller.call("PUT", path(""), json(body));
    }

    CallerResponse get() {
        return caller.send(caller.request(path("")).GET());
    }

    CallerResponse delete() {
        return caller.send(caller.request(path("")).DELETE());
    }

    CallerResponse override(String body) {
        return caller.call("PUT", path("/overrides"), body.formatted(subject).replace('\'', '"'));
    }

    CallerResponse deleteOverride() {
        return caller.call("DELETE", path("/overrides"), "{\"subject\":\"%s\"}".formatted(subject));
    }

    String path(String more) {
        return "/v1/rate-limits/policies/" + policy + more;
    }

    CallerResponse check(String limits) {
        return caller.check(body(limits));
    }

    String body(String limits) {
        return json("{'limits':[" + limits + "]}");
    }

    String json(String body) {
        return body.formatted(policy, subject).replace('\'', '"');
    }
}

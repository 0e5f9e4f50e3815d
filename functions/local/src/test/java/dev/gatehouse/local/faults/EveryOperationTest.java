// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.local.faults.Operation.Policy;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.proxy.WireFault;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

/** The table of docs/failure-modes.md: each operation under each fault of the connection to Redis. */
class EveryOperationTest {

    /** Faults that end by themselves: the operation may succeed or not. */
    private static final Set<WireFault> SINGLE = EnumSet.of(
            WireFault.REPLY_SWALLOWED,
            WireFault.REPLY_LOST_WITH_THE_CONNECTION,
            WireFault.REPLY_TRUNCATED,
            WireFault.RESET,
            WireFault.CUT,
            WireFault.HALF_CLOSED,
            WireFault.READONLY_ONCE);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Far more than the deadline of an operation, because the machine may be busy, but less than a hang. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    @Test
    void eachRouteHasAnOperation() throws IOException {
        assertThat(Operation.all(Map.of())).extracting(Operation::route).containsExactlyInAnyOrderElementsOf(routes());
    }

    @ParameterizedTest
    @EnumSource
    void respondsByPolicyInTimeAndRecovers(WireFault fault) throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var server = TestServer.start(
                        "REDIS_URL",
                        "redis://%s:%d".formatted(wire.host(), wire.port()),
                        "REDIS_COMMAND_TIMEOUT",
                        "300",
                        "REDIS_CONNECTION_TIMEOUT",
                        "500")) {
            var caller = TestServer.caller(server);
            var operations = Operation.all(known(caller));
            // The requests are valid, and what may be found in memory is read once.
            for (var operation : operations) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(operation.send(caller).status())
                                .as("%s", operation)
                                .isIn(200, 201, 204, 404, 409));
            }

            fault.strike(wire);
            if (!SINGLE.contains(fault)) {
                await().atMost(PATIENCE).until(() -> isLocal(check(caller)));
            }
            var wrong = new ArrayList<String>();
            for (var operation : operations) {
                if (SINGLE.contains(fault)) {
                    fault.strike(wire);
                }
                var begin = System.nanoTime();
                var response = operation.send(caller);
                var time = Duration.ofNanos(System.nanoTime() - begin);
                if (time.compareTo(BOUND) > 0 || !isExpected(response, operation.policy(), SINGLE.contains(fault))) {
                    wrong.add("%s: %d %s in %s".formatted(operation, response.status(), response.text(), time));
                }
            }
            assertThat(wrong).as("%s", fault).isEmpty();

            wire.pass();
            await().atMost(PATIENCE).until(() -> check(caller).status() == 200 && !isLocal(check(caller)));
        }
    }

    private static boolean isExpected(CallerResponse response, Policy policy, boolean maySucceed) {
        if (response.status() == 503) {
            return (policy == Policy.CLOSED || maySucceed)
                    && response.header("Retry-After") != null
                    && "urn:gatehouse:problem:store-unavailable"
                            .equals(response.body().get("type"));
        }
        return response.status() < 500 && (maySucceed || policy == Policy.LOCAL && isLocal(response));
    }

    private static boolean isLocal(CallerResponse response) {
        return "local".equals(response.header("Gatehouse-Source"));
    }

    private static CallerResponse check(Caller caller) {
        return caller.check("{\"limits\":[{\"name\":\"n\",\"subject\":\"s\",\"limit\":100000,\"windowSeconds\":1}]}");
    }

    /** Creates sessions and an API key, and returns their secrets. */
    private static Map<String, String> known(Caller caller) {
        var known = new HashMap<String, String>();
        for (var name : List.of("token", "otherToken", "thirdToken")) {
            known.put(name, (String)
                    created(caller, "/v1/sessions", "{\"userId\":\"ada\"}").get("token"));
        }
        known.put("key", (String)
                created(caller, "/v1/api-keys", "{\"ownerId\":\"acme\"}").get("key"));
        var other = created(caller, "/v1/api-keys", "{\"ownerId\":\"acme\"}").get("apiKey");
        known.put("keyId", (String) ((Map<?, ?>) other).get("id"));
        caller.call("PUT", "/v1/rate-limits/policies/plan", "{\"limit\":5,\"windowSeconds\":60}");
        return known;
    }

    private static Map<String, Object> created(Caller caller, String path, String body) {
        return await().atMost(PATIENCE)
                .until(() -> caller.post(path, body), response -> response.status() == 201)
                .body();
    }

    /** Returns the routes of the OpenAPI documents that use Redis. */
    private static Set<String> routes() throws IOException {
        try (var files = Files.list(Path.of("target/classes/META-INF/swagger"))) {
            var routes = new TreeSet<String>();
            for (var file :
                    files.filter(path -> path.toString().endsWith(".yml")).toList()) {
                Map<String, Map<String, Map<String, Object>>> document = new Yaml().load(Files.readString(file));
                document.get("paths").forEach((path, methods) -> methods.keySet().stream()
                        .filter(method -> path.startsWith("/v1/"))
                        .map(method -> method.toUpperCase(Locale.ROOT) + " " + path)
                        .forEach(routes::add));
            }
            return routes;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static dev.gatehouse.local.HealthServer.check;
import static dev.gatehouse.local.HealthServer.member;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.console.ConsoleAccess;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.SentinelRig;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@ConcurrentTests
class HealthOverHttpTest {

    /** Redis and a server for the tests that change neither. */
    private static RedisProcess shared;

    private static HealthServer running;

    /** Redis and a server for the tests whose requests do not reach Redis. */
    private static RedisProcess unused;

    private static HealthServer idle;

    @BeforeAll
    static void start() throws Exception {
        shared = RedisProcess.start();
        running = HealthServer.on(shared.url());
        unused = RedisProcess.start();
        idle = HealthServer.on(unused.url(), "REDIS_HEALTH_CHECK_INTERVAL", "0");
    }

    @AfterAll
    static void stop() {
        running.close();
        shared.close();
        idle.close();
        unused.close();
    }

    @Test
    void reportsAHealthyRedis() throws Exception {
        try (var redis = RedisProcess.setup().password("s3cret").start();
                var running = HealthServer.on(redis.url())) {
            running.reports("UP", 200);

            var response = running.get("/health/redis");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Cache-Control")).isEqualTo("no-store");
            assertThat(response.header("X-Request-Id")).isNotBlank();
            assertThat(response.body())
                    .containsEntry("status", "healthy")
                    .containsEntry("connected", true)
                    .containsEntry("url", "redis://:***@127.0.0.1:" + redis.port() + "/0")
                    .containsEntry("operations", List.of("ping", "set", "get", "delete"))
                    .containsEntry("circuit", "closed")
                    .containsEntry("troubles", List.of())
                    .containsEntry("restrictions", List.of())
                    .doesNotContainKey("error");
            assertThat(member(response.body(), "server"))
                    .containsEntry("version", redis.info("server", "redis_version"))
                    .containsEntry("mode", "standalone")
                    .containsEntry("role", "master");
            assertThat(member(response.body(), "latencyMillis"))
                    .containsOnlyKeys("ping", "set", "get", "delete")
                    .allSatisfy((_, millis) -> assertThat((Double) millis).isPositive());
            assertThat(response.list("checks"))
                    .allSatisfy(check -> assertThat(check)
                            .containsOnlyKeys("name", "result", "reason", "troubles", "why")
                            .containsEntry("result", "passed")
                            .containsEntry("reason", null)
                            .containsEntry("troubles", List.of()))
                    .extracting(check -> check.get("name"))
                    .startsWith("script", "ping", "set", "get", "delete")
                    .contains("memory", "clock", "encryption")
                    .doesNotContain("sentinels");
            assertThat(redis.cli("DBSIZE")).isEqualTo(0L);
            assertThat(redis.clients()).hasSize(1);
        }
    }

    @Test
    void showsDetailsOfManagementEndpointsWithAKey() throws Exception {
        try (var redis = RedisProcess.start();
                var running = HealthServer.on(redis.url())) {
            for (var path : List.of("/health", "/health/readiness")) {
                var response = running.get(path);
                assertThat(response.body()).containsEntry("name", "gatehouse").containsEntry("status", "UP");
                assertThat(part(response, "redis"))
                        .containsEntry("status", "UP")
                        .containsEntry("details", Map.of("status", "healthy"));
                assertThat(part(response, "link"))
                        .containsEntry("status", "UP")
                        .containsEntry("details", Map.of("circuit", "closed", "connected", true));
            }
            assertThat(running.get("/health/liveness").body())
                    .containsEntry("name", "gatehouse")
                    .containsEntry("status", "UP");
            redis.stop();
            var response = running.get("/health");
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).containsEntry("status", "DOWN");
            assertThat(member(part(response, "redis"), "details"))
                    .containsEntry("status", "disconnected")
                    .containsKey("error");
        }
    }

    @Test
    void reportsTheRepliesOfTheSentinels() throws Exception {
        try (var redis = RedisProcess.start();
                var sentinel = SentinelRig.monitoring(redis, 1).start();
                var lost = FaultProxy.inFrontOf(sentinel)) {
            lost.refuse();
            var nodes = "127.0.0.1:%d,127.0.0.1:%d".formatted(sentinel.port(), lost.port());
            try (var running = HealthServer.on("redis-sentinel://" + nodes + "#" + SentinelRig.MASTER)) {
                var response = running.get("/health/redis");

                assertThat(response.status()).as(response.text()).isEqualTo(200);
                assertThat(response.body())
                        .containsEntry("status", "degraded")
                        .containsEntry("url", "redis-sentinel://" + nodes + "/0#" + SentinelRig.MASTER);
                assertThat(member(response.body(), "server")).containsEntry("mode", "sentinel");
                assertThat(member(response.body(), "sentinels"))
                        .containsEntry("master", SentinelRig.MASTER)
                        .containsEntry("agree", true);
                assertThat(member(response.body(), "sentinels").get("replies"))
                        .asString()
                        .contains("master=127.0.0.1:" + redis.port())
                        .contains(
                                "address=127.0.0.1:" + lost.port() + ", master=null, error=the connection was refused");
                assertThat(HealthServer.troubles(response)).containsExactly("sentinels-silent");
                assertThat(check(response, "sentinels"))
                        .containsEntry("result", "failed")
                        .containsEntry("troubles", List.of("sentinels-silent"));
            }
        }
        assertThat(running.get("/health/redis").body()).doesNotContainKey("sentinels");
    }

    private static Map<String, Object> part(CallerResponse response, String name) {
        return member(member(response.body(), "details"), name);
    }

    @Test
    void showsTheVersionOfTheService() throws Exception {
        var response = running.get("/info");

        assertThat(response.status()).isEqualTo(200);
        assertThat((String) member(response.body(), "build").get("version")).matches("\\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void changesOnlyLoggersOfGatehouse() throws Exception {
        var changed = (Logger) LoggerFactory.getLogger("dev.gatehouse.local.changed");
        try {
            assertThat(running.get("/loggers").body()).containsKey("loggers");

            var response = running.caller().post("/loggers/" + changed.getName(), "{\"configuredLevel\":\"DEBUG\"}");
            assertThat(response.status()).isEqualTo(200);
            assertThat(changed.getLevel()).isEqualTo(Level.DEBUG);

            for (var name : List.of("ROOT", "io.micronaut", "dev.gatehousekeeping")) {
                response = running.caller().post("/loggers/" + name, "{\"configuredLevel\":\"DEBUG\"}");
                assertThat(response.status()).as(name).isEqualTo(403);
                assertThat(response.body()).containsEntry("type", "urn:gatehouse:problem:forbidden");
            }
        } finally {
            changed.setLevel(null);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/beans", "/env", "/routes", "/threaddump", "/refresh", "/stop", "/caches", "/health/nowhere"})
    void servesNoOtherEndpoint(String path) throws Exception {
        assertThat(running.get(path).status()).isEqualTo(404);
    }

    @Test
    void requiresAKeyForASensitiveEndpointUnderAnotherPath() throws Exception {
        try (var context = ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(Map.of(
                        "gatehouse.service", "true",
                        "gatehouse.api-keys", HealthServer.KEY.setting(),
                        "micronaut.server.port", "-1",
                        "endpoints.all.path", "/management"))
                .singletons(
                        RedisSettings.fromEnvironment(Map.of("ENABLE_REDIS", "false")),
                        AuthorizerSettings.from(Map.of()),
                        ConsoleAccess.from(Map.of()))
                .start()) {
            var server = context.getBean(EmbeddedServer.class).start();
            var caller = new Caller(server.getPort(), HealthServer.KEY.value());

            assertThat(caller.send(caller.anonymous("/management/loggers").GET())
                            .status())
                    .isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/redis", "/health/detailed", "/redis/stats", "/info", "/loggers", "/loggers/ROOT"})
    void requiresAKeyForDetailsOfRedis(String path) throws Exception {
        var caller = idle.caller();
        for (var request : List.of(
                caller.anonymous(path),
                caller.anonymous(path).header("X-Api-Key", "wrong"),
                caller.anonymous(path + "/"),
                caller.anonymous(path + "?x=/health"))) {
            var response = caller.send(request.GET());

            assertThat(response.status()).isEqualTo(401);
            assertThat(response.header("WWW-Authenticate")).startsWith("Bearer");
            assertThat(response.body()).containsEntry("type", "urn:gatehouse:problem:unauthenticated");
        }
        assertThat(unused.clients()).as("connections to Redis").isEmpty();
    }

    @Test
    void showsNoDetailsWithAWrongKey() throws Exception {
        var response = running.caller()
                .send(running.caller()
                        .anonymous("/health")
                        .header("X-Api-Key", "wrong")
                        .GET());

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("{\"status\":\"UP\"}");
    }

    @Test
    void reportsLivenessWithoutRedis() throws Exception {
        idle.isAlive();
        idle.get("/health/liveness");

        assertThat(unused.clients()).isEmpty();
    }

    @Test
    void rejectsOtherMethods() throws Exception {
        for (var path : List.of("/health", "/health/redis", "/redis/stats")) {
            var response = running.caller().post(path, "{}");

            assertThat(response.status()).isEqualTo(405);
            assertThat(response.header("Allow")).contains("GET");
            assertThat(response.body()).containsEntry("type", "urn:gatehouse:problem:method-not-allowed");
        }
    }

    @Test
    void reportsTheStatistics() throws Exception {
        try (var redis = RedisProcess.setup().maxMemory("64mb").start();
                var running = HealthServer.on(redis.url())) {
            redis.cli("SET", "there", "1", "EX", "100");
            redis.cli("GET", "there");
            redis.cli("GET", "not-there");

            var response = running.get("/redis/stats");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body())
                    .containsEntry("connectedClients", 1)
                    .containsEntry("maxMemoryBytes", 64 * 1024 * 1024)
                    .containsEntry("evictionPolicy", "noeviction")
                    .containsEntry("keys", 1)
                    .containsEntry("keyspaceHits", 6) // the script of the check reads five times
                    .containsEntry("keyspaceMisses", 1)
                    .containsEntry("hitRate", 6.0 / 7)
                    .containsEntry("evictedKeys", 0)
                    .containsEntry("slowLogLength", 0);
            assertThat((Integer) response.body().get("usedMemoryBytes")).isPositive();
            assertThat((Integer) response.body().get("commandsProcessed")).isPositive();
            assertThat(member(response.body(), "replication"))
                    .containsEntry("role", "master")
                    .containsEntry("connectedReplicas", 0)
                    .containsEntry("masterLink", null);
            assertThat(member(response.body(), "withheld"))
                    .containsOnlyKeys("replication.masterLink", "replication.masterSilentSeconds");
        }
    }

    @Test
    void reportsNullWithAReasonForWithheldStatistics() throws Exception {
        var setup = RedisProcess.setup()
                .user("app", "s3cret", "~gh:* +@read +@write +@scripting +@connection -info -slowlog -time");
        try (var redis = setup.start();
                var running = HealthServer.on("redis://app:s3cret@127.0.0.1:" + redis.port())) {
            var response = running.get("/redis/stats");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).containsEntry("usedMemoryBytes", null).containsEntry("slowLogLength", null);
            assertThat(member(response.body(), "withheld"))
                    .containsEntry("usedMemoryBytes", "the user may not run INFO")
                    .containsEntry("slowLogLength", "the user may not run SLOWLOG");
            var health = running.get("/health/redis");
            assertThat(health.body()).containsEntry("status", "healthy").containsEntry("circuit", "closed");
            assertThat(health.list("restrictions"))
                    .extracting(restriction -> restriction.get("name"))
                    .containsExactly("info", "slowlog", "time", "time-in-scripts");
            assertThat(health.list("restrictions").getLast())
                    .containsEntry(
                            "what",
                            "Redis rejects TIME in scripts with NOPERM: decisions use the clocks of the functions,"
                                    + " which have to be synchronised (NTP).");
            assertThat(check(health, "clock"))
                    .containsEntry("result", "not-checked")
                    .containsEntry("reason", "the user may not run TIME");
            assertThat(member(member(running.get("/health/detailed").body(), "services"), "redis"))
                    .containsEntry("restrictions", health.body().get("restrictions"));
            running.showsNoSecret();
        }
    }

    @Test
    void reportsTheDetailedHealth() throws Exception {
        try (var redis = RedisProcess.start();
                var running = HealthServer.on(redis.url(), "GATEHOUSE_ENVIRONMENT", "staging")) {
            var response = running.get("/health/detailed");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body())
                    .containsEntry("status", "healthy")
                    .containsEntry("service", "gatehouse")
                    .containsEntry("troubles", List.of())
                    .containsEntry("environment", "staging");
            assertThat((String) response.body().get("version")).matches("\\d+\\.\\d+\\.\\d+.*");
            var services = member(response.body(), "services");
            assertThat(member(services, "redis"))
                    .containsEntry("status", "healthy")
                    .containsKey("latencyMillis");
            assertThat(member(services, "api"))
                    .containsEntry("status", "healthy")
                    .containsKey("uptimeSeconds");
        }
    }

    @Test
    void reportsHealthyIfRedisIsDisabled() throws Exception {
        try (var server = TestServer.start("ENABLE_REDIS", "false")) {
            var running = new HealthServer(server, TestServer.caller(server));
            running.reports("UP", 200);
            assertThat(running.get("/health").text()).contains("disabled").doesNotContain("link");
            assertThat(running.get("/health/redis").text())
                    .isEqualTo(
                            "{\"status\":\"disabled\",\"connected\":false,\"troubles\":[],\"restrictions\":[],\"checks\":[]}");
            assertThat(running.get("/redis/stats").status()).isEqualTo(503);
            assertThat(running.get("/health/detailed").body()).containsEntry("status", "healthy");
        }
    }
}

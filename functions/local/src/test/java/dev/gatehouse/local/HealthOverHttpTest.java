package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.gatehouse.local.Caller.Told;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What the health routes say of real servers, well and ill. */
class HealthOverHttpTest {

    private static final DemoKey KEY = new DemoKey("health-key");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<String> KEYED = List.of("/health/redis", "/health/detailed", "/redis/stats");

    /** A server and its caller. */
    private record Running(Server server, Caller caller) implements AutoCloseable {

        static Running on(String redisUrl, String... namesAndValues) throws Exception {
            var environment = new HashMap<>(Map.of(
                    "MICRONAUT_SERVER_PORT",
                    "-1",
                    "GATEHOUSE_API_KEYS",
                    KEY.setting(),
                    "REDIS_URL",
                    redisUrl,
                    "REDIS_CONNECTION_TIMEOUT",
                    "5000",
                    "REDIS_COMMAND_TIMEOUT",
                    "3000"));
            for (var i = 0; i < namesAndValues.length; i += 2) {
                environment.put(namesAndValues[i], namesAndValues[i + 1]);
            }
            var server = Server.start(environment);
            return new Running(server, new Caller(server.port(), KEY.value()));
        }

        Told get(String path) {
            return caller.send(caller.request(path).GET());
        }

        Scrape metrics() {
            return Scrape.of(getWithoutKey("/metrics").text());
        }

        Told getWithoutKey(String path) {
            return caller.send(caller.anonymous(path).GET());
        }

        /** Readiness and the whole, as somebody without a key sees them; liveness, which is the same always. */
        void isSeenAs(String status, int code) {
            for (var path : List.of("/health", "/health/readiness")) {
                var told = getWithoutKey(path);
                assertThat(told.status()).as(path).isEqualTo(code);
                assertThat(told.text()).isEqualTo("{\"status\":\"%s\"}".formatted(status));
            }
            isAlive();
        }

        void isAlive() {
            var told = getWithoutKey("/health/liveness");
            assertThat(told.status()).isEqualTo(200);
            assertThat(told.text()).isEqualTo("{\"status\":\"UP\"}");
        }

        @Override
        public void close() {
            server.close();
        }
    }

    private static String url(FaultProxy wire) {
        return "redis://" + wire.host() + ":" + wire.port();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> member(Map<String, Object> body, String name) {
        return (Map<String, Object>) body.get(name);
    }

    private static List<Object> troubles(Told told) {
        return told.list("troubles").stream()
                .map(trouble -> trouble.get("name"))
                .toList();
    }

    @Test
    void aHealthyRedis() throws Exception {
        try (var redis = RedisProcess.setup().password("s3cret").start();
                var running = Running.on(redis.url())) {
            running.isSeenAs("UP", 200);

            var told = running.get("/health/redis");

            assertThat(told.status()).isEqualTo(200);
            assertThat(told.header("Cache-Control")).isEqualTo("no-store");
            assertThat(told.header("X-Request-Id")).isNotBlank();
            assertThat(told.body())
                    .containsEntry("status", "healthy")
                    .containsEntry("connected", true)
                    .containsEntry("url", "redis://:***@127.0.0.1:" + redis.port() + "/0")
                    .containsEntry("operations", List.of("ping", "set", "get", "delete"))
                    .containsEntry("circuit", "closed")
                    .containsEntry("troubles", List.of())
                    .doesNotContainKey("error");
            assertThat(member(told.body(), "server"))
                    .containsEntry("version", redis.info("server", "redis_version"))
                    .containsEntry("mode", "standalone")
                    .containsEntry("role", "master");
            assertThat(member(told.body(), "latencyMillis"))
                    .containsOnlyKeys("ping", "set", "get", "delete")
                    .allSatisfy((_, millis) -> assertThat((Double) millis).isPositive());
            assertThat(redis.cli("DBSIZE")).as("but what readiness wrote").isEqualTo(2L);
            assertThat(redis.clients()).hasSize(1);
        }
    }

    @Test
    void withAKeyTheShapeOfManagementHasItsDetails() throws Exception {
        try (var redis = RedisProcess.start();
                var running = Running.on(redis.url())) {
            for (var path : List.of("/health", "/health/readiness")) {
                assertThat(running.get(path).text())
                        .isEqualTo("{\"name\":\"gatehouse\",\"status\":\"UP\",\"details\":{\"redis\":"
                                + "{\"name\":\"gatehouse\",\"status\":\"UP\",\"details\":{\"status\":\"healthy\"}}}}");
            }
            assertThat(running.get("/health/liveness").text()).isEqualTo("{\"name\":\"gatehouse\",\"status\":\"UP\"}");
            redis.stop();
            var told = running.get("/health");
            assertThat(told.status()).isEqualTo(503);
            assertThat(told.body()).containsEntry("status", "DOWN");
            assertThat(told.text()).contains("\"details\":{\"", "\"error\":\"").contains("\"status\":\"disconnected\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/redis", "/health/detailed", "/redis/stats"})
    void whatRedisTellsIsForCallersWithAKey(String path) throws Exception {
        try (var redis = RedisProcess.start();
                var running = Running.on(redis.url())) {
            var caller = running.caller;
            for (var request : List.of(
                    caller.anonymous(path),
                    caller.anonymous(path).header("X-Api-Key", "wrong"),
                    caller.anonymous(path + "/"),
                    caller.anonymous(path + "?x=/health"))) {
                var told = caller.send(request.GET());

                assertThat(told.status()).isEqualTo(401);
                assertThat(told.header("WWW-Authenticate")).startsWith("Bearer");
                assertThat(told.body()).containsEntry("type", "urn:gatehouse:problem:unauthenticated");
            }
            assertThat(redis.clients()).as("nor is Redis asked").isEmpty();
        }
    }

    @Test
    void aWrongKeyShowsNoDetails() throws Exception {
        try (var redis = RedisProcess.start();
                var running = Running.on(redis.url())) {
            var told = running.caller.send(running.caller
                    .anonymous("/health")
                    .header("X-Api-Key", "wrong")
                    .GET());

            assertThat(told.status()).isEqualTo(200);
            assertThat(told.text()).isEqualTo("{\"status\":\"UP\"}");
        }
    }

    @Test
    void livenessAsksNobody() throws Exception {
        try (var redis = RedisProcess.start();
                var running = Running.on(redis.url())) {
            running.isAlive();
            running.get("/health/liveness");

            assertThat(redis.clients()).isEmpty();
        }
    }

    @Test
    void anotherMethodIsNotAllowed() throws Exception {
        try (var redis = RedisProcess.start();
                var running = Running.on(redis.url())) {
            for (var path : List.of("/health", "/health/redis", "/redis/stats")) {
                var told = running.caller.post(path, "{}");

                assertThat(told.status()).isEqualTo(405);
                assertThat(told.header("Allow")).contains("GET");
                assertThat(told.body()).containsEntry("type", "urn:gatehouse:problem:method-not-allowed");
            }
        }
    }

    @Test
    void aSlowRedisIsDegraded() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var running = Running.on(url(wire), "REDIS_COMMAND_TIMEOUT", "2000")) {
            running.get("/health/redis");
            wire.delay(Duration.ofMillis(550));

            running.isSeenAs("UP", 200);
            var told = running.get("/health/redis");

            assertThat(told.status()).isEqualTo(200);
            assertThat(told.body()).containsEntry("status", "degraded").containsEntry("connected", true);
            assertThat(troubles(told)).containsExactly("slow-answers");
            assertThat((Double) member(told.body(), "latencyMillis").get("ping"))
                    .isGreaterThan(1_000);
        }
    }

    @Test
    void aRedisThatIsNotThere() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var running = Running.on(redis.url())) {
                running.isSeenAs("DOWN", 503);
                var told = running.get("/health/redis");

                assertThat(told.status()).isEqualTo(503);
                assertThat(told.body()).containsEntry("status", "disconnected").containsEntry("connected", false);
                assertThat((String) told.body().get("error")).startsWith("the connection was refused");
                assertThat(running.get("/redis/stats").status()).isEqualTo(503);
                assertThat(running.get("/redis/stats").header("Retry-After")).isEqualTo("1");
                assertThat(running.get("/redis/stats").body())
                        .containsEntry("type", "urn:gatehouse:problem:store-unavailable");
                assertThat(running.get("/health/detailed").status()).isEqualTo(503);
                assertThat(running.get("/health/detailed").body()).containsEntry("status", "unhealthy");

                redis.restart();

                await().atMost(PATIENCE)
                        .until(() -> running.get("/health/redis").status() == 200);
                running.isSeenAs("UP", 200);
            }
        }
    }

    @Test
    void aWrongPassword() throws Exception {
        try (var redis = RedisProcess.setup().password("s3cret-right").start();
                var running = Running.on("redis://:s3cret-wrong@127.0.0.1:" + redis.port())) {
            var told = running.get("/health/redis");

            assertThat(told.status()).isEqualTo(503);
            assertThat(told.body()).containsEntry("status", "disconnected");
            assertThat((String) told.body().get("error")).startsWith("the user or password is wrong");
            assertThat(troubles(told)).containsExactly("wrong-password");
            running.isSeenAs("DOWN", 503);
            showsNoSecret(running);
        }
    }

    @Test
    void aReadOnlyReplica() throws Exception {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start();
                var running = Running.on(replica.url())) {
            for (var i = 0; i < 10; i++) {
                var told = running.get("/health/redis");

                assertThat(told.status()).isEqualTo(200);
                assertThat(told.body()).containsEntry("status", "degraded").containsEntry("connected", true);
                assertThat(troubles(told)).contains("replica-asked-to-write");
                assertThat(told.body()).containsEntry("operations", List.of());
                assertThat(member(told.body(), "latencyMillis")).containsEntry("set", null);
                running.isSeenAs("DOWN", 503);
            }
        }
    }

    @Test
    void aFullMemory() throws Exception {
        try (var redis = RedisProcess.setup().maxMemory("100kb").start();
                var running = Running.on(redis.url())) {
            var told = running.get("/health/redis");

            assertThat(told.status()).isEqualTo(200);
            assertThat(told.body()).containsEntry("status", "degraded");
            assertThat(troubles(told)).contains("memory-full", "memory-near-limit");
            running.isSeenAs("DOWN", 503);

            redis.cli("CONFIG", "SET", "maxmemory", "0");

            await().atMost(PATIENCE).until(() -> "healthy"
                    .equals(running.get("/health/redis").body().get("status")));
            running.isSeenAs("UP", 200);
        }
    }

    @Test
    void aConnectionThatIsHalfOpen() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var running =
                        Running.on(url(wire), "REDIS_COMMAND_TIMEOUT", "500", "REDIS_CONNECTION_TIMEOUT", "1000")) {
            await().atMost(PATIENCE).until(() -> running.get("/health/redis").status() == 200);
            wire.blackHole();

            var told = running.get("/health/redis");

            assertThat(told.status()).isEqualTo(503);
            assertThat(told.body()).containsEntry("status", "disconnected").containsEntry("connected", false);
            running.isSeenAs("DOWN", 503);

            wire.pass();
            await().atMost(PATIENCE).until(() -> running.get("/health/redis").status() == 200);
        }
    }

    /** One asks Redis whether it is back, and whoever asks meanwhile is answered at once. */
    @Test
    void aCircuitThatIsHalfOpen() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var running = Running.on(url(wire), "REDIS_COMMAND_TIMEOUT", "500")) {
            await().atMost(PATIENCE).until(() -> running.get("/health/redis").status() == 200);
            wire.blackHole();
            var over = new AtomicBoolean();
            var others = Thread.ofVirtual().start(() -> {
                while (!over.get()) {
                    running.getWithoutKey("/health/readiness");
                }
            });
            try {
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
                    var told = running.get("/health/redis");
                    assertThat(told.status()).isEqualTo(503);
                    assertThat(told.body())
                            .containsEntry("status", "disconnected")
                            .containsEntry("connected", false)
                            .containsEntry("circuit", "half-open");
                    assertThat((String) told.body().get("error")).endsWith("it is asked again within two seconds");
                });
                running.isAlive();
            } finally {
                over.set(true);
                others.join();
            }

            wire.pass();

            await().atMost(PATIENCE).until(() -> running.get("/health/redis").status() == 200);
            assertThat(running.get("/health/redis").body()).containsEntry("circuit", "closed");
        }
    }

    @Test
    void aConnectionThatTheOtherSideHalfClosedIsReplaced() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var running = Running.on(url(wire))) {
            running.get("/health/redis");
            wire.halfClose();

            await().atMost(PATIENCE).until(() -> running.get("/health/redis").status() == 200);
            running.isSeenAs("UP", 200);
        }
    }

    @Test
    void theStatistics() throws Exception {
        try (var redis = RedisProcess.setup().maxMemory("64mb").start();
                var running = Running.on(redis.url())) {
            redis.cli("SET", "there", "1", "EX", "100");
            redis.cli("GET", "there");
            redis.cli("GET", "not-there");

            var told = running.get("/redis/stats");

            assertThat(told.status()).isEqualTo(200);
            assertThat(told.body())
                    .containsEntry("connectedClients", 1)
                    .containsEntry("maxMemoryBytes", 64 * 1024 * 1024)
                    .containsEntry("evictionPolicy", "noeviction")
                    .containsEntry("keyspaceHits", 1)
                    .containsEntry("keyspaceMisses", 1)
                    .containsEntry("hitRate", 0.5)
                    .containsEntry("evictedKeys", 0)
                    .containsEntry("slowLogLength", 0);
            assertThat((Integer) told.body().get("usedMemoryBytes")).isPositive();
            assertThat((Integer) told.body().get("commandsProcessed")).isPositive();
            assertThat(member(told.body(), "replication"))
                    .containsEntry("role", "master")
                    .containsEntry("connectedReplicas", 0)
                    .containsEntry("masterLink", null);
            assertThat(member(told.body(), "withheld"))
                    .containsOnlyKeys("replication.masterLink", "replication.masterSilentSeconds");
        }
    }

    @Test
    void whatAManagedRedisRefusesIsNullWithAReason() throws Exception {
        var setup = RedisProcess.setup()
                .user("app", "s3cret", "~gh:* +@read +@write +@scripting +@connection -info -slowlog -time");
        try (var redis = setup.start();
                var running = Running.on("redis://app:s3cret@127.0.0.1:" + redis.port())) {
            var told = running.get("/redis/stats");

            assertThat(told.status()).isEqualTo(200);
            assertThat(told.body()).containsEntry("usedMemoryBytes", null).containsEntry("slowLogLength", null);
            assertThat(member(told.body(), "withheld"))
                    .containsEntry("usedMemoryBytes", "the user may not run INFO")
                    .containsEntry("slowLogLength", "the user may not run SLOWLOG");
            assertThat(running.get("/health/redis").body())
                    .containsEntry("status", "healthy")
                    .containsEntry("circuit", "closed");
            showsNoSecret(running);
        }
    }

    @Test
    void theWholeInDetail() throws Exception {
        try (var redis = RedisProcess.start();
                var running = Running.on(redis.url(), "GATEHOUSE_ENVIRONMENT", "staging")) {
            var told = running.get("/health/detailed");

            assertThat(told.status()).isEqualTo(200);
            assertThat(told.body())
                    .containsEntry("status", "healthy")
                    .containsEntry("service", "gatehouse")
                    .containsEntry("environment", "staging");
            assertThat((String) told.body().get("version")).matches("\\d+\\.\\d+\\.\\d+.*");
            var services = member(told.body(), "services");
            assertThat(member(services, "redis"))
                    .containsEntry("status", "healthy")
                    .containsKey("latencyMillis");
            assertThat(member(services, "api"))
                    .containsEntry("status", "healthy")
                    .containsKey("uptimeSeconds");
        }
    }

    @Test
    void withoutRedisByChoiceAllIsWell() throws Exception {
        try (var server = Server.start(
                Map.of("MICRONAUT_SERVER_PORT", "-1", "GATEHOUSE_API_KEYS", KEY.setting(), "ENABLE_REDIS", "false"))) {
            var running = new Running(server, new Caller(server.port(), KEY.value()));
            running.isSeenAs("UP", 200);
            assertThat(running.get("/health").text()).contains("UNKNOWN");
            assertThat(running.get("/health/redis").text())
                    .isEqualTo("{\"status\":\"disabled\",\"connected\":false,\"troubles\":[]}");
            assertThat(running.get("/redis/stats").status()).isEqualTo(503);
            assertThat(running.get("/health/detailed").body()).containsEntry("status", "healthy");
        }
    }

    @Test
    void redisIsCheckedOnSchedule() throws Exception {
        try (var redis = RedisProcess.start();
                var _ = Running.on(redis.url(), "REDIS_HEALTH_CHECK_INTERVAL", "1")) {
            await().atMost(PATIENCE).until(() -> redis.calls("info") > 1 && redis.calls("evalsha") > 1);
        }
    }

    @Test
    void whatAScheduledCheckFindsIsToldAsMetricsUntilRedisIsGone() throws Exception {
        try (var redis = RedisProcess.setup().config("maxmemory 50mb").start();
                var replica = RedisProcess.setup().replicaOf(redis).start();
                var running = Running.on(redis.url(), "REDIS_HEALTH_CHECK_INTERVAL", "1")) {
            await().atMost(PATIENCE)
                    .until(() -> running.metrics().names().contains("gatehouse_redis_replication_lag_bytes"));
            var told = running.metrics();
            assertThat(told.value("gatehouse_redis_memory_max_bytes", Map.of())).isEqualTo(50 << 20);
            assertThat(told.value("gatehouse_redis_memory_used_bytes", Map.of()))
                    .isBetween(100_000.0, 50e6);
            assertThat(told.value("gatehouse_redis_connected_clients", Map.of()))
                    .isPositive();
            assertThat(told.value("gatehouse_redis_max_clients", Map.of())).isPositive();
            assertThat(told.names()).contains("gatehouse_redis_slowlog_length", "gatehouse_redis_evicted_keys");
            assertThat(replica.isAlive()).isTrue();

            redis.stop();

            await().atMost(PATIENCE)
                    .until(() -> !running.metrics().names().contains("gatehouse_redis_memory_used_bytes"));
        }
    }

    @Test
    void aScheduledCheckSaysWhatIsTheMatterOnceAndAgainWhenItChanges() throws Exception {
        var logger = (Logger) LoggerFactory.getLogger("dev.gatehouse.functions.health");
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        logger.addAppender(lines);
        try (var redis = RedisProcess.setup().password("s3cret").start();
                var _ = Running.on(redis.url(), "REDIS_HEALTH_CHECK_INTERVAL", "1")) {
            await().atMost(PATIENCE).until(() -> redis.calls("evalsha") > 2);
            assertThat(lines.list).hasSize(1);
            redis.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
            await().atMost(PATIENCE).until(() -> lines.list.size() == 2);

            assertThat(lines.list.getFirst().getFormattedMessage()).contains("is well");
            assertThat(lines.list.getLast().getFormattedMessage())
                    .contains("is degraded. The eviction policy is allkeys-lru")
                    .contains("Set maxmemory-policy to noeviction");
            assertThat(lines.list.toString()).doesNotContain("s3cret");
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void aScheduledCheckOutlastsAnOutage() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var _ = Running.on(redis.url(), "REDIS_HEALTH_CHECK_INTERVAL", "1")) {
                redis.restart();

                await().atMost(PATIENCE).until(() -> redis.calls("evalsha") > 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "often", "1000000"})
    void anIntervalThatIsNoneEndsTheStart(String interval) {
        assertThatThrownBy(() -> Running.on("redis://localhost", "REDIS_HEALTH_CHECK_INTERVAL", interval))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("REDIS_HEALTH_CHECK_INTERVAL must be");
    }

    private static void showsNoSecret(Running running) {
        for (var path : KEYED) {
            assertThat(running.get(path).text()).doesNotContain("s3cret");
        }
        assertThat(running.get("/health").text()).doesNotContain("s3cret");
    }
}

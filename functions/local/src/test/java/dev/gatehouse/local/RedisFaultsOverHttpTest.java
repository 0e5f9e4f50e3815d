// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static dev.gatehouse.local.HealthServer.PATIENCE;
import static dev.gatehouse.local.HealthServer.check;
import static dev.gatehouse.local.HealthServer.member;
import static dev.gatehouse.local.HealthServer.troubles;
import static dev.gatehouse.local.HealthServer.url;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The health routes while Redis is down, slow or rejects operations. */
@ConcurrentTests
class RedisFaultsOverHttpTest {

    @Test
    void reportsASlowRedisAsDegraded() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var running = HealthServer.on(url(wire), "REDIS_COMMAND_TIMEOUT", "2000")) {
            running.get("/health/redis");
            wire.delay(Duration.ofMillis(550));

            // A busy machine may make one of the answers too late.
            await().atMost(PATIENCE).untilAsserted(() -> running.reports("UP", 200));
            await().atMost(PATIENCE).untilAsserted(() -> {
                var response = running.get("/health/redis");
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).containsEntry("status", "degraded").containsEntry("connected", true);
                assertThat(troubles(response)).containsExactly("slow-answers");
                assertThat((Double) member(response.body(), "latencyMillis").get("ping"))
                        .isGreaterThan(1_000);
            });
        }
    }

    @Test
    void reportsARedisThatIsDown() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var running = HealthServer.on(redis.url())) {
                running.reports("DOWN", 503);
                var response = running.get("/health/redis");

                assertThat(response.status()).isEqualTo(503);
                assertThat(response.body())
                        .containsEntry("status", "disconnected")
                        .containsEntry("connected", false);
                assertThat((String) response.body().get("error")).startsWith("the connection was refused");
                assertThat(running.get("/redis/stats").status()).isEqualTo(503);
                assertThat(running.get("/redis/stats").header("Retry-After")).isEqualTo("1");
                assertThat(running.get("/redis/stats").body())
                        .containsEntry("type", "urn:gatehouse:problem:store-unavailable");
                var detailed = running.get("/health/detailed");
                assertThat(detailed.status())
                        .as("the functions decide by policy")
                        .isEqualTo(200);
                assertThat(detailed.body()).containsEntry("status", "degraded");
                assertThat(member(member(detailed.body(), "services"), "redis"))
                        .containsEntry("status", "disconnected");

                redis.restart();

                await().atMost(PATIENCE)
                        .until(() -> running.get("/health/redis").status() == 200);
                running.reports("UP", 200);
            }
        }
    }

    @Test
    void reportsAWrongPassword() throws Exception {
        try (var redis = RedisProcess.setup().password("s3cret-right").start();
                var running = HealthServer.on("redis://:s3cret-wrong@127.0.0.1:" + redis.port())) {
            var response = running.get("/health/redis");

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).containsEntry("status", "disconnected");
            assertThat((String) response.body().get("error")).startsWith("the user or password is wrong");
            assertThat(troubles(response)).containsExactly("wrong-password");
            assertThat(check(response, "credentials")).containsEntry("result", "failed");
            assertThat(check(response, "memory"))
                    .containsEntry("result", "not-checked")
                    .containsEntry("reason", "Redis does not reply");
            running.reports("DOWN", 503);
            running.showsNoSecret();
        }
    }

    @Test
    void reportsAReadOnlyReplica() throws Exception {
        try (var master = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(master).start();
                var running = HealthServer.on(replica.url())) {
            for (var i = 0; i < 10; i++) {
                var response = running.get("/health/redis");

                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).containsEntry("status", "degraded").containsEntry("connected", true);
                assertThat(troubles(response)).contains("replica-asked-to-write");
                assertThat(response.body()).containsEntry("operations", List.of());
                assertThat(member(response.body(), "latencyMillis")).containsEntry("set", null);
                running.reports("DOWN", 503);
            }
        }
    }

    @Test
    void reportsAFullMemory() throws Exception {
        try (var redis = RedisProcess.setup().maxMemory("100kb").start();
                var running = HealthServer.on(redis.url())) {
            var response = running.get("/health/redis");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).containsEntry("status", "degraded");
            assertThat(troubles(response)).contains("memory-full", "memory-near-limit");
            assertThat(check(response, "script"))
                    .containsEntry("result", "failed")
                    .containsEntry("troubles", List.of("memory-full"));
            assertThat(check(response, "ping"))
                    .containsEntry("result", "not-checked")
                    .containsEntry("reason", "an operation before it did not pass");
            assertThat(check(response, "memory"))
                    .containsEntry("result", "failed")
                    .containsEntry("troubles", List.of("memory-full", "memory-near-limit"));
            running.reports("DOWN", 503);

            redis.cli("CONFIG", "SET", "maxmemory", "0");

            await().atMost(PATIENCE).until(() -> "healthy"
                    .equals(running.get("/health/redis").body().get("status")));
            running.reports("UP", 200);
        }
    }

    @Test
    void reportsAHalfOpenConnection() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var running = HealthServer.on(
                        url(wire), "REDIS_COMMAND_TIMEOUT", "500", "REDIS_CONNECTION_TIMEOUT", "1000")) {
            await().atMost(PATIENCE).until(() -> running.get("/health/redis").status() == 200);
            wire.blackHole();

            var response = running.get("/health/redis");

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).containsEntry("status", "disconnected").containsEntry("connected", false);
            running.reports("DOWN", 503);

            wire.pass();
            await().atMost(PATIENCE).until(() -> running.get("/health/redis").status() == 200);
        }
    }

    /** One request probes Redis, and the others get their response at once. */
    @Test
    void reportsAHalfOpenCircuitBreaker() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var running = HealthServer.on(url(wire), "REDIS_COMMAND_TIMEOUT", "500")) {
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
                    var response = running.get("/health/redis");
                    assertThat(response.status()).isEqualTo(503);
                    assertThat(response.body())
                            .containsEntry("status", "disconnected")
                            .containsEntry("connected", false)
                            .containsEntry("circuit", "half-open");
                    assertThat((String) response.body().get("error"))
                            .endsWith("the next attempt follows within two seconds");
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
    void replacesAHalfClosedConnection() throws Exception {
        try (var redis = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(redis);
                var running = HealthServer.on(url(wire))) {
            running.get("/health/redis");
            wire.halfClose();

            await().atMost(PATIENCE).until(() -> running.get("/health/redis").status() == 200);
            running.reports("UP", 200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-@scripting", "-@hash"})
    void reportsAUserWithoutARightAsDown(String restriction) throws Exception {
        try (var redis = RedisProcess.setup()
                        .user("app", "s3cret", "~gh:* +@all " + restriction)
                        .start();
                var running = HealthServer.on("redis://app:s3cret@127.0.0.1:" + redis.port())) {
            for (var i = 0; i < 10; i++) {
                var response = running.get("/health/redis");

                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).containsEntry("status", "degraded").containsEntry("operations", List.of());
                assertThat(troubles(response)).containsExactly("refusing");
                assertThat(response.text()).contains("Redis rejects script with NOPERM.");
                running.reports("DOWN", 503);
            }
            assertThat(running.metrics().value("gatehouse_redis_outages_total", Map.of()))
                    .as("reported once")
                    .isEqualTo(1);
            running.showsNoSecret();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the responses while Redis is down. */
class RedisOutageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Two seconds are promised; the rest allows for a busy machine. */
    private static final Duration RECOVERY = Duration.ofSeconds(10);

    private static Server server(RedisProcess redis, String whenDown) throws Exception {
        return TestServer.start(
                "GATEHOUSE_RATE_LIMIT_WHEN_DOWN",
                whenDown,
                "GATEHOUSE_REMEMBER_DENIALS",
                "off",
                "REDIS_URL",
                redis.url(),
                "REDIS_CONNECTION_TIMEOUT",
                "2000",
                "REDIS_COMMAND_TIMEOUT",
                "1000");
    }

    private static String check(String subject, int limit) {
        return """
                {"limits":[{"name":"api","subject":"%s","limit":%d,"windowSeconds":60}]}""".formatted(subject, limit);
    }

    @ParameterizedTest
    @CsvSource({"local,200", "open,200", "closed,503"})
    void startsWithoutRedisAndUsesItOnceItIsBack(String whenDown, int status) throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var server = server(redis, whenDown)) {
                var caller = TestServer.caller(server);
                var first = caller.check(check("ada", 5));
                assertThat(first.status()).isEqualTo(status);
                if (status == 200) {
                    assertThat(first.body()).containsEntry("degraded", true);
                    assertThat(first.header("Gatehouse-Source")).isEqualTo("local");
                } else {
                    assertThat(first.header("Retry-After")).isEqualTo("1");
                    assertThat(first.body()).containsEntry("type", "urn:gatehouse:problem:store-unavailable");
                }

                redis.restart();

                await().atMost(RECOVERY).pollInterval(Duration.ofMillis(20)).until(() -> "redis"
                        .equals(caller.check(check("ada", 5)).header("Gatehouse-Source")));
            }
        }
    }

    @Test
    void dropsLocalDecisionsOnRecovery() throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.stop();
            try (var server = server(redis, "local")) {
                var caller = TestServer.caller(server);
                assertThat(caller.check(check("ada", 1)).status()).isEqualTo(200);
                assertThat(caller.check(check("ada", 1)).status()).isEqualTo(429);
                redis.restart();
                await().atMost(RECOVERY).until(() -> "redis"
                        .equals(caller.check(check("grace", 1_000)).header("Gatehouse-Source")));
                assertThat(caller.check(check("ada", 1)).status())
                        .as("it did not reach Redis")
                        .isEqualTo(200);
                assertThat(caller.check(check("ada", 1)).status()).isEqualTo(429);

                redis.stop();
                await().until(() ->
                        "local".equals(caller.check(check("grace", 1_000)).header("Gatehouse-Source")));
                assertThat(caller.check(check("ada", 1)).status())
                        .as("it is not in memory either")
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void respondsByPolicyInTimeIfRedisDiesUnderLoad() throws Exception {
        try (var redis = RedisProcess.start();
                var server = server(redis, "local")) {
            var caller = TestServer.caller(server);
            Set<Integer> statuses = ConcurrentHashMap.newKeySet();
            var slowestMillis = new AtomicLong();
            var fromRedis = new AtomicInteger();
            var fromMemory = new AtomicInteger();
            var over = new AtomicBoolean();
            Threads.together(9, thread -> {
                if (thread == 8) {
                    await().atMost(PATIENCE).until(() -> fromRedis.get() > 1_000);
                    slowestMillis.set(0); // What came before is the compiler's.

                    redis.kill();
                    await().atMost(PATIENCE).until(() -> fromMemory.get() > 1_000);
                    redis.restart();
                    fromRedis.set(0);
                    await().atMost(RECOVERY).until(() -> fromRedis.get() > 0);
                    for (var i = 0; i < 30; i++) {
                        assertThat(redis.clients()).hasSizeLessThanOrEqualTo(1);
                    }
                    over.set(true);
                    return;
                }
                while (!over.get()) {
                    var from = System.nanoTime();
                    var response = caller.check(check("subject-" + thread, 100_000));
                    slowestMillis.accumulateAndGet((System.nanoTime() - from) / 1_000_000, Math::max);
                    statuses.add(response.status());
                    ("redis".equals(response.header("Gatehouse-Source")) ? fromRedis : fromMemory).incrementAndGet();
                }
            });
            assertThat(statuses).containsExactly(200);
            assertThat(slowestMillis).as("the decision budget of four seconds").hasValueLessThan(4_000);
        }
    }

    @Test
    void waitsForRedisAtTheStart() throws Exception {
        try (var redis = RedisProcess.start();
                var later = Executors.newSingleThreadScheduledExecutor()) {
            redis.stop();
            var comesBack = new AtomicBoolean();
            var _ = later.schedule(
                    () -> {
                        comesBack.set(true);
                        redis.restart();
                    },
                    700,
                    TimeUnit.MILLISECONDS);
            try (var server = TestServer.start("REDIS_URL", redis.url(), "REDIS_TIMEOUT", "60")) {
                assertThat(comesBack).isTrue();
                var first = TestServer.caller(server).check(check("ada", 5));
                assertThat(first.header("Gatehouse-Source")).isEqualTo("redis");
            }
        }
    }

    @Test
    void decidesInMemoryIfRedisIsDisabled() throws Exception {
        try (var server = TestServer.start("ENABLE_REDIS", "false")) {
            var response = TestServer.caller(server).check(check("ada", 5));
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).containsEntry("degraded", true);
        }
    }
}

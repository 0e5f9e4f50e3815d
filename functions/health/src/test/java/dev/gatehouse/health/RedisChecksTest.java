package dev.gatehouse.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.web.Deadlines;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RedisChecksTest {

    private static final Deadlines FAR = _ -> Deadline.in(Duration.ofSeconds(50));

    private static RedisLink link(RedisProcess redis) {
        return RedisLink.to(RedisSettings.fromEnvironment(
                Map.of("REDIS_URL", redis.url(), "REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000")));
    }

    private static RedisChecks checks(RedisLink link, CheckListener listener) {
        return RedisChecks.of(link, FAR, listener);
    }

    @Test
    void theListenerHearsOfEachScheduledCheckAndOfNoLook() {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (var redis = RedisProcess.start();
                var link = link(redis)) {
            var checks = checks(link, health -> heard.add(health.status()));
            checks.operations().toCompletableFuture().join();
            checks.script().toCompletableFuture().join();
            assertThat(heard).isEmpty();

            checks.deep().toCompletableFuture().join();
            redis.stop();
            checks.deep().toCompletableFuture().join();

            assertThat(heard).containsExactly("healthy", "disconnected");
        }
    }

    @Test
    void aListenerThatFailsHidesNothing() {
        try (var redis = RedisProcess.start();
                var link = link(redis)) {
            var checks = checks(link, _ -> {
                throw new IllegalStateException("no interest");
            });

            assertThat(checks.deep().toCompletableFuture().join().status()).isEqualTo("healthy");
        }
    }

    @Test
    void whereThereIsNoRedisByChoiceTheChecksFindSo() {
        var settings = RedisSettings.fromEnvironment(Map.of("ENABLE_REDIS", "false"));
        List<RedisHealth> heard = new CopyOnWriteArrayList<>();
        var checks = RedisChecks.withoutRedis(settings, heard::add);

        assertThat(checks.deep().toCompletableFuture().join()).isEqualTo(new RedisHealth.Absent());

        assertThat(heard).containsExactly(new RedisHealth.Absent());
        assertThat(checks.circuit()).isNull();
    }
}

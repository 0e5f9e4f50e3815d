// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.lettuce.DeadlineTimer;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micronaut.context.ApplicationContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Micronaut application that configures Redis as micronaut-redis documents. */
class MicronautConfigurationTest {

    private static RedisProcess redis;

    @BeforeAll
    static void start() {
        redis = RedisProcess.setup().password("s3cret").start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static ApplicationContext application(Object... properties) {
        var all = new HashMap<String, Object>(Map.of("redis.health.enabled", "false"));
        for (var i = 0; i < properties.length; i += 2) {
            all.put((String) properties[i], properties[i + 1]);
        }
        // Eager, like Micronaut's handlers on Lambda.
        return ApplicationContext.builder()
                .properties(all)
                .eagerInitSingletons(true)
                .start();
    }

    private static RedisSettings settings(Object... properties) {
        try (var application = application(properties)) {
            return application.getBean(RedisSettings.class);
        }
    }

    private static String url() {
        return "redis://:s3cret@" + redis.host() + ":" + redis.port();
    }

    @Test
    void worksOnItsUriOverOneConnection() {
        try (var application = application("redis.uri", url(), "redis.timeout", "5s")) {
            assertThat(redis.clients())
                    .as("connections before the first command")
                    .isEmpty();
            var link = application.getBean(RedisLink.class);

            var reply = LinkProbe.join(link.run(
                    ScriptCall.of(LinkProbe.COUNT).key("k"),
                    Deadline.in(link.settings().decisionBudget())));

            assertThat(reply).isInstanceOf(Answered.class);
            assertThat(redis.clients()).hasSize(1);
        }
        await().untilAsserted(() -> assertThat(redis.clients()).isEmpty());
    }

    /** No link closes the timer after a failed start. */
    @Test
    void aContextWithoutALinkStopsItsTimer() {
        DeadlineTimer timer;
        try (var context = ApplicationContext.run(Map.of("redis.health.enabled", "false"))) {
            timer = context.getBean(DeadlineTimer.class);
        }
        assertThatThrownBy(() -> timer.schedule(() -> {}, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void appliesThePropertiesBesideTheUri() {
        var settings = settings(
                "redis.uri", "redis://cache.example:6380/2",
                "redis.password", "s3cret",
                "redis.username", "app",
                "redis.ssl", "true",
                "redis.timeout", "700ms");

        assertThat(settings.nodes()).containsExactly(new Node("cache.example", 6380));
        assertThat(settings.database()).isEqualTo(2);
        assertThat(settings.credentials()).isEqualTo(new Credentials("app", "s3cret"));
        assertThat(settings.tls()).isNotNull();
        assertThat(settings.timeouts().command()).isEqualTo(Duration.ofMillis(700));
    }

    @ParameterizedTest
    @CsvSource({"abc%de, abc%de", "p%40ss, p@ss"})
    void acceptsAPasswordEncodedOrPlain(String written, String password) {
        var expected = new Credentials("app", password);
        var uri = "redis://app:" + written + "@cache.example";
        assertThat(settings("redis.uri", uri).credentials()).isEqualTo(expected);
        assertThat(settings("redis.uris", uri + ",redis://b.example").credentials())
                .isEqualTo(expected);
    }

    @Test
    void readsHostAndPort() {
        var settings = settings("redis.host", "cache.example", "redis.port", "6380");
        assertThat(settings.nodes()).containsExactly(new Node("cache.example", 6380));
        assertThat(settings.credentials()).isNull();
        assertThat(settings.cluster()).isFalse();
    }

    @Test
    void readsTheNodesOfACluster() {
        var settings = settings("redis.uris", "redis://a.example:7000,redis://b.example:7001");
        assertThat(settings.cluster()).isTrue();
        assertThat(settings.nodes()).containsExactly(new Node("a.example", 7000), new Node("b.example", 7001));
    }

    @Test
    void theEnvironmentOverridesTheProperties() {
        var application = RedisSettings.fromEnvironment(Map.of("REDIS_URL", "redis://:own@app.example"));

        var timeoutOnly = RedisSettings.fromEnvironment(Map.of("REDIS_COMMAND_TIMEOUT", "70"), () -> application);
        assertThat(timeoutOnly.nodes()).isEqualTo(application.nodes());
        assertThat(timeoutOnly.credentials()).isEqualTo(application.credentials());
        assertThat(timeoutOnly.timeouts().command()).isEqualTo(Duration.ofMillis(70));

        var address = RedisSettings.fromEnvironment(Map.of("REDIS_HOST", "env.example"), () -> application);
        assertThat(address.nodes()).containsExactly(new Node("env.example", 6379));
        assertThat(address.credentials()).as("a password for another host").isNull();

        var password = RedisSettings.fromEnvironment(Map.of("REDIS_PASSWORD", "other"), () -> application);
        assertThat(password.credentials()).isEqualTo(new Credentials(null, "other"));

        assertThat(RedisSettings.fromEnvironment(Map.of("ENABLE_REDIS", "false"), () -> application)
                        .enabled())
                .isFalse();
    }

    @Test
    void rejectsASentinelUri() {
        assertThatThrownBy(() -> settings("redis.uri", "redis-sentinel://a.example#primary"))
                .hasStackTraceContaining("Sentinel are not supported")
                .matches(thrown -> InvalidSetting.causeOf(thrown) != null);
    }

    /** The client and its connections stay the application's own: with automatic reconnection and all three APIs. */
    @Test
    void anInjectedConnectionIsTheApplicationsOwn() {
        try (var application = application("redis.uri", url())) {
            var connection = application.getBean(StatefulRedisConnection.class);
            assertThat(connection.sync().ping()).isEqualTo("PONG");
            assertThat(application.getBean(RedisClient.class).getOptions().isAutoReconnect())
                    .isTrue();
        }
    }

    @Test
    void aProgramWithoutAContextGetsOneForItsLink() {
        var link = RedisLink.retrying(LinkProbe.settings(url(), "REDIS_COMMAND_TIMEOUT", "5000"));
        assertThat(LinkProbe.join(link.ping(Deadline.in(Duration.ofSeconds(20)))))
                .isEqualTo(new Answered<>("PONG"));
        link.close();
        link.close();
        await().untilAsserted(() -> assertThat(redis.clients()).isEmpty());
    }
}

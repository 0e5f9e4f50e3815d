// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.CredentialsSource;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.Credentials;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.tls.Certificates;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The connections that callers have for themselves. */
class DedicatedConnectionsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void haveTheTlsAndPasswordOfTheLink() {
        try (var certificates = Certificates.create();
                var server = RedisProcess.setup()
                        .tls(certificates.localhost())
                        .password("pass/@word")
                        .start();
                var probe = LinkProbe.patient(
                        "rediss://:pass/@word@localhost:" + server.port(),
                        "REDIS_CA_FILE",
                        certificates.ca().toString());
                var redis = CommandClient.over(probe.link);
                var own = redis.open("k");
                var subscription = redis.openPubSub()) {
            var received = collect(subscription);
            subscription.sync().subscribe("news");
            own.sync().multi();
            own.sync().set("k", "v");
            own.sync().publish("news", "first");
            assertThat(own.sync().exec().wasDiscarded()).isFalse();
            await().atMost(MINUTE).until(() -> received.equals(List.of("first")));
            assertThat(redis.execute("GET", "k").text()).isEqualTo("v");
        }
    }

    @Test
    void aSubscriptionContinuesAfterARestartAndATransactionDoesNot() {
        try (var server = RedisProcess.start();
                var probe = LinkProbe.patient(server.url());
                var redis = CommandClient.over(probe.link);
                var own = redis.open("k");
                var subscription = redis.openPubSub()) {
            var received = collect(subscription);
            subscription.sync().subscribe("news");
            own.sync().multi();

            server.kill();
            server.restart();

            await().atMost(MINUTE).until(() -> {
                server.cli("PUBLISH", "news", "again");
                return received.contains("again");
            });
            own.sync().set("k", "outside of the transaction");
            assertThatThrownBy(() -> own.sync().exec()).isInstanceOf(RedisException.class);
            assertThat(server.cli("GET", "k")).isNull();
        }
    }

    @Test
    void aSubscriptionFollowsARotatedPassword() {
        try (var server = RedisProcess.setup().password("old").start()) {
            var source = new RotatedPassword();
            var settings = LinkProbe.patientSettings(server.url());
            try (var link = RedisLink.to(withCredentials(settings, source));
                    var redis = CommandClient.over(link);
                    var subscription = redis.openPubSub()) {
                var received = collect(subscription);
                subscription.sync().subscribe("news");

                try (var admin = redis.open("k")) {
                    server.cli("CONFIG", "SET", "requirepass", "new");
                    admin.sync().clientKill(KillArgs.Builder.typePubsub());

                    await().atMost(MINUTE).until(() -> {
                        admin.sync().publish("news", "rotated");
                        return received.contains("rotated");
                    });
                    assertThat(source.renewals).isPositive();
                }
            }
        }
    }

    @Test
    void reportTheReasonWhyTheyCannotBeOpened() {
        try (var server = RedisProcess.setup().password("right").start();
                var probe = LinkProbe.patient("redis://:wrong@" + server.host() + ":" + server.port());
                var redis = CommandClient.over(probe.link)) {
            assertThatThrownBy(() -> redis.open("k"))
                    .isInstanceOf(RedisUnavailable.class)
                    .hasMessage("Redis is unavailable: the user or password is wrong");
            assertThatThrownBy(redis::openPubSub).isInstanceOf(RedisUnavailable.class);
            server.stop();
            assertThatThrownBy(() -> redis.open("k")).hasMessage("Redis is unavailable: the connection was refused");
        }
    }

    @Test
    void doNotOpenWhereRedisIsDisabled() {
        try (var server = RedisProcess.start();
                var probe = LinkProbe.patient(server.url(), "ENABLE_REDIS", "false");
                var redis = CommandClient.over(probe.link)) {
            assertThatThrownBy(() -> redis.open("k")).hasMessage("Redis is unavailable: it is disabled");
            assertThatThrownBy(redis::openPubSub).isInstanceOf(RedisUnavailable.class);
            assertThat(server.info("commandstats", "cmdstat_hello")).isNull();
        }
    }

    @Test
    void endTheirCommandsByTheTimeoutOfTheLink() {
        try (var server = RedisProcess.start();
                var probe = LinkProbe.to(
                        server.url(), "REDIS_COMMAND_TIMEOUT", "300", "REDIS_CONNECTION_TIMEOUT", "30000");
                var redis = CommandClient.over(probe.link);
                var own = redis.open("k")) {
            server.freeze();
            var start = System.nanoTime();
            assertThatThrownBy(() -> own.sync().get("k")).isInstanceOf(RedisException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            server.thaw();
        }
    }

    @Test
    void closeWithTheClient() {
        try (var server = RedisProcess.start();
                var probe = LinkProbe.patient(server.url())) {
            var redis = CommandClient.over(probe.link);
            redis.open("k");
            redis.openPubSub().sync().subscribe("news");
            assertThat(server.clients()).hasSize(1);
            assertThat(subscribers(server)).contains("sub=1");

            redis.close();

            await().atMost(MINUTE)
                    .until(() ->
                            server.clients().isEmpty() && subscribers(server).isEmpty());
        }
    }

    private static String subscribers(RedisProcess server) {
        return (String) server.cli("CLIENT", "LIST", "TYPE", "PUBSUB");
    }

    private static List<String> collect(StatefulRedisPubSubConnection<String, String> subscription) {
        var received = new CopyOnWriteArrayList<String>();
        subscription.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                received.add(message);
            }
        });
        return received;
    }

    private static RedisSettings withCredentials(RedisSettings settings, CredentialsSource source) {
        return new RedisSettings(true, settings.nodes(), false, source, 0, null, settings.clock(), settings.timeouts());
    }

    /** A secret whose password has changed since it was read. */
    private static final class RotatedPassword implements CredentialsSource {

        private volatile String password = "old";
        private volatile int renewals;

        @Override
        public Credentials now() {
            return new Credentials(null, password);
        }

        @Override
        public CompletionStage<Boolean> renew() {
            password = "new";
            renewals++;
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public String user() {
            return null;
        }
    }
}

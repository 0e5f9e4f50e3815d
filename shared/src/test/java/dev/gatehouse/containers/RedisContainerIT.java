package dev.gatehouse.containers;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Network;

/** The containers are what the rest of the suite takes them for. */
class RedisContainerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Test
    void standaloneServerIsRedis7OrNewer() throws Exception {
        try (var redis = RedisContainer.published().start();
                var connection = new RawConnection(redis, PATIENCE)) {
            assertThat(connection.ask("PING")).isEqualTo("+PONG");
            assertThat(redis.cli("INFO", "server")).containsPattern("redis_version:([7-9]|[1-9][0-9])\\.");
        }
    }

    @Test
    void serverWithPasswordRefusesWhoDoesNotKnowIt() throws Exception {
        try (var redis = RedisContainer.published()
                        .with("--requirepass", "open-sesame")
                        .start();
                var connection = new RawConnection(redis, PATIENCE)) {
            assertThat(connection.ask("PING")).startsWith("-NOAUTH");
            assertThat(connection.ask("AUTH wrong")).startsWith("-WRONGPASS");
            assertThat(connection.ask("AUTH open-sesame")).isEqualTo("+OK");
            assertThat(connection.ask("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void replicaFollowsItsPrimaryAndRefusesWrites() throws Exception {
        try (var network = Network.newNetwork();
                var primary =
                        RedisContainer.published().named("primary", network).start();
                var replica = RedisContainer.published()
                        .named("replica", network)
                        .with("--replicaof", "primary 6379")
                        .start();
                var connection = new RawConnection(replica, PATIENCE)) {
            primary.cli("SET", "colour", "green");

            await().atMost(15, SECONDS).until(() -> replica.cli("GET", "colour").equals("green"));
            assertThat(connection.ask("SET colour red")).startsWith("-READONLY");
        }
    }

    @Test
    void clusterNodeSendsClientsToTheSlotsOwner() throws Exception {
        try (var cluster = RedisCluster.start()) {
            // Its slot is 15495; the last node has 10923 and up, the first 0 to 5460.
            var owner = cluster.nodes().getLast();
            try (var first = new RawConnection(cluster.nodes().getFirst(), PATIENCE);
                    var last = new RawConnection(owner, PATIENCE)) {
                assertThat(first.ask("SET a one")).matches("-MOVED \\d+ 127\\.0\\.0\\.1:" + owner.port());
                assertThat(last.ask("SET a one")).isEqualTo("+OK");
            }
        }
    }

    @Test
    void pausedServerKeepsItsConnectionsAndAnswersNothing() throws Exception {
        try (var redis = RedisContainer.published().start();
                var connection = new RawConnection(redis, Duration.ofMillis(300))) {
            assertThat(connection.ask("PING")).isEqualTo("+PONG");
            redis.pause();
            assertThatThrownBy(() -> connection.ask("PING")).isInstanceOf(SocketTimeoutException.class);
            redis.unpause();
            await().atMost(5, SECONDS).until(() -> answers(redis));
        }
    }

    @Test
    void killedServerComesBackOnItsPort() {
        try (var redis = RedisContainer.published().start()) {
            assertThat(answers(redis)).isTrue();
            redis.kill();
            assertThat(answers(redis)).isFalse();
            redis.restart();
            await().atMost(15, SECONDS).until(() -> answers(redis));
        }
    }

    private static boolean answers(RedisContainer redis) {
        try (var connection = new RawConnection(redis, PATIENCE)) {
            return connection.ask("PING").equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }
}

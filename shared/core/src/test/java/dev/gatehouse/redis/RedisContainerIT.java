// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.redis.ContainerCluster;
import dev.gatehouse.testkit.redis.RedisContainer;
import dev.gatehouse.testkit.redis.RedisError;
import dev.gatehouse.testkit.redis.RespConnection;
import dev.gatehouse.testkit.tls.Certificates;
import java.io.UncheckedIOException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.Network;

/** Checks the containers that the other suites use. */
@Timeout(60)
class RedisContainerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Test
    void standaloneServerIsRedis7OrNewer() {
        try (var redis = RedisContainer.published().start();
                var client = redis.connect()) {
            assertThat(client.call("PING")).isEqualTo("PONG");
            assertThat(redis.cli("INFO", "server")).containsPattern("redis_version:([7-9]|[1-9][0-9])\\.");
        }
    }

    @Test
    void aServerWithPasswordRejectsClientsWithoutIt() {
        try (var redis = RedisContainer.published()
                        .with("--requirepass", "open-sesame")
                        .start();
                var client = redis.connect()) {
            assertThatThrownBy(() -> client.call("PING"))
                    .isInstanceOf(RedisError.class)
                    .hasMessageStartingWith("NOAUTH");
            assertThat(client.call("AUTH", "open-sesame")).isEqualTo("OK");
            assertThat(client.call("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void aServerWithTlsAcceptsNoPlainConnection() {
        try (var certificates = Certificates.create();
                var redis = RedisContainer.published()
                        .with(certificates.localhost())
                        .start()) {
            assertThat(redis.replies()).as("without TLS").isFalse();
            assertThatThrownBy(() -> RespConnection.connect(
                            redis.host(), redis.port(), PATIENCE, certificates.trustingUnrelated()))
                    .hasCauseInstanceOf(SSLHandshakeException.class);
            try (var client = RespConnection.connect(redis.host(), redis.port(), PATIENCE, certificates.trusting())) {
                assertThat(client.call("PING")).isEqualTo("PONG");
            }
        }
    }

    @Test
    void aReplicaFollowsItsPrimaryAndRejectsWrites() {
        try (var network = Network.newNetwork();
                var primary =
                        RedisContainer.published().named("primary", network).start();
                var replica = RedisContainer.published()
                        .named("replica", network)
                        .with("--replicaof", "primary", "6379")
                        .start();
                var client = replica.connect()) {
            primary.cli("SET", "colour", "green");

            await().atMost(15, SECONDS).until(() -> "green".equals(client.call("GET", "colour")));
            assertThatThrownBy(() -> client.call("SET", "colour", "red"))
                    .isInstanceOf(RedisError.class)
                    .hasMessageStartingWith("READONLY");
        }
    }

    @Test
    void aClusterNodeRedirectsToTheOwnerOfASlot() {
        try (var cluster = ContainerCluster.start();
                var first = cluster.nodes().getFirst().connect();
                var last = cluster.nodes().getLast().connect()) {
            // The slot of a is 15495; the first node has 0 to 5460, the last 10923 to 16383.
            assertThatThrownBy(() -> first.call("SET", "a", "1"))
                    .isInstanceOf(RedisError.class)
                    .hasMessage(
                            "MOVED 15495 127.0.0.1:" + cluster.nodes().getLast().port());
            assertThat(last.call("SET", "a", "1")).isEqualTo("OK");
        }
    }

    @Test
    void aPausedServerKeepsConnectionsAndDoesNotReply() {
        try (var redis = RedisContainer.published().start();
                var patient = redis.connect();
                var hasty = RespConnection.connect(redis.host(), redis.port(), Duration.ofMillis(300))) {
            assertThat(hasty.call("PING")).isEqualTo("PONG");
            redis.pause();
            assertThatThrownBy(() -> hasty.call("PING")).isInstanceOf(UncheckedIOException.class);
            patient.send("PING");
            redis.unpause();
            assertThat(patient.read()).isEqualTo("PONG");
        }
    }

    @Test
    void aKilledServerRestartsOnItsPort() {
        try (var redis = RedisContainer.published().start()) {
            assertThat(redis.replies()).isTrue();
            redis.kill();
            assertThat(redis.replies()).isFalse();
            redis.restart();
            await().atMost(15, SECONDS).until(redis::replies);
        }
    }
}

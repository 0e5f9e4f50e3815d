// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisProcessTest {

    private static RedisProcess redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Test
    void repliesAreStringsLongsListsAndNull() {
        assertThat(redis.cli("SET", "replies:key", "välue")).isEqualTo("OK");
        assertThat(redis.cli("GET", "replies:key")).isEqualTo("välue");
        assertThat(redis.cli("GET", "replies:none")).isNull();
        assertThat(redis.cli("STRLEN", "replies:key")).isEqualTo(6L);
        assertThat(redis.cli("EVAL", "return {1, 'two', {3}}", "0")).isEqualTo(List.of(1L, "two", List.of(3L)));
        assertThat(redis.cli("SCAN", "0", "MATCH", "replies:*", "COUNT", "1000"))
                .isEqualTo(List.of("0", List.of("replies:key")));
        assertThatThrownBy(() -> redis.cli("EVALSHA", "0".repeat(40), "0"))
                .isInstanceOfSatisfying(
                        RedisError.class, e -> assertThat(e.code()).isEqualTo("NOSCRIPT"));
    }

    @Test
    void reportsItsClientsAndCommands() {
        redis.cli("CONFIG", "RESETSTAT");
        redis.cli("EVAL", "return 1", "0");
        redis.cli("EVAL", "return 1", "0");

        assertThat(redis.calls("eval")).isEqualTo(2);
        assertThat(redis.calls("evalsha")).isZero();
        assertThat(redis.info("server", "redis_version")).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(redis.info("persistence", "aof_enabled")).isEqualTo("0");
        try (var client = redis.connect()) {
            client.call("CLIENT", "SETNAME", "the-other");
            assertThat(redis.clients()).singleElement().asString().contains("name=the-other");
        }
    }

    @Test
    void aStoppedServerComesBackEmptyOnTheSamePort() {
        try (var server = RedisProcess.start()) {
            var port = server.port();
            server.cli("SET", "key", "value");

            server.stop();
            assertThat(server.isAlive()).isFalse();
            assertThatThrownBy(() -> server.cli("PING"))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCauseInstanceOf(ConnectException.class);

            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.cli("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void aServerThatHoldsAKeyOfGatehousesWithoutExpiryIsEndedAndItsTestFails() {
        var server = RedisProcess.start();
        server.cli("SET", "gh:{a}:short", "value", "PX", "60000");
        server.cli("SET", "of-a-test", "value");
        server.cli("SET", "gh:{b}:lasting", "value");
        server.cli("HSET", "gh:{c}:ak", "an API key", "value");

        assertThatThrownBy(server::close)
                .isInstanceOf(AssertionError.class)
                .hasMessage("keys that live for ever: [gh:{b}:lasting]");
        assertThat(server.isAlive()).isFalse();
    }

    @Test
    void aServerWhoseKeysExpireOrAreATestsOwnIsClosedInPeace() {
        var server = RedisProcess.start();
        server.cli("SET", "gh:{a}:short", "value", "PX", "60000");
        server.cli("SET", "of-a-test", "value");

        server.close();
        assertThat(server.isAlive()).isFalse();
    }

    @Test
    void aKilledServerEndsWithoutAShutdown() {
        try (var server = RedisProcess.start();
                var client = server.connect()) {
            assertThat(client.call("PING")).isEqualTo("PONG");

            server.kill();

            assertThat(server.log()).doesNotContain("ready to exit");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void aFrozenServerRepliesOnlyAfterItThaws() {
        try (var client = RespConnection.connect(redis.host(), redis.port(), Duration.ofMillis(500))) {
            assertThat(client.call("PING")).isEqualTo("PONG");

            redis.freeze();
            try {
                client.send("INCR", "frozen");
                assertThatThrownBy(client::read).hasCauseInstanceOf(SocketTimeoutException.class);
            } finally {
                redis.thaw();
            }

            assertThat(client.read()).as("what piled up is done after the thaw").isEqualTo(1L);
        }
    }

    @Test
    void aFrozenServerCanBeClosed() {
        var server = RedisProcess.start();
        server.freeze();

        server.close();

        assertThat(server.isAlive()).isFalse();
    }

    @Test
    void requiresPasswordsAndUsers() {
        try (var server = RedisProcess.setup()
                        .password("s3cret")
                        .user("gate", "other", "~gh:* +@all")
                        .start();
                var client = RespConnection.connect(server.host(), server.port(), Duration.ofSeconds(5))) {
            assertThat(server.url()).isEqualTo("redis://:s3cret@127.0.0.1:" + server.port());
            assertThat(server.cli("PING")).isEqualTo("PONG");
            assertThatThrownBy(() -> client.call("PING")).hasMessageStartingWith("NOAUTH");
            assertThatThrownBy(() -> client.call("AUTH", "wrong")).hasMessageStartingWith("WRONGPASS");
            assertThat(client.call("AUTH", "gate", "other")).isEqualTo("OK");
            assertThat(client.call("GET", "gh:key")).isNull();
            assertThatThrownBy(() -> client.call("GET", "key")).hasMessageStartingWith("NOPERM");
        }
    }

    @Test
    void aFullServerRefusesWrites() {
        try (var server = RedisProcess.setup().maxMemory("1b").start()) {
            assertThatThrownBy(() -> server.cli("SET", "key", "value")).hasMessageStartingWith("OOM");
        }
    }

    @Test
    void aReplicaFollowsItsMasterAndRefusesWrites() {
        try (var replica = RedisProcess.setup().replicaOf(redis).start();
                var client = redis.connect()) {
            client.call("SET", "replicated", "yes");

            assertThat(client.call("WAIT", "1", "4000")).isEqualTo(1L);
            assertThat(replica.cli("GET", "replicated")).isEqualTo("yes");
            assertThatThrownBy(() -> replica.cli("SET", "key", "value")).hasMessageStartingWith("READONLY");
        }
    }

    @Test
    void aServerThatCannotStartIsReportedWithItsLog() {
        assertThatThrownBy(
                        () -> RedisProcess.setup().config("no-such-setting 1").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-setting");
        assertThatThrownBy(() -> RedisProcess.setup().port(redis.port()).start())
                .hasMessageContaining("Address already in use");
    }
}

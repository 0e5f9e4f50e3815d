// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.redis.RedisError;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.RespConnection;
import dev.gatehouse.testkit.tls.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {

    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final String[] COUNT = {"EVAL", "return redis.call('INCR', KEYS[1])", "1", "count"};

    private static RedisProcess redis;
    private FaultProxy proxy;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void openProxy() {
        redis.cli("FLUSHALL");
        proxy = FaultProxy.inFrontOf(redis);
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    @Test
    void passesAndCountsWhatPasses() {
        try (var client = connect(PATIENT);
                var other = connect(PATIENT)) {
            assertThat(client.call("HELLO", "3").toString()).contains("proto=3");
            assertThat(client.call("SET", "key", "x".repeat(300_000))).isEqualTo("OK");
            assertThat((String) other.call("GET", "key")).hasSize(300_000);
            var before = proxy.traffic();

            client.sendAll(new String[] {"PING"}, COUNT, COUNT, new String[] {"get", "none"});

            assertThat(client.read()).isEqualTo("PONG");
            assertThat(client.read()).isEqualTo(1L);
            assertThat(client.read()).isEqualTo(2L);
            assertThat(client.read()).isNull();
            var traffic = proxy.traffic().since(before);
            assertThat(traffic.commandsForwarded()).isEqualTo(Map.of("PING", 1L, "EVAL", 2L, "GET", 1L));
            assertThat(traffic.commandReads()).as("one flush, one read").isEqualTo(1);
            assertThat(proxy.traffic().connectionsAccepted()).isEqualTo(2);
            assertThat(proxy.traffic().openConnections()).isEqualTo(2);
        }
        await().until(() -> proxy.traffic().openConnections() == 0);
        await().until(() -> redis.clients().isEmpty());
    }

    @Test
    void refuse_refusesNewConnectionsUntilItPassesAgain() {
        try (var client = connect(PATIENT)) {
            assertThat(client.call("PING")).isEqualTo("PONG");

            proxy.refuse();

            assertThatThrownBy(() -> connect(PATIENT)).hasCauseInstanceOf(ConnectException.class);
            assertThat(client.call("PING")).as("open connections go on").isEqualTo("PONG");
            proxy.pass();
            assertThatPings();
        }
    }

    @Test
    void ignoreConnects_letsNewConnectionsHangUntilTheirTimeout() {
        try (var client = connect(PATIENT)) {
            assertThat(client.call("PING")).isEqualTo("PONG");

            proxy.ignoreConnects();

            assertThatThrownBy(() -> connect(SHORT))
                    .hasCauseInstanceOf(SocketTimeoutException.class)
                    .hasMessageContaining("Connect timed out");
            assertThat(client.call("PING")).as("open connections go on").isEqualTo("PONG");
            proxy.pass();
            assertThatPings();
        }
    }

    @Test
    void reset_resetsOpenAndNewConnections() {
        try (var client = connect(PATIENT)) {
            assertThat(client.call("PING")).isEqualTo("PONG");

            proxy.reset();

            assertThatThrownBy(client::read).hasMessageContaining("Connection reset");
            assertThatThrownBy(this::assertThatPings).hasCauseInstanceOf(SocketException.class);
            assertThat(proxy.traffic().connectionsReset()).isEqualTo(2);
            proxy.pass();
            assertThatPings();
        }
    }

    @Test
    void cutConnections_resetsTheOpenOnesOnly() {
        try (var client = connect(PATIENT)) {
            assertThat(client.call("PING")).isEqualTo("PONG");

            proxy.cutConnections();

            assertThatThrownBy(client::read).hasMessageContaining("Connection reset");
            assertThatPings();
        }
    }

    @Test
    void blackHole_holdsEverythingAndDeliversItLate() {
        try (var client = connect(SHORT)) {
            assertThat(client.call("PING")).isEqualTo("PONG");

            proxy.blackHole();

            client.send("INCR", "late");
            assertThatThrownBy(client::read).hasCauseInstanceOf(SocketTimeoutException.class);
            assertThat(redis.cli("EXISTS", "late")).as("nothing came through").isEqualTo(0L);
            assertThat(proxy.traffic().forwarded("INCR")).isZero();
            try (var another = connect(SHORT)) {
                another.send("PING");
                assertThatThrownBy(another::read).hasCauseInstanceOf(SocketTimeoutException.class);

                proxy.pass();

                assertThat(another.read()).isEqualTo("PONG");
                assertThat(client.read()).isEqualTo(1L);
            }
        }
    }

    @Test
    void blackHole_hidesTheEndOfAConnection() {
        try (var server = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(server);
                var client = RespConnection.connect(wire.host(), wire.port(), SHORT)) {
            assertThat(client.call("PING")).isEqualTo("PONG");

            wire.blackHole();
            server.kill();

            assertThatThrownBy(client::read).hasCauseInstanceOf(SocketTimeoutException.class);
            wire.pass();
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void delay_isTakenEachWayAndDoesNotAddUp() {
        try (var client = connect(PATIENT)) {
            assertThat(client.call("PING")).isEqualTo("PONG");
            proxy.delay(Duration.ofMillis(200));

            var start = System.nanoTime();
            for (var i = 0; i < 5; i++) {
                client.send("PING");
            }
            for (var i = 0; i < 5; i++) {
                assertThat(client.read()).isEqualTo("PONG");
            }

            var took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(took).isBetween(Duration.ofMillis(400), Duration.ofMillis(1_600));
        }
    }

    @Test
    void halfClose_endsTheWayToTheClientOnly() {
        try (var client = connect(PATIENT)) {
            assertThat(client.call("PING")).isEqualTo("PONG");

            proxy.halfClose();

            assertThat(client.isAtEnd()).isTrue();
            client.send("SET", "after", "the end");
            await().until(() -> "the end".equals(redis.cli("GET", "after")));
        }
        await().until(() -> proxy.traffic().openConnections() == 0);
    }

    @Test
    void truncate_cutsTheReplyAndEndsTheConnection() throws IOException {
        try (var client = new Socket(proxy.host(), proxy.port())) {
            proxy.truncateNextReply(3);

            var eval = "*3\r\n$4\r\nEVAL\r\n$14\r\nreturn 'whole'\r\n$1\r\n0\r\n";
            client.getOutputStream().write(eval.getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("$5\r");
            assertThat(proxy.traffic().repliesTruncated()).isEqualTo(1);
            try (var another = connect(PATIENT)) {
                assertThat(another.call(COUNT)).isEqualTo(1L);
            }
        }
    }

    @Test
    void swallow_losesTheReplyToACommandThatWasExecuted() {
        try (var client = connect(SHORT);
                var another = connect(PATIENT)) {
            proxy.swallowNextReply();
            assertThat(client.call("PING")).as("not affected").isEqualTo("PONG");

            client.send(COUNT);

            assertThatThrownBy(client::read).hasCauseInstanceOf(SocketTimeoutException.class);
            assertThat(redis.cli("GET", "count")).isEqualTo("1");
            assertThat(proxy.traffic().repliesSwallowed()).isEqualTo(1);
            client.send("PING");
            assertThatThrownBy(client::read)
                    .as("later replies are lost with it")
                    .hasCauseInstanceOf(SocketTimeoutException.class);
            assertThat(another.call(COUNT)).as("another connection").isEqualTo(2L);
        }
    }

    @Test
    void swallowReplies_losesThemAll() {
        proxy.swallowReplies();
        for (var i = 0; i < 2; i++) {
            try (var client = connect(SHORT)) {
                assertThatThrownBy(() -> client.call(COUNT)).hasCauseInstanceOf(SocketTimeoutException.class);
            }
        }
        assertThat(redis.cli("GET", "count")).isEqualTo("2");
        assertThat(proxy.traffic().repliesSwallowed()).isEqualTo(2);
    }

    @Test
    void swallowAndReset_resetsInsteadOfTheReply() {
        try (var client = connect(PATIENT)) {
            proxy.swallowNextReplyAndReset();
            client.sendAll(new String[] {"PING"}, COUNT);

            assertThat(client.read()).as("the reply before it").isEqualTo("PONG");
            assertThatThrownBy(client::read)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("Connection reset");
            assertThat(redis.cli("GET", "count")).isEqualTo("1");
        }
    }

    @Test
    void inject_answersInOrderWithoutRedis() {
        try (var client = connect(PATIENT)) {
            proxy.injectNext(2, "-LOADING Redis is loading");

            client.sendAll(new String[] {"SET", "key", "value"}, COUNT, new String[] {"GET", "key"}, COUNT, COUNT);

            assertThat(client.read()).isEqualTo("OK");
            assertThatThrownBy(client::read).isInstanceOf(RedisError.class).hasMessage("LOADING Redis is loading");
            assertThat(client.read()).isEqualTo("value");
            assertThatThrownBy(client::read).isInstanceOf(RedisError.class);
            assertThat(client.read()).as("the third is Redis's own").isEqualTo(1L);
            assertThat(proxy.traffic().forwarded("EVAL")).isEqualTo(1);
            assertThat(proxy.traffic().repliesInjected()).isEqualTo(2);
        }
    }

    @Test
    void inject_befallsTheChosenCommandsUntilItPasses() {
        try (var client = connect(PATIENT)) {
            proxy.affecting(words -> words.contains("key")).inject("-READONLY You can't write against a replica.");

            assertThat(client.call(COUNT)).isEqualTo(1L);
            for (var i = 0; i < 3; i++) {
                assertThatThrownBy(() -> client.call("SET", "key", "value"))
                        .isInstanceOf(RedisError.class)
                        .hasMessageStartingWith("READONLY");
            }
            proxy.pass();
            assertThat(client.call("SET", "key", "value")).isEqualTo("OK");
        }
    }

    @Test
    void aServerThatIsNotThereIsAReset() {
        try (var server = RedisProcess.start();
                var wire = FaultProxy.inFrontOf(server)) {
            server.stop();

            assertThatThrownBy(() -> {
                        try (var client = RespConnection.connect(wire.host(), wire.port(), PATIENT)) {
                            client.read();
                        }
                    })
                    .hasMessageContaining("Connection reset");

            server.restart();

            try (var client = RespConnection.connect(wire.host(), wire.port(), PATIENT)) {
                assertThat(client.call("PING")).isEqualTo("PONG");
            }
        }
    }

    @Test
    void tlsPassesAsBytes() {
        try (var certificates = Certificates.create();
                var server = RedisProcess.setup().tls(certificates.localhost()).start();
                var wire = FaultProxy.inFrontOf(server)) {
            wire.delay(Duration.ofMillis(5));
            var handshake = Duration.ofSeconds(2);
            try (var client = RespConnection.connect(wire.host(), wire.port(), handshake, certificates.trusting())) {
                assertThat(client.call("PING")).isEqualTo("PONG");
                wire.blackHole();
                client.send("PING");
                assertThatThrownBy(client::read).hasCauseInstanceOf(SocketTimeoutException.class);
                assertThatThrownBy(
                                () -> RespConnection.connect(wire.host(), wire.port(), SHORT, certificates.trusting()))
                        .as("a handshake that hangs")
                        .hasCauseInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    private void assertThatPings() {
        try (var client = connect(PATIENT)) {
            assertThat(client.call("PING")).isEqualTo("PONG");
        }
    }

    private RespConnection connect(Duration timeout) {
        return RespConnection.connect(proxy.host(), proxy.port(), timeout);
    }
}

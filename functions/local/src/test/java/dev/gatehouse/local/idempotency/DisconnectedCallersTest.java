// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Claims of callers that hang up while they wait, on a real server with real sockets. */
class DisconnectedCallersTest extends IdempotencyApi {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String WAITING = ",'waitMillis':15000";

    @Test
    void aCallerThatHungUpTakesNoWork() throws Exception {
        var owner = owner(claim(""));
        hangUpWaiting(1, WAITING);

        release(owner);

        assertThat(claim("").body()).containsEntry("outcome", "claimed").containsEntry("attempt", 1);
    }

    @Test
    void manyCallersThatHungUpTakeNoWork() throws Exception {
        var owner = owner(claim(""));
        hangUpWaiting(200, WAITING);

        release(owner);

        assertThat(claim("").status()).isEqualTo(201);
    }

    @Test
    void aCallerThatHungUpCanRepeatItsClaimWithItsOwner() throws Exception {
        var owner = owner(claim(""));
        hangUpWaiting(1, WAITING + ",'owner':'ada'");
        release(owner);
        assertThat(post(INSPECT, "").status()).as("nobody took it").isEqualTo(404);

        assertThat(claim(",'owner':'ada'").body()).containsEntry("attempt", 1);
        assertThat(claim(",'owner':'ada'").status()).isEqualTo(201);
    }

    @Test
    void aWaitEndsWithAConnectionThatWasUsedBefore() throws Exception {
        var owner = owner(claim(""));
        try (var connection = connect()) {
            for (int n = 0; n < 3; n++) {
                long from = System.nanoTime();
                send(connection, ",'waitMillis':300");
                assertThat(status(connection)).isEqualTo(409);
                assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofMillis(290));
            }
            long calls = calls();
            send(connection, WAITING);
            awaitPolls(calls, 1);
        }
        awaitNoPolls();
        release(owner);
        assertThat(claim("").status()).isEqualTo(201);
    }

    @Test
    void aPipelinedRequestEndsTheWaitOfTheRequestsBeforeIt() throws Exception {
        claim("");
        try (var connection = connect()) {
            long calls = calls();
            send(connection, WAITING);
            awaitPolls(calls, 1);
            long from = System.nanoTime();
            send(connection, WAITING);
            assertThat(status(connection)).isEqualTo(409);
            assertThat(status(connection)).isEqualTo(409);
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(PATIENCE);
        }
    }

    @Test
    @DeepTest
    void workReleasedWhileACallerHangsUpIsSoonFree() throws Exception {
        for (int round = 0; round < Rounds.of(20, 500); round++) {
            newKey();
            var owner = owner(claim(""));
            long calls = calls();
            var response = new AtomicReference<>("");
            try (var connection = connect()) {
                send(connection, WAITING);
                awaitPolls(calls, 1);
                Threads.together(2, thread -> {
                    if (thread == 0) {
                        connection.shutdownOutput();
                        response.set(new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
                    } else {
                        release(owner);
                    }
                });
            }
            if (response.get().startsWith("HTTP/1.1 201")) {
                assertThat(claim("").status()).as("it won before it hung up").isEqualTo(409);
            } else {
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> claim("").status() == 201);
            }
        }
    }

    /** Lets callers wait for the claim and then hang up, until nothing waits any more. */
    private void hangUpWaiting(int callers, String more) throws IOException {
        var connections = new ArrayList<Socket>();
        long calls = calls();
        for (int n = 0; n < callers; n++) {
            var connection = connect();
            connections.add(connection);
            send(connection, more);
        }
        awaitPolls(calls, callers);
        for (var connection : connections) {
            connection.close();
        }
        awaitNoPolls();
    }

    /** Each waiter claims once before it waits. */
    private static void awaitPolls(long before, int waiters) {
        await().atMost(PATIENCE).until(() -> calls() > before + 2L * waiters);
    }

    /** A waiter polls every half second at least. */
    private static void awaitNoPolls() {
        var before = new long[] {-1};
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(700)).until(() -> {
            long calls = calls();
            boolean none = calls == before[0];
            before[0] = calls;
            return none;
        });
    }

    private static long calls() {
        return redis.calls("evalsha");
    }

    private static Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), caller.port());
    }

    private void send(Socket connection, String more) throws IOException {
        var body = json("{'key':'" + key + "'" + more + "}");
        var request = """
                POST %s HTTP/1.1\r
                Host: localhost\r
                X-Api-Key: %s\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                %s""".formatted(CLAIM, TestServer.KEY, body.length(), body);
        connection.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads one response, whose length is in its header. */
    private static int status(Socket connection) throws IOException {
        connection.setSoTimeout((int) PATIENCE.toMillis());
        var in = connection.getInputStream();
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("the end of the connection after %s", head).isNotNegative();
            head.append((char) next);
        }
        var length = head.toString().replaceAll("(?is).*\r\ncontent-length: *(\\d+).*", "$1");
        in.readNBytes(Integer.parseInt(length));
        return Integer.parseInt(head.substring(9, 12));
    }
}

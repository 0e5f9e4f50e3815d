// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.local.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A client that stops reading, and would hold its connection and what waits for it forever. */
class SlowReaderTest {

    /** Exceeds what the server and both kernels hold for a connection. */
    private static final int MOST = 1000;

    private static final byte[] PING = {(byte) 0x89, (byte) 0x80, 0, 0, 0, 0};

    @Test
    void aConnectionThatIsNotReadEnds() throws IOException {
        try (var server = TestServer.start(AuthorizerSettings.TENANT, "demo", "GATEHOUSE_CHANNELS", "room:*=join");
                var socket = new Socket()) {
            var caller = TestServer.caller(server);
            var token =
                    caller.post("/v1/sessions", "{\"userId\":\"ada\"}").body().get("token");
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress("localhost", server.port()));
            write(socket, """
                    GET /realtime HTTP/1.1\r
                    Host: localhost\r
                    Upgrade: websocket\r
                    Connection: Upgrade\r
                    Sec-WebSocket-Version: 13\r
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                    Authorization: Bearer %s\r
                    \r
                    """.formatted(token).getBytes(StandardCharsets.US_ASCII));
            readUntil(socket, "\r\n\r\n");
            write(socket, frame("{\"do\":\"join\",\"channel\":\"room:1\"}"));
            readUntil(socket, "\"self\":true");

            var event = "{\"channel\":\"room:1\",\"event\":\"e\",\"data\":\"" + "x".repeat(32_000) + "\"}";
            int sent = 0;
            while (!caller.post("/v1/presence/list", "{\"channel\":\"room:1\"}")
                    .body()
                    .get("count")
                    .equals(0)) {
                assertThat(sent++).isLessThan(MOST);
                caller.post("/v1/channels/publish", event);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> isEnded(socket));
        }
    }

    /** Without reading, since that would let the server go on. */
    private static boolean isEnded(Socket socket) {
        try {
            write(socket, PING);
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    private static void write(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private static void readUntil(Socket socket, String end) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int read = socket.getInputStream().read();
            assertThat(read).isNotNegative();
            text.append((char) read);
        }
    }

    /** Returns a short text with a mask of zeros. */
    private static byte[] frame(String text) {
        var frame = new ByteArrayOutputStream();
        frame.write(0x81);
        frame.write(0x80 | text.length());
        frame.writeBytes(new byte[4]);
        frame.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return frame.toByteArray();
    }
}

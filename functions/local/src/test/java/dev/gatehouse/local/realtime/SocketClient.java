// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Server;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A client over a real WebSocket. */
final class SocketClient implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.createDefault();

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    private SocketClient(int port, String token) {
        this.socket = CLIENT.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://localhost:" + port + "/realtime"), new Listener())
                .join();
    }

    static SocketClient open(Server server, String token) {
        return open(server.port(), token);
    }

    static SocketClient open(int port, String token) {
        return new SocketClient(port, token);
    }

    void send(String json) {
        socket.sendText(json.replace('\'', '"'), true).join();
    }

    /** Sends a part of a message that does not end. Does nothing once the connection is closed. */
    void sendPart(String text) {
        socket.sendText(text, false).exceptionally(_ -> socket).join();
    }

    /** Waits for the first message that matches, and returns it. */
    Map<String, Object> await(String on) {
        return awaitMessage(message -> message.get("on").equals(on));
    }

    Map<String, Object> awaitMessage(Predicate<Map<String, Object>> which) {
        Awaitility.await().untilAsserted(() -> assertThat(messages()).anyMatch(which));
        return messages().stream().filter(which).findFirst().orElseThrow();
    }

    /** Returns all messages of a kind. */
    List<Map<String, Object>> all(String on) {
        return messages().stream()
                .filter(message -> message.get("on").equals(on))
                .toList();
    }

    List<Map<String, Object>> messages() {
        return received.stream().map(SocketClient::parsed).toList();
    }

    /** Returns the data of all events, in order. */
    List<Object> data() {
        return all("event").stream().map(event -> event.get("data")).toList();
    }

    int awaitClose() {
        Awaitility.await().until(closed::isDone);
        return closed.join();
    }

    /** Ends the connection without a goodbye. */
    void abort() {
        socket.abort();
    }

    @Override
    public void close() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                .exceptionally(_ -> socket)
                .join();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> parsed(String text) {
        try {
            return JSON.readValue(text, Argument.mapOf(String.class, Object.class));
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                received.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.complete(-1);
        }
    }
}

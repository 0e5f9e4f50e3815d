// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import io.micronaut.http.HttpRequest;
import io.micronaut.websocket.WebSocketPongMessage;
import io.micronaut.websocket.WebSocketSession;
import io.micronaut.websocket.annotation.OnClose;
import io.micronaut.websocket.annotation.OnMessage;
import io.micronaut.websocket.annotation.OnOpen;
import io.micronaut.websocket.annotation.ServerWebSocket;

/** The WebSocket of channels, for the users of sessions. {@link SocketFilter} authorizes the handshake. */
@ServerWebSocket(RealtimeSocket.PATH)
public class RealtimeSocket {

    static final String PATH = "/realtime";

    /** Larger than any message that is accepted, so that a longer one gets an error and not an end. */
    private static final int MAX_FRAME = 128 * 1024;

    private final OpenSockets sockets;

    RealtimeSocket(OpenSockets sockets) {
        this.sockets = sockets;
    }

    @OnOpen
    void open(WebSocketSession session, HttpRequest<?> request) {
        sockets.open(session, SocketFilter.sessionOf(request));
    }

    @OnMessage(maxPayloadLength = MAX_FRAME)
    void receive(String message, WebSocketSession session, HttpRequest<?> request) {
        sockets.open(session, SocketFilter.sessionOf(request));
        sockets.receive(session, message);
    }

    @OnMessage
    void pong(WebSocketPongMessage message, WebSocketSession session) {
        sockets.pong(session);
    }

    @OnClose
    void close(WebSocketSession session) {
        sockets.close(session);
    }
}

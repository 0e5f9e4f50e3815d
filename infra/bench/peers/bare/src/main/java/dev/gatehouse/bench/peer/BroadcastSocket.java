// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.peer;

import io.micronaut.websocket.WebSocketSession;
import io.micronaut.websocket.annotation.OnClose;
import io.micronaut.websocket.annotation.OnMessage;
import io.micronaut.websocket.annotation.OnOpen;
import io.micronaut.websocket.annotation.ServerWebSocket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Sends each message to the other members of its channel in this process, without a log, rights or limits. */
@ServerWebSocket("/broadcast/{channel}")
class BroadcastSocket {

    private final Map<String, Set<WebSocketSession>> channels = new ConcurrentHashMap<>();

    private Set<WebSocketSession> members(String channel) {
        return channels.computeIfAbsent(channel, _ -> ConcurrentHashMap.newKeySet());
    }

    @OnOpen
    void open(String channel, WebSocketSession session) {
        members(channel).add(session);
    }

    @OnMessage
    void receive(String channel, String message, WebSocketSession session) {
        if (message.equals("join")) {
            var _ = session.sendAsync(message);
            return;
        }
        for (var member : members(channel)) {
            var _ = member.sendAsync(message);
        }
    }

    @OnClose
    void close(String channel, WebSocketSession session) {
        members(channel).remove(session);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import dev.gatehouse.realtime.presence.MemberConnection;

/**
 * The user behind a WebSocket.
 *
 * @param tenant the tenant of the user's session
 * @param connection the user and the id of the WebSocket
 */
public record SocketUser(String tenant, MemberConnection connection) {

    public String userId() {
        return connection.userId();
    }

    public String connectionId() {
        return connection.connectionId();
    }
}

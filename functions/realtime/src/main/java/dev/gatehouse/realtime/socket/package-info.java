// SPDX-License-Identifier: Apache-2.0
/**
 * The protocol of WebSockets: what a message of a client does, and what the clients of a channel receive. The transports, API
 * Gateway and the server, call {@link dev.gatehouse.realtime.socket.SocketHandler}.
 */
@NullMarked
package dev.gatehouse.realtime.socket;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import io.micronaut.core.propagation.PropagatedContext;
import io.micronaut.core.propagation.PropagatedContextElement;
import java.util.concurrent.CompletableFuture;

/**
 * The connection of a request's client. A server that watches its connections adds one to the propagated context of each
 * request.
 */
public final class ClientConnection implements PropagatedContextElement {

    private final CompletableFuture<Void> cancellation = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /**
     * Returns the connection of the current request. If nothing watches it, as on Lambda, it counts as open. Must be called
     * on the thread of the request.
     */
    public static ClientConnection current() {
        return PropagatedContext.getOrEmpty().find(ClientConnection.class).orElseGet(ClientConnection::new);
    }

    /** Returns whether the client has disconnected, so that it gets no response. */
    public boolean isClosed() {
        return closed.isDone();
    }

    /** Completes when the client disconnects before its response is written, so that it gets none. */
    public CompletableFuture<Void> closed() {
        return closed;
    }

    /** Completes when nothing should wait for this client any more: it has disconnected, or the server stops watching. */
    public CompletableFuture<Void> cancellation() {
        return cancellation;
    }

    /** Reports that the client has disconnected without a response. */
    public void close() {
        closed.complete(null);
        stopWatching();
    }

    /** Reports that the server stops reading from the connection before it has written the response. */
    public void stopWatching() {
        cancellation.complete(null);
    }
}

package dev.gatehouse.local.netty;

import io.micronaut.core.propagation.PropagatedContext;
import io.micronaut.core.propagation.PropagatedContextElement;
import java.util.concurrent.Executor;

/**
 * The thread of the connection of the current request.
 *
 * @param executor runs on that thread
 */
public record ConnectionThread(Executor executor) implements PropagatedContextElement {

    /** Returns an executor on the thread of the connection. Must be called on the thread of the request. */
    public static Executor current() {
        return PropagatedContext.getOrEmpty()
                .find(ConnectionThread.class)
                .map(ConnectionThread::executor)
                .orElse(Runnable::run);
    }
}

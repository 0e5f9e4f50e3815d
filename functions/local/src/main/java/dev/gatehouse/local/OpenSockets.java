// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static java.util.Objects.requireNonNull;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.local.console.WebSocketCount;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.socket.SocketHandler;
import dev.gatehouse.realtime.socket.SocketUser;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.Session;
import io.micronaut.websocket.CloseReason;
import io.micronaut.websocket.WebSocketSession;
import io.micronaut.websocket.exceptions.WebSocketSessionException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open WebSockets of this server. The messages of one are handled one after the other. A client that sends faster than its
 * messages are handled, or reads slower than it is sent to, is disconnected; it returns and catches up. So is one that does not
 * answer pings, or whose session has ended. It leaves its channels at once, because the end of its connection may never be detected.
 */
final class OpenSockets implements WebSocketCount {

    private static final Logger LOG = LoggerFactory.getLogger(OpenSockets.class);
    private static final String USER = SocketUser.class.getName();
    private static final int MAX_PENDING = 100;

    /** The maximum number of characters that wait for a slow reader. A message beyond the last of them is still accepted. */
    private static final long MAX_UNSENT = 1L << 20;

    /** The number of heartbeats without any message or pong after which a client is disconnected. */
    private static final int MAX_SILENCE = 3;

    /** The heartbeats of the WebSockets are spread over as many steps, so that Redis does not get all at once. */
    private static final int STEPS = 20;

    /** The number of decisions that the handling of a message may take. */
    private static final int DECISIONS = 6;

    /** Corresponds to the status 401: the client needs another session. */
    private static final CloseReason SESSION_ENDED = new CloseReason(4401, "Unauthorized");

    private static final class Socket {

        final SocketUser user;
        final WebSocketSession session;
        final Session opener;
        final AtomicInteger pending = new AtomicInteger();
        final AtomicLong unsent = new AtomicLong();

        /** The number of heartbeats since the last message or pong. */
        final AtomicInteger silence = new AtomicInteger();

        private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

        /** Whether the last step is the departure: a message after it would join again. */
        private boolean isLeaving;

        Socket(SocketUser user, WebSocketSession session, Session opener) {
            this.user = user;
            this.session = session;
            this.opener = opener;
        }

        /** Adds a step after all others; none after the departure. */
        synchronized CompletableFuture<Void> after(Runnable done, Supplier<CompletableFuture<Void>> next) {
            if (isLeaving) {
                return last;
            }
            last = last.exceptionally(failure -> {
                        LOG.warn("A message of a WebSocket was not handled", failure);
                        return null;
                    })
                    .thenCompose(_ -> next.get())
                    .whenComplete((_, _) -> done.run());
            return last;
        }

        synchronized CompletableFuture<Void> leave(Supplier<CompletableFuture<Void>> departure) {
            var end = after(() -> {}, departure);
            isLeaving = true;
            return end;
        }
    }

    private final String tenant;
    private final Duration budget;
    private final Duration heartbeat;
    private final SessionCheck check;
    private final Map<SocketUser, Socket> sockets = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("gatehouse-sockets").factory());
    private @Nullable SocketHandler handler;
    private int step;

    /**
     * @param budget the time limit of a decision
     * @param heartbeat the time after which the session of each WebSocket is checked and its presence is continued
     */
    OpenSockets(String tenant, Duration budget, Duration heartbeat, SessionCheck check) {
        this.tenant = tenant;
        this.budget = budget.multipliedBy(DECISIONS);
        this.heartbeat = heartbeat;
        this.check = check;
    }

    void handleWith(SocketHandler protocol) {
        handler = protocol;
        long pause = heartbeat.toMillis() / STEPS;
        var _ = clock.scheduleAtFixedRate(this::heartbeat, pause, pause, TimeUnit.MILLISECONDS);
    }

    private SocketHandler handler() {
        return requireNonNull(handler);
    }

    /**
     * Begins once, with the opening of the connection or its first message: either may come first.
     *
     * @param opener the session of the user
     */
    void open(WebSocketSession session, Session opener) {
        synchronized (session) {
            if (session.get(USER, SocketUser.class).isEmpty()) {
                var user = new SocketUser(
                        tenant, new MemberConnection(opener.userId().value(), RandomToken.next()));
                sockets.put(user, new Socket(user, session, opener));
                session.put(USER, user);
            }
        }
    }

    void receive(WebSocketSession session, String message) {
        var socket = socket(session);
        if (socket == null) {
            return;
        }
        socket.silence.set(0);
        if (socket.pending.incrementAndGet() > MAX_PENDING) {
            disconnect(socket, CloseReason.POLICY_VIOLATION);
            return;
        }
        var _ = socket.after(socket.pending::decrementAndGet, () -> handler()
                .handle(socket.user, message, Deadline.in(budget))
                .toCompletableFuture());
    }

    /** Records that the client is there. */
    void pong(WebSocketSession session) {
        var socket = socket(session);
        if (socket != null) {
            socket.silence.set(0);
        }
    }

    void close(WebSocketSession session) {
        var socket = socket(session);
        if (socket != null && sockets.remove(socket.user) != null) {
            var _ = leave(socket);
        }
    }

    private void disconnect(Socket socket, CloseReason reason) {
        if (sockets.remove(socket.user) != null) {
            socket.session.close(reason);
            // On another thread, because the caller may hold the lock of a channel.
            var _ = CompletableFuture.runAsync(() -> {
                var _ = leave(socket);
            });
        }
    }

    private CompletableFuture<Void> leave(Socket socket) {
        return socket.leave(
                () -> handler().closed(socket.user, Deadline.in(budget)).toCompletableFuture());
    }

    /** Sends a message without blocking. Disconnects a client for which too much waits. */
    void send(SocketUser user, String message) {
        var socket = sockets.get(user);
        if (socket == null || !socket.session.isOpen()) {
            return;
        }
        int length = message.length();
        if (socket.unsent.getAndAdd(length) > MAX_UNSENT) {
            disconnect(socket, CloseReason.TRY_AGAIN_LATER);
            return;
        }
        try {
            var _ = socket.session.sendAsync(message).whenComplete((_, _) -> socket.unsent.addAndGet(-length));
        } catch (WebSocketSessionException e) {
            // It was closed meanwhile.
            LOG.debug("A message was not sent", e);
        }
    }

    @Override
    public int count() {
        return sockets.size();
    }

    /** Never throws, since the heartbeats of all would end: everybody would be absent. */
    private void heartbeat() {
        step = (step + 1) % STEPS;
        for (var socket : sockets.values()) {
            if (Math.floorMod(socket.user.hashCode(), STEPS) == step) {
                try {
                    heartbeat(socket);
                } catch (RuntimeException | Error e) {
                    LOG.warn("A heartbeat of a WebSocket failed", e);
                }
            }
        }
    }

    private void heartbeat(Socket socket) {
        if (socket.silence.getAndIncrement() >= MAX_SILENCE) {
            disconnect(socket, CloseReason.GOING_AWAY);
            return;
        }
        try {
            var _ = socket.session.sendPingAsync(new byte[0]);
        } catch (WebSocketSessionException e) {
            LOG.debug("A ping was not sent", e);
        }
        var _ = check.hasEnded(socket.opener, Deadline.in(budget)).thenAccept(hasEnded -> {
            if (hasEnded) {
                disconnect(socket, SESSION_ENDED);
            }
        });
        var _ = socket.after(
                () -> {},
                () -> handler().heartbeat(socket.user, Deadline.in(budget)).toCompletableFuture());
    }

    private @Nullable Socket socket(WebSocketSession session) {
        return session.get(USER, SocketUser.class).map(sockets::get).orElse(null);
    }

    /** Disconnects all clients, and leaves their channels, so that the members of other servers learn it at once. */
    void close() {
        clock.shutdownNow();
        var leaving = sockets.values().stream()
                .filter(socket -> sockets.remove(socket.user) != null)
                .map(socket -> {
                    socket.session.close(CloseReason.GOING_AWAY);
                    return leave(socket);
                })
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(leaving)
                .completeOnTimeout(null, budget.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}

package dev.gatehouse.local;

import static java.util.Objects.requireNonNull;

import dev.gatehouse.codec.RandomToken;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.socket.SocketHandler;
import dev.gatehouse.realtime.socket.SocketUser;
import dev.gatehouse.redis.Deadline;
import io.micronaut.websocket.CloseReason;
import io.micronaut.websocket.WebSocketSession;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The open WebSockets of this server. The messages of one are handled one after the other. A client that sends faster than its
 * messages are handled, or reads slower than it is sent to, is disconnected; it returns and catches up.
 */
final class OpenSockets {

    private static final String USER = SocketUser.class.getName();
    private static final int MAX_PENDING = 100;
    private static final Duration HEARTBEAT = Duration.ofSeconds(20);

    /** The number of decisions that the handling of a message may take. */
    private static final int DECISIONS = 6;

    private static final class Socket {

        final SocketUser user;
        final WebSocketSession session;
        final AtomicInteger pending = new AtomicInteger();
        private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

        Socket(SocketUser user, WebSocketSession session) {
            this.user = user;
            this.session = session;
        }

        synchronized void after(Runnable done, Supplier<CompletableFuture<Void>> next) {
            last = last.handle((_, _) -> (Void) null)
                    .thenCompose(_ -> next.get())
                    .whenComplete((_, _) -> done.run());
        }
    }

    private final String tenant;
    private final Duration budget;
    private final Map<SocketUser, Socket> sockets = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("gatehouse-sockets").factory());
    private @Nullable SocketHandler handler;

    OpenSockets(String tenant, Duration budget) {
        this.tenant = tenant;
        this.budget = budget.multipliedBy(DECISIONS);
    }

    void handleWith(SocketHandler protocol) {
        handler = protocol;
        var _ = clock.scheduleAtFixedRate(
                this::heartbeat, HEARTBEAT.toMillis(), HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private SocketHandler handler() {
        return requireNonNull(handler);
    }

    void open(WebSocketSession session, String userId) {
        var user = new SocketUser(tenant, new MemberConnection(userId, RandomToken.next()));
        session.put(USER, user);
        sockets.put(user, new Socket(user, session));
    }

    void receive(WebSocketSession session, String message) {
        var socket = socket(session);
        if (socket == null) {
            return;
        }
        if (socket.pending.incrementAndGet() > MAX_PENDING) {
            session.close(CloseReason.POLICY_VIOLATION);
            return;
        }
        socket.after(socket.pending::decrementAndGet, () -> handler()
                .handle(socket.user, message, Deadline.in(budget))
                .toCompletableFuture());
    }

    void close(WebSocketSession session) {
        var socket = socket(session);
        if (socket != null && sockets.remove(socket.user) != null) {
            socket.after(
                    () -> {},
                    () -> handler().closed(socket.user, Deadline.in(budget)).toCompletableFuture());
        }
    }

    /** Sends a message without blocking. Disconnects a client whose buffer is full. */
    void send(SocketUser user, String message) {
        var socket = sockets.get(user);
        if (socket == null || !socket.session.isOpen()) {
            return;
        }
        if (socket.session.isWritable()) {
            var _ = socket.session.sendAsync(message);
        } else {
            socket.session.close(CloseReason.TRY_AGAIN_LATER);
        }
    }

    int count() {
        return sockets.size();
    }

    private void heartbeat() {
        sockets.values()
                .forEach(socket -> socket.after(() -> {}, () -> handler()
                        .heartbeat(socket.user, Deadline.in(budget))
                        .toCompletableFuture()));
    }

    private @Nullable Socket socket(WebSocketSession session) {
        return session.get(USER, SocketUser.class).map(sockets::get).orElse(null);
    }

    /** Leaves all channels, so that the members of other servers learn it at once. */
    @PreDestroy
    void close() {
        clock.shutdownNow();
        var leaving = sockets.values().stream()
                .map(socket -> {
                    socket.session.close(CloseReason.GOING_AWAY);
                    return handler().closed(socket.user, Deadline.in(budget)).toCompletableFuture();
                })
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(leaving)
                .completeOnTimeout(null, budget.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}

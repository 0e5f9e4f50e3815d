package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.LocalChannelLog;
import dev.gatehouse.realtime.presence.LocalPresence;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.socket.ChannelRights;
import dev.gatehouse.realtime.socket.FeedDelivery;
import dev.gatehouse.realtime.socket.LocalConnectionChannels;
import dev.gatehouse.realtime.socket.SocketHandler;
import dev.gatehouse.realtime.socket.SocketUser;
import dev.gatehouse.redis.pubsub.Subscriptions;
import io.micronaut.websocket.CloseReason;
import io.micronaut.websocket.WebSocketSession;
import io.micronaut.websocket.exceptions.WebSocketSessionException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSockets whose clients read slowly or have vanished. */
class OpenSocketsTest {

    private static final ChannelName ROOM = new ChannelName("room:1");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final LocalPresence presence = new LocalPresence();
    private final LocalChannelLog events = new LocalChannelLog(presence::connections);
    private final OpenSockets sockets = new OpenSockets("tenant", SECOND, Duration.ofMillis(200));

    @BeforeEach
    void start() {
        sockets.handleWith(new SocketHandler(
                presence,
                events,
                new LocalConnectionChannels(),
                ChannelRights.of("room:*=join,publish"),
                new LocalRateLimiter(),
                new FeedDelivery(
                        events, new LocalChannelLog((_, _) -> List.of()), Subscriptions.NONE, sockets::send, SECOND),
                60));
    }

    @AfterEach
    void stop() {
        sockets.close();
    }

    /** A connection of which the transport does not detect the end. */
    private final class Client {

        final Map<String, Object> attributes = new HashMap<>();
        final List<String> received = new CopyOnWriteArrayList<>();
        final List<CloseReason> closed = new CopyOnWriteArrayList<>();
        final WebSocketSession session = (WebSocketSession) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {WebSocketSession.class},
                (_, method, arguments) -> call(method, arguments));

        volatile boolean reads = true;
        volatile boolean answersPings = true;
        volatile boolean fails;

        Client join(String userId) {
            sockets.open(session, userId);
            sockets.receive(session, "{\"do\":\"join\",\"channel\":\"room:1\"}");
            return this;
        }

        private Object call(Method method, Object[] arguments) {
            return switch (method.getName()) {
                case "put" -> {
                    attributes.put(arguments[0].toString(), arguments[1]);
                    yield session;
                }
                case "get" -> Optional.ofNullable(attributes.get(arguments[0].toString()));
                case "isOpen" -> true;
                case "isWritable" -> reads;
                case "sendAsync" -> {
                    if (fails) {
                        throw new WebSocketSessionException("Session closed");
                    }
                    received.add((String) arguments[0]);
                    yield reads ? CompletableFuture.completedFuture(arguments[0]) : new CompletableFuture<>();
                }
                case "sendPingAsync" -> {
                    if (answersPings) {
                        sockets.pong(session);
                    }
                    yield CompletableFuture.completedFuture(null);
                }
                case "close" -> {
                    closed.add((CloseReason) arguments[0]);
                    yield null;
                }
                default -> throw new AssertionError(method);
            };
        }
    }

    private List<String> present() {
        return presence.connections("tenant", ROOM).stream()
                .map(MemberConnection::userId)
                .toList();
    }

    private SocketUser user(Client client) {
        return client.session.get(SocketUser.class.getName(), SocketUser.class).orElseThrow();
    }

    @Test
    void aClientThatDoesNotAnswerPingsLeaves() {
        var ada = new Client().join("ada");
        var grace = new Client().join("grace");
        grace.answersPings = false;

        await().until(() -> present().equals(List.of("ada")));
        assertThat(grace.closed).containsExactly(CloseReason.GOING_AWAY);
        await().until(() -> ada.received.getLast().contains("\"on\":\"left\""));
        assertThat(ada.closed).isEmpty();
        assertThat(sockets.count()).isEqualTo(1);
    }

    @Test
    void aSlowReaderGetsALongMessageAndThenLeaves() {
        var ada = new Client().join("ada");
        ada.reads = false;
        var page = "x".repeat(2 << 20);
        sockets.send(user(ada), page);
        assertThat(ada.received).endsWith(page);
        assertThat(ada.closed).isEmpty();

        sockets.send(user(ada), "1");
        sockets.send(user(ada), "2");
        assertThat(ada.received).endsWith(page);
        assertThat(ada.closed).containsExactly(CloseReason.TRY_AGAIN_LATER);
        await().until(() -> present().isEmpty());
    }

    @Test
    void aMessageToAConnectionThatClosesIsDropped() {
        var ada = new Client().join("ada");
        ada.fails = true;
        assertThatCode(() -> sockets.send(user(ada), "1")).doesNotThrowAnyException();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.LocalChannelLog;
import dev.gatehouse.realtime.presence.LocalPresence;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.realtime.socket.ChannelRights;
import dev.gatehouse.realtime.socket.ChannelSignals;
import dev.gatehouse.realtime.socket.FeedDelivery;
import dev.gatehouse.realtime.socket.LocalConnectionChannels;
import dev.gatehouse.realtime.socket.SocketHandler;
import dev.gatehouse.realtime.socket.SocketUser;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.pubsub.Subscriptions;
import dev.gatehouse.session.Attributes;
import dev.gatehouse.session.Creation;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Device;
import dev.gatehouse.session.LocalSessions;
import dev.gatehouse.session.Session;
import dev.gatehouse.session.SessionRequest;
import dev.gatehouse.session.SessionStore;
import dev.gatehouse.session.TokenReuse;
import dev.gatehouse.session.UserId;
import dev.gatehouse.testkit.Rounds;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSockets whose clients read slowly or have vanished, or whose sessions have ended. */
class OpenSocketsTest {

    private static final ChannelName ROOM = new ChannelName("room:1");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final LocalPresence presence = new LocalPresence();
    private final LocalChannelLog events = new LocalChannelLog(presence::connections);
    private final LocalSessions local = new LocalSessions(TokenReuse.LOG);
    private final AtomicBoolean isRedisDown = new AtomicBoolean();
    private final SessionStore sessions = (SessionStore) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {SessionStore.class},
            (_, method, arguments) -> isRedisDown.get()
                    ? CompletableFuture.completedStage(new Unavailable<>(SECOND))
                    : method.invoke(local, arguments));
    private final OpenSockets sockets =
            new OpenSockets("tenant", SECOND, Duration.ofMillis(200), new SessionCheck(sessions, "tenant"));

    @BeforeEach
    void start() {
        sockets.handleWith(new SocketHandler(
                presence,
                events,
                new LocalConnectionChannels(),
                ChannelRights.of("room:*=join,publish"),
                new LocalRateLimiter(),
                new FeedDelivery(
                        events,
                        new ChannelSignals(new LocalChannelLog((_, _) -> List.of())),
                        Subscriptions.NONE,
                        sockets::send,
                        SECOND),
                60));
    }

    @AfterEach
    void stop() {
        sockets.close();
    }

    /** A connection of which the transport does not detect the end. */
    private final class Client {

        Session opener;
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
        volatile boolean failsPings;

        Client join(String userId) {
            opener = session(userId);
            sockets.open(session, opener);
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
                    if (failsPings) {
                        throw new OutOfMemoryError("test");
                    }
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

    private Session session(String userId) {
        var request = SessionRequest.of(
                new UserId(userId), Attributes.NONE, Device.UNKNOWN, 60, 60, 10, SessionRequest.OnLimit.REJECT);
        var stage = local.create("tenant", request, Deadline.in(SECOND)).toCompletableFuture();
        return ((Created) ((Decided<Creation>) stage.join()).value()).session();
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
    void aClientWhoseSessionIsRevokedLeaves() {
        var ada = new Client().join("ada");
        var grace = new Client().join("grace");
        // Another session of the same user continues.
        var again = new Client().join("ada");
        isRedisDown.set(true);
        local.revoke("tenant", ada.opener.id(), Deadline.in(SECOND))
                .toCompletableFuture()
                .join();
        await().during(Duration.ofMillis(500)).until(() -> sockets.count() == 3);

        isRedisDown.set(false);
        await().until(() -> !ada.closed.isEmpty());
        assertThat(ada.closed.getFirst().getCode()).isEqualTo(4401);
        await().during(Duration.ofMillis(500)).until(() -> sockets.count() == 2);
        assertThat(grace.closed).isEmpty();
        assertThat(again.closed).isEmpty();
        assertThat(present()).containsExactlyInAnyOrder("ada", "grace");
    }

    @Test
    void aMessageToAConnectionThatClosesIsDropped() {
        var ada = new Client().join("ada");
        ada.fails = true;
        assertThatCode(() -> sockets.send(user(ada), "1")).doesNotThrowAnyException();
    }

    @Test
    void aFailedPingDoesNotEndTheHeartbeatsOfOthers() {
        for (int i = 0; i < 20; i++) {
            new Client().join("ada" + i).failsPings = true;
        }
        new Client().join("grace").answersPings = false;
        await().until(() -> !present().contains("grace"));
    }

    /** A receipt must not enter a channel after the departure that a concurrent end has caused. */
    @Test
    void aMessageAtTheSameTimeAsTheEndLeavesNobodyBehind() throws InterruptedException {
        var opener = session("ada");
        for (int round = 0; round < Rounds.of(1_000, 20_000); round++) {
            var client = new Client();
            sockets.open(client.session, opener);
            var turn = new AtomicInteger();
            var end = Thread.ofPlatform().start(() -> {
                meet(turn);
                sockets.close(client.session);
            });
            meet(turn);
            sockets.receive(client.session, "{\"do\":\"join\",\"channel\":\"room:1\"}");
            end.join();
        }
        await().until(() -> present().isEmpty());
    }

    private static void meet(AtomicInteger turn) {
        turn.incrementAndGet();
        while (turn.get() < 2) {
            Thread.onSpinWait();
        }
    }
}

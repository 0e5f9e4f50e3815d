// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.authorizer.AuthorizerSettings;
import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The WebSocket of channels, with real clients. Two servers share one Redis. */
class RealtimeSocketTest {

    private static RedisProcess redis;
    private static Server server;
    private static Server second;
    private static Caller caller;

    private final String room = "room:" + UUID.randomUUID();

    @BeforeAll
    static void start() throws IOException {
        redis = RedisProcess.start();
        server = start(redis);
        second = start(redis);
        caller = TestServer.caller(server);
    }

    private static Server start(RedisProcess redis) throws IOException {
        return start(redis, 1);
    }

    /** @param heartbeat the seconds after which sessions are checked */
    private static Server start(RedisProcess redis, int heartbeat) throws IOException {
        return TestServer.start(
                "REDIS_URL",
                redis.url(),
                AuthorizerSettings.TENANT,
                "demo",
                "GATEHOUSE_WEBSOCKET_HEARTBEAT",
                Integer.toString(heartbeat),
                "GATEHOUSE_CHANNELS",
                "room:*=join,publish,typing; user:{userId}=join");
    }

    @AfterAll
    static void stop() {
        server.close();
        second.close();
        redis.close();
    }

    @Test
    void membersSeeEachOtherJoinTypePublishAndLeave() {
        for (var other : List.of(server, second)) {
            var channel = room + other.port();
            try (var ada = SocketClient.open(server, token("ada"))) {
                ada.send(json("join", channel, ",'info':{'name':'Ada'}"));
                assertThat(ada.await("joined")).containsEntry("self", true).containsEntry("count", 1);
                try (var grace = SocketClient.open(other, token("grace"))) {
                    grace.send(json("join", channel, ""));
                    assertThat(grace.await("joined")).containsEntry("count", 2);
                    ada.awaitMessage(message -> is(message, "joined", "grace"));

                    grace.send(json("typing", channel, ",'typing':true"));
                    assertThat(ada.await("typing"))
                            .containsEntry("userId", "grace")
                            .containsEntry("typing", true);
                    grace.send(json("publish", channel, ",'event':'text','data':'Hello','ref':'1'"));
                    assertThat(grace.await("published")).containsEntry("ref", "1");
                    for (var member : List.of(ada, grace)) {
                        assertThat(member.await("event"))
                                .containsEntry("data", "Hello")
                                .containsEntry("from", "grace")
                                .containsEntry("event", "text");
                    }
                    grace.abort();
                }
                ada.awaitMessage(message -> is(message, "left", "grace"));
                assertThat(ada.all("event")).hasSize(1);
                assertThat(ada.all("joined")).as("no signal of its own").hasSize(2);
            }
        }
    }

    /** A client sends it before the server has completed the upgrade, which another thread may do. */
    @Test
    void theFirstMessageIsNotLost() {
        var token = token("ada");
        for (int n = 0; n < Rounds.of(60, 1000); n++) {
            try (var ada = SocketClient.open(server, token)) {
                ada.send(json("join", room, ""));
                ada.await("joined");
            }
        }
    }

    @Test
    void aBackendPublishesToTheMembers() {
        try (var ada = SocketClient.open(second, token("ada"))) {
            ada.send(json("join", room, ""));
            ada.await("joined");
            caller.post(
                    "/v1/channels/publish",
                    "{\"channel\":\"%s\",\"event\":\"e\",\"data\":{\"n\":1.00}}".formatted(room));
            assertThat(ada.await("event"))
                    .containsEntry("data", Map.of("n", 1.0))
                    .doesNotContainKey("from");
        }
    }

    @Test
    void whoReturnsGetsWhatWasMissedInOrder() {
        try (var ada = SocketClient.open(server, token("ada"));
                var grace = SocketClient.open(second, token("grace"))) {
            ada.send(json("join", room, ""));
            grace.send(json("join", room, ""));
            grace.await("joined");
            ada.send(json("publish", room, ",'event':'e','data':0"));
            var at = grace.await("event").get("at");
            grace.abort();
            IntStream.range(1, 20).forEach(n -> ada.send(json("publish", room, ",'event':'e','data':" + n)));
            await().until(() -> ada.all("published").size() == 20);
            try (var again = SocketClient.open(server, token("grace"))) {
                again.send(json("join", room, ",'since':'" + at + "'"));
                var missed = again.await("caught-up");
                assertThat(missed).containsEntry("recovered", true);
                assertThat((List<?>) missed.get("events")).hasSize(19);
                ada.send(json("publish", room, ",'event':'e','data':20"));
                await().until(() -> again.data().equals(List.of(20)));
            }
        }
    }

    @Test
    void manyMessagesArriveOnceAndInOrderAtEachMember() {
        int messages = 300;
        try (var ada = SocketClient.open(server, token("ada"));
                var grace = SocketClient.open(second, token("grace"))) {
            ada.send(json("join", room, ""));
            grace.send(json("join", room, ""));
            ada.await("joined");
            grace.await("joined");
            for (int n = 0; n < messages; n++) {
                var published = "{\"channel\":\"%s\",\"event\":\"e\",\"data\":%s,\"keep\":{\"events\":1000}}"
                        .formatted(room, n);
                assertThat(caller.post("/v1/channels/publish", published).status())
                        .isEqualTo(201);
            }
            var all = IntStream.range(0, messages).boxed().toList();
            for (var member : List.of(ada, grace)) {
                await().until(() -> member.data().size() >= messages);
                assertThat(member.data()).isEqualTo(all);
            }
        }
    }

    /** Nobody is reported to have left while Redis is away, and the members go on when it is back. */
    @Test
    void redisGoesAndReturns() throws IOException {
        try (var lost = RedisProcess.start();
                // Redis loses the sessions, too, which would end the WebSockets at the next heartbeat.
                var there = start(lost, 60);
                var ada = SocketClient.open(there, token(there, "ada"));
                var grace = SocketClient.open(there, token(there, "grace"))) {
            ada.send(json("join", room, ""));
            grace.send(json("join", room, ""));
            ada.await("joined");
            grace.await("joined");
            lost.kill();
            ada.send(json("publish", room, ",'event':'e','data':1,'ref':'lost'"));
            assertThat(ada.await("error"))
                    .containsEntry("problem", "store-unavailable")
                    .containsEntry("ref", "lost");
            ada.send("{'do':'ping'}");
            ada.await("pong");

            lost.restart();
            await().until(() -> {
                ada.send(json("publish", room, ",'event':'e','data':2"));
                return grace.data().contains(2);
            });
            assertThat(grace.await("caught-up"))
                    .as("the log was lost with Redis")
                    .containsEntry("recovered", false);
            assertThat(ada.all("left")).isEmpty();
            assertThat(grace.all("left")).isEmpty();
        }
    }

    /** They would be present for a minute otherwise. */
    @Test
    void theMembersOfAServerThatStopsLeaveAtOnce() throws IOException {
        var stopping = start(redis);
        try (var ada = SocketClient.open(server, token("ada"));
                var grace = SocketClient.open(stopping, token("grace"))) {
            ada.send(json("join", room, ""));
            grace.send(json("join", room, ""));
            ada.awaitMessage(message -> is(message, "joined", "grace"));

            stopping.close();

            assertThat(grace.awaitClose()).as("going away, or cut").isIn(1001, 1006);
            ada.awaitMessage(message -> is(message, "left", "grace"));
        }
    }

    @Test
    void membersSeeWhomABackendEntersAndLeaves() {
        try (var ada = SocketClient.open(second, token("ada"))) {
            ada.send(json("join", room, ""));
            ada.await("joined");
            var connection = "{\"channel\":\"%s\",\"userId\":\"grace\",\"connectionId\":\"gw-1\"".formatted(room);
            caller.post("/v1/presence/enter", connection + ",\"info\":{\"name\":\"Grace\"}}");
            assertThat(ada.awaitMessage(message -> is(message, "joined", "grace")))
                    .containsEntry("info", Map.of("name", "Grace"));
            caller.post("/v1/presence/typing", connection + ",\"typing\":true}");
            ada.awaitMessage(message -> is(message, "typing", "grace"));
            caller.post("/v1/presence/leave", connection + "}");
            ada.awaitMessage(message -> is(message, "left", "grace"));
            assertThat(ada.all("joined")).hasSize(2);

            caller.post(
                    "/v1/presence/enter",
                    connection.replace("grace", "linus").replace("gw-1", "gw-2") + ",\"ttlSeconds\":1}");
            ada.awaitMessage(message -> is(message, "joined", "linus"));
            await().until(() -> {
                caller.post("/v1/presence/list", "{\"channel\":\"%s\"}".formatted(room));
                return ada.all("left").stream().anyMatch(message -> is(message, "left", "linus"));
            });
            assertThat(ada.all("left")).hasSize(2);
        }
    }

    @Test
    void aRevokedSessionEndsItsWebSocket() {
        try (var ada = SocketClient.open(server, token("ada"));
                var grace = SocketClient.open(server, token("grace"))) {
            ada.send(json("join", room, ""));
            ada.await("joined");
            grace.send(json("join", room, ""));
            ada.awaitMessage(message -> is(message, "joined", "grace"));
            caller.post("/v1/sessions/revoke-user", "{\"userId\":\"grace\"}");
            assertThat(grace.awaitClose()).isEqualTo(4401);
            ada.awaitMessage(message -> is(message, "left", "grace"));
            ada.send("{'do':'ping'}");
            assertThat(ada.await("pong")).containsEntry("degraded", false);
        }
    }

    @Test
    void tooManyChannelsAreRefused() {
        try (var ada = SocketClient.open(server, token("ada"))) {
            for (int n = 0; n <= 50; n++) {
                ada.send(json("join", room + n, ""));
            }
            assertThat(ada.await("error"))
                    .containsEntry("problem", "too-many-channels")
                    .containsEntry("channel", room + "50");
        }
    }

    @Test
    void tooManyMessagesAreRefused() {
        try (var ada = SocketClient.open(server, token("ada"))) {
            await().until(() -> {
                for (int n = 0; n < 40; n++) {
                    ada.send("{'do':'ping'}");
                }
                return ada.all("error").stream().anyMatch(message -> "quota-exceeded".equals(message.get("problem")));
            });
            int pongs = ada.all("pong").size();
            await().pollInterval(Duration.ofMillis(500)).until(() -> {
                ada.send("{'do':'ping'}");
                return ada.all("pong").size() > pongs;
            });
        }
    }

    @Test
    void aPathWithASlashAtTheEndNeedsASessionToo() {
        var uri = URI.create("ws://localhost:%d/realtime/".formatted(server.port()));
        try (var client = HttpClient.newHttpClient()) {
            var opening = client.newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {});
            assertThatThrownBy(opening::join)
                    .cause()
                    .isInstanceOfSatisfying(WebSocketHandshakeException.class, failure -> assertThat(
                                    failure.getResponse().statusCode())
                            .isEqualTo(401));
        }
    }

    @Test
    void withoutASessionThereIsNoWebSocket() {
        for (var token : List.of("x", token("ada") + "x")) {
            assertThatThrownBy(() -> SocketClient.open(server, token))
                    .hasCauseInstanceOf(WebSocketHandshakeException.class)
                    .cause()
                    .extracting(failure -> ((WebSocketHandshakeException) failure)
                            .getResponse()
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void withoutARightThereIsAnErrorAndNothingElse() {
        try (var ada = SocketClient.open(server, token("ada"))) {
            for (var channel : List.of("user:grace", "other")) {
                ada.send(json("join", channel, ",'ref':'" + channel + "'"));
                assertThat(ada.awaitMessage(message -> channel.equals(message.get("ref"))))
                        .containsEntry("problem", "forbidden");
            }
            ada.send(json("join", "user:ada", ""));
            ada.await("joined");
            ada.send(json("publish", "user:ada", ",'event':'e','data':1"));
            ada.awaitMessage(
                    message -> "user:ada".equals(message.get("channel")) && "forbidden".equals(message.get("problem")));
        }
    }

    @Test
    void aLongMessageGetsAnErrorAndTheConnectionStays() {
        try (var ada = SocketClient.open(server, token("ada"))) {
            ada.send(json("publish", room, ",'event':'e','data':'" + "x".repeat(60_000) + "'"));
            assertThat(ada.await("error")).containsEntry("problem", "message-too-large");
            ada.send("{'do':'ping'}");
            ada.await("pong");
        }
    }

    @Test
    void aMessageInPartsIsAMessage() {
        try (var ada = SocketClient.open(server, token("ada"))) {
            ada.sendPart("{\"do\":");
            ada.send("'ping'}");
            ada.await("pong");
        }
    }

    @Test
    void aMessageWhosePartsAreTooLongEndsTheConnection() {
        try (var ada = SocketClient.open(server, token("ada"))) {
            for (int part = 0; part < 20; part++) {
                ada.sendPart("x".repeat(10_000));
            }
            assertThat(ada.awaitClose()).isEqualTo(1009);
        }
    }

    private static boolean is(Map<String, Object> message, String on, String userId) {
        return message.get("on").equals(on) && userId.equals(message.get("userId"));
    }

    private static String token(String userId) {
        return token(server, userId);
    }

    private static String token(Server at, String userId) {
        return (String) TestServer.caller(at)
                .post("/v1/sessions", "{\"userId\":\"" + userId + "\"}")
                .body()
                .get("token");
    }

    private static String json(String action, String channel, String more) {
        return "{'do':'%s','channel':'%s'%s}".formatted(action, channel, more);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.ratelimit.LocalRateLimiter;
import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.channel.CatchUp;
import dev.gatehouse.realtime.channel.LocalChannelLog;
import dev.gatehouse.realtime.channel.Position;
import dev.gatehouse.realtime.channel.Publication;
import dev.gatehouse.realtime.presence.LocalPresence;
import dev.gatehouse.realtime.presence.MemberConnection;
import dev.gatehouse.redis.Deadline;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol of WebSockets, without a transport. */
class SocketHandlerTest {

    private static final JsonMapper JSON = JsonMapper.createDefault();
    private static final SocketUser ADA = user("ada", "1");
    private static final SocketUser GRACE = user("grace", "2");
    private static final ChannelName ROOM = new ChannelName("room:1");

    private final AtomicLong clock = new AtomicLong(1_790_000_000_000_000L);
    private final LocalPresence presence = new LocalPresence(10_000, clock::get);
    private final LocalChannelLog events = new LocalChannelLog(presence::connections);
    private final RecordedDelivery delivery = new RecordedDelivery(events);
    private final SocketHandler handler = new SocketHandler(
            presence,
            events,
            new LocalConnectionChannels(),
            ChannelRights.of("room:*=join,publish,typing;public:*=join"),
            new LocalRateLimiter(1, 1000, clock::get),
            delivery,
            60);

    @Test
    void whoJoinsGetsTheMembersAndTheOthersASignal() {
        handle(ADA, "{'do':'join','channel':'room:1','info':{'name':'Ada'},'ref':'7'}");
        handle(GRACE, "{'do':'join','channel':'room:1'}");

        assertThat(last(ADA))
                .containsEntry("on", "joined")
                .containsEntry("channel", "room:1")
                .containsEntry("userId", "ada")
                .containsEntry("self", true)
                .containsEntry("count", 1)
                .containsEntry("ref", "7");
        assertThat(last(GRACE)).containsEntry("count", 2).doesNotContainKey("ref");
        assertThat(delivery.signals)
                .containsExactly(
                        json("{'on':'joined','channel':'room:1','userId':'ada','info':{'name':'Ada'}}"),
                        json("{'on':'joined','channel':'room:1','userId':'grace'}"));
        assertThat(delivery.subscriptions).containsExactly("1 room:1", "2 room:1");
        assertThat(delivery.followed).hasSize(2);
    }

    @Test
    void aReturningClientGetsWhatItMissedAndThenFollows() {
        handle(ADA, "{'do':'join','channel':'room:1'}");
        var at = String.valueOf(last(ADA).get("at"));
        IntStream.range(0, 130)
                .forEach(n -> events.publish(
                        "tenant", ROOM, Publication.of("n", "" + n).keeping(new Publication.Keep(500, 60)), budget()));

        handle(ADA, "{'do':'join','channel':'room:1','since':'" + at + "'}");

        var messages = messages(ADA);
        assertThat(messages)
                .extracting(message -> message.get("on"))
                .containsExactly("joined", "joined", "caught-up", "caught-up");
        assertThat(messages.get(1)).as("the client may be cut off here").containsEntry("at", at);
        assertThat((List<?>) messages.get(2).get("events")).hasSize(100);
        assertThat((List<?>) messages.get(3).get("events")).hasSize(30);
        assertThat(messages.get(3)).containsEntry("recovered", true).containsEntry("more", false);
        assertThat(delivery.followed.getLast().text()).isEqualTo(messages.get(3).get("at"));
    }

    @Test
    void aClientAtALostPositionIsNotRecovered() {
        handle(ADA, "{'do':'join','channel':'room:1','since':'" + new Position(5, "x".repeat(22)).text() + "'}");
        assertThat(last(ADA)).containsEntry("on", "caught-up").containsEntry("recovered", false);
    }

    @Test
    void aPublicationIsInTheLogWithItsUser() {
        handle(ADA, "{'do':'join','channel':'room:1'}");
        var since = Position.of(String.valueOf(last(ADA).get("at")));
        handle(ADA, "{'do':'publish','channel':'room:1','event':'text','data':{'n':1.00},'id':'one','ref':'a'}");

        assertThat(last(ADA))
                .containsEntry("on", "published")
                .containsEntry("id", "one")
                .containsEntry("ref", "a");
        var event = caughtUp(since).events().getFirst();
        assertThat(event.from()).contains("ada");
        assertThat(event.data()).isEqualTo("{\"n\":1.00}");
        assertThat(ServerMessage.event(ROOM, event)).contains("\"on\":\"event\"", "\"from\":\"ada\"", "\"n\":1.00");
    }

    @Test
    void typingIsSignalledOnChange() {
        handle(ADA, "{'do':'typing','channel':'room:1','typing':true}");
        assertThat(delivery.signals).as("not joined").isEmpty();
        handle(ADA, "{'do':'join','channel':'room:1'}");
        delivery.signals.clear();
        handle(ADA, "{'do':'typing','channel':'room:1','typing':true}");
        handle(ADA, "{'do':'typing','channel':'room:1','typing':true}");
        handle(ADA, "{'do':'typing','channel':'room:1','typing':false}");
        assertThat(delivery.signals)
                .containsExactly(
                        json("{'on':'typing','channel':'room:1','userId':'ada','typing':true}"),
                        json("{'on':'typing','channel':'room:1','userId':'ada','typing':false}"));
    }

    @Test
    void typingThatGoesOnIsSignalledEveryThreeSeconds() {
        handle(ADA, "{'do':'join','channel':'room:1'}");
        delivery.signals.clear();
        for (int second = 0; second <= 12; second++) {
            handle(ADA, "{'do':'typing','channel':'room:1','typing':true}");
            clock.addAndGet(1_000_000);
        }
        assertThat(delivery.signals)
                .hasSize(5)
                .containsOnly(json("{'on':'typing','channel':'room:1','userId':'ada','typing':true}"));
    }

    @Test
    void aPublicationDoesNotTrimTheLogOfABackend() {
        handle(ADA, "{'do':'join','channel':'room:1'}");
        var since = Position.of(String.valueOf(last(ADA).get("at")));
        IntStream.range(0, 150)
                .forEach(n -> events.publish(
                        "tenant", ROOM, Publication.of("n", "" + n).keeping(new Publication.Keep(500, 60)), budget()));
        handle(ADA, "{'do':'publish','channel':'room:1','event':'e','data':1}");
        assertThat(caughtUp(since).recovered()).isTrue();
    }

    @Test
    void whoLeavesOrClosesIsReportedOnce() {
        handle(ADA, "{'do':'join','channel':'room:1'}");
        handle(ADA, "{'do':'join','channel':'room:2'}");
        delivery.signals.clear();
        handle(ADA, "{'do':'leave','channel':'room:1'}");
        assertThat(last(ADA)).containsEntry("on", "left").containsEntry("self", true);
        now(handler.closed(ADA, budget()));
        now(handler.closed(ADA, budget()));

        assertThat(delivery.signals)
                .containsExactly(
                        json("{'on':'left','channel':'room:1','userId':'ada'}"),
                        json("{'on':'left','channel':'room:2','userId':'ada'}"));
        assertThat(delivery.subscriptions).isEmpty();
    }

    @Test
    void aHeartbeatContinuesThePresenceAndReportsWhoDeparted() {
        handle(ADA, "{'do':'join','channel':'room:1'}");
        handle(GRACE, "{'do':'join','channel':'room:1'}");
        delivery.signals.clear();
        clock.addAndGet(40_000_000);
        handle(ADA, "{'do':'ping','ref':'p'}");
        assertThat(delivery.sent.get("1").getLast()).isEqualTo(json("{'on':'pong','degraded':true,'ref':'p'}"));
        clock.addAndGet(40_000_000);
        now(handler.heartbeat(ADA, budget()));

        var left = json("{'on':'left','channel':'room:1','userId':'grace'}");
        assertThat(delivery.signals).containsExactly(left);
        assertThat(delivery.sent.get("1").getLast())
                .as("a signal does not reach its sender")
                .isEqualTo(left);
        assertThat(presence.connections("tenant", ROOM)).containsExactly(ADA.connection());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'do':'join','channel':'secret'}|forbidden",
                "{'do':'publish','channel':'public:1','event':'e','data':1}|forbidden",
                "{'do':'typing','channel':'public:1','typing':true}|forbidden",
                "{'do':'catch-up','channel':'secret','since':'1-xxxxxxxxxxxxxxxxxxxxxx'}|forbidden",
                "{'do':'dance'}|invalid-message",
                "{'do':'join'}|invalid-message",
                "{'do':'join','channel':'a b'}|invalid-message",
                "{'do':'join','channel':'room:1','since':'x'}|invalid-message",
                "{'do':'publish','channel':'room:1','event':'e'}|invalid-message",
                "{'do':'ping','more':1}|invalid-message",
                "[]|invalid-message",
                "{|invalid-message",
                "null|invalid-message",
            })
    void whatIsNotAllowedGetsAnErrorAndNothingElse(String message, String problem) {
        handle(ADA, message);
        assertThat(last(ADA)).containsEntry("on", "error").containsEntry("problem", problem);
        assertThat(messages(ADA)).hasSize(1);
        assertThat(delivery.signals).isEmpty();
        assertThat(presence.connections("tenant", ROOM)).isEmpty();
        assertThat(caughtUp(null).at().offset()).isEqualTo(1);
    }

    @Test
    void aLongMessageIsRefused() {
        handle(ADA, "{'do':'publish','channel':'room:1','event':'e','data':'" + "é".repeat(20_500) + "'}");
        assertThat(last(ADA)).containsEntry("problem", "message-too-large");
        handle(ADA, "{'do':'publish','channel':'room:1','event':'e','data':'" + "é".repeat(16_385) + "'}");
        assertThat(last(ADA)).containsEntry("problem", "invalid-message");
        handle(ADA, "{'do':'publish','channel':'room:1','event':'e','data':'" + "é".repeat(16_383) + "'}");
        assertThat(last(ADA)).containsEntry("on", "published");
    }

    @Test
    void longInfoIsRefused() {
        handle(ADA, "{'do':'join','channel':'room:1','info':'" + "x".repeat(1023) + "','ref':'1'}");
        assertThat(last(ADA)).containsEntry("problem", "invalid-message").containsEntry("ref", "1");
        assertThat(delivery.subscriptions).isEmpty();
        now(handler.heartbeat(ADA, budget()));
        assertThat(presence.connections("tenant", ROOM)).isEmpty();
    }

    @Test
    void whoCannotGetSignalsDoesNotJoin() {
        delivery.canSubscribe = false;
        handle(ADA, "{'do':'join','channel':'room:1'}");
        assertThat(messages(ADA)).hasSize(1);
        assertThat(last(ADA)).containsEntry("problem", "store-unavailable");
        assertThat(presence.connections("tenant", ROOM)).isEmpty();
    }

    @Test
    void whoJoinsAgainFollowsOnce() {
        handle(ADA, "{'do':'join','channel':'room:1'}");
        handle(ADA, "{'do':'join','channel':'room:1'}");
        assertThat(delivery.subscriptions).containsExactly("1 room:1");
    }

    @Test
    void aWebSocketJoinsFiftyChannels() {
        IntStream.range(0, 50).forEach(n -> handle(ADA, "{'do':'join','channel':'room:" + n + "'}"));
        handle(ADA, "{'do':'join','channel':'room:50'}");
        assertThat(last(ADA)).containsEntry("problem", "too-many-channels").containsEntry("channel", "room:50");
        handle(ADA, "{'do':'join','channel':'room:7'}");
        assertThat(last(ADA)).containsEntry("on", "joined");
        handle(ADA, "{'do':'leave','channel':'room:7'}");
        handle(ADA, "{'do':'join','channel':'room:50'}");
        assertThat(last(ADA)).containsEntry("on", "joined");
    }

    @Test
    void aPingContinuesThePresenceOnceInFiveSeconds() {
        handle(ADA, "{'do':'join','channel':'room:1'}");
        handle(ADA, "{'do':'ping'}");
        assertThat(last(ADA)).containsEntry("on", "pong").containsEntry("degraded", true);
        clock.addAndGet(4_000_000);
        handle(ADA, "{'do':'ping'}");
        assertThat(last(ADA)).containsEntry("on", "pong").doesNotContainKey("degraded");
        clock.addAndGet(57_000_000);
        assertThat(presence.connections("tenant", ROOM)).isEmpty();
    }

    @Test
    void tooManyMessagesAreRefusedUntilThereIsRoom() {
        IntStream.range(0, 100).forEach(_ -> handle(ADA, "{'do':'ping'}"));
        handle(ADA, "{'do':'ping'}");
        assertThat(last(ADA)).containsEntry("problem", "quota-exceeded");
        handle(GRACE, "{'do':'ping'}");
        assertThat(last(GRACE)).containsEntry("on", "pong");
        clock.addAndGet(100_000);
        handle(ADA, "{'do':'ping'}");
        assertThat(last(ADA)).containsEntry("on", "pong");
    }

    @ParameterizedTest
    @ValueSource(strings = {"room:<script>", "room:__proto__", "room:%2e%2e", "room:*"})
    void aHostileChannelIsAChannel(String channel) {
        handle(ADA, "{'do':'join','channel':'" + channel + "'}");
        assertThat(last(ADA)).containsEntry("channel", channel);
    }

    private void handle(SocketUser user, String message) {
        now(handler.handle(user, json(message), budget()));
    }

    private CatchUp caughtUp(Position since) {
        var stage = events.catchUp("tenant", ROOM, Optional.ofNullable(since), 100, budget());
        return ((Decided<CatchUp>) stage.toCompletableFuture().join()).value();
    }

    private Map<String, Object> last(SocketUser user) {
        return messages(user).getLast();
    }

    private List<Map<String, Object>> messages(SocketUser user) {
        return delivery.sent.get(user.connectionId()).stream()
                .map(SocketHandlerTest::parsed)
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> parsed(String text) {
        try {
            return JSON.readValue(text, Argument.mapOf(String.class, Object.class));
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    private static void now(CompletionStage<Void> stage) {
        stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static SocketUser user(String userId, String connectionId) {
        return new SocketUser("tenant", new MemberConnection(userId, connectionId));
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static Deadline budget() {
        return Deadline.in(Duration.ofSeconds(5));
    }
}

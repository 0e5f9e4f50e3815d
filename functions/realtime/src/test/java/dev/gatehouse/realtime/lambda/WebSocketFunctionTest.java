// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The events of AWS, handled on a real Redis, and delivered to a stand-in for the management API. */
class WebSocketFunctionTest {

    private static final JsonMapper JSON = JsonMapper.createDefault();

    private static RedisProcess redis;
    private static ManagementStub api;
    private static TestFunction function;

    /** Differs between tests, so that they are isolated. */
    private final String test = UUID.randomUUID().toString();

    private final String room = "room:" + test;
    private final String ada1 = "ada-1=" + test;
    private final String ada2 = "ada-2=" + test;
    private final String grace1 = "grace-1=" + test;

    @BeforeAll
    static void start() {
        redis = RedisProcess.start();
        api = ManagementStub.start();
        function = new TestFunction(redis.url(), api);
        await().until(() -> {
            function.send("warm", "warm", "{'do':'ping'}");
            return function.outcome().equals("ok");
        });
    }

    @AfterAll
    static void stop() {
        function.close();
        api.close();
        redis.close();
    }

    @BeforeEach
    void forget() {
        api.forget();
    }

    @AfterEach
    void everyRequestWasSigned() {
        assertThat(api.problems).isEmpty();
    }

    @Test
    void aUserWithASessionConnects() {
        assertThat(function.invoke(TestEvent.CONNECT.of("ada", ada1))).isEqualTo(200);
        assertThat(api.attempts(ada1)).as("not before $connect has returned").isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "{\"tenant\":\"acme\"}",
                "{\"userId\":\"ada\"}",
                "{\"tenant\":\"acme\",\"ownerId\":\"ada\",\"keyId\":\"k\"}",
                "{\"tenant\":\"Acme}:x\",\"userId\":\"ada\"}",
                "{\"tenant\":\"acme\",\"userId\":7}"
            })
    void withoutAUserNobodyConnectsOrSends(String authorizer) {
        assertThat(function.invoke(TestEvent.CONNECT.with(authorizer, ada1, "")))
                .isEqualTo(401);
        assertThat(function.invoke(TestEvent.MESSAGE.with(authorizer, ada1, "{\"do\":\"ping\"}")))
                .isEqualTo(401);
        assertThat(function.invoke(TestEvent.DISCONNECT.with(authorizer, ada1, "")))
                .isEqualTo(401);
        assertThat(api.attempts(ada1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{}",
                "{\"requestContext\":{\"eventType\":\"MESSAGE\"}}",
                "{\"requestContext\":{\"eventType\":\"OTHER\",\"connectionId\":\"1\"}}",
                "{\"requestContext\":{\"eventType\":\"CONNECT\",\"connectionId\":\"a b\","
                        + "\"authorizer\":{\"tenant\":\"acme\",\"userId\":\"ada\"}}}",
                "{\"requestContext\":{\"eventType\":\"CONNECT\",\"connectionId\":\"1\","
                        + "\"authorizer\":{\"tenant\":\"acme\",\"userId\":\"a\\nb\"}}}",
                "{\"requestContext\":{\"eventType\":\"MESSAGE\",\"connectionId\":\"1\","
                        + "\"authorizer\":{\"tenant\":\"acme\",\"userId\":\"ada\"}},\"body\":\"%\",\"isBase64Encoded\":true}"
            })
    void aMalformedEventIsDenied(String event) {
        assertThat(function.invoke(event)).isEqualTo(400);
    }

    @Test
    void membersSeeEachOtherJoinPublishTypeAndLeave() {
        join("ada", ada1);
        join("grace", grace1);
        assertThat(kinds(ada1)).containsExactly("joined self", "joined grace");
        assertThat(kinds(grace1)).containsExactly("joined self");
        assertThat(last(grace1)).containsEntry("count", 2);

        function.send("ada", ada1, "{'do':'typing','channel':'" + room + "','typing':true}");
        function.send(
                "ada", ada1, "{'do':'publish','channel':'" + room + "','event':'text','data':{'n':1.00},'id':'e1'}");
        assertThat(kinds(grace1)).containsExactly("joined self", "typing ada", "event");
        assertThat(kinds(ada1)).contains("event", "published").doesNotContain("typing ada");
        var published = message(ada1, "published");
        assertThat(last(grace1))
                .containsEntry("from", "ada")
                .containsEntry("id", "e1")
                .containsEntry("at", published.get("at"));
        assertThat(api.messages(grace1).getLast()).contains("\"n\":1.00");

        function.send("grace", grace1, "{'do':'leave','channel':'" + room + "'}");
        assertThat(last(grace1)).containsEntry("on", "left").containsEntry("self", true);
        assertThat(last(ada1)).containsEntry("on", "left").containsEntry("userId", "grace");
    }

    @Test
    void whoDisconnectsLeavesAllChannelsOnce() {
        join("grace", grace1);
        function.send("grace", grace1, "{'do':'join','channel':'room:b" + test + "'}");
        join("ada", ada1);
        join("ada", ada2);
        function.send("ada", ada1, "{'do':'join','channel':'room:b" + test + "'}");
        api.forget();

        assertThat(function.invoke(TestEvent.DISCONNECT.of("ada", ada1))).isEqualTo(200);
        assertThat(function.invoke(TestEvent.DISCONNECT.of("ada", ada1))).isEqualTo(200);
        assertThat(api.messages(grace1))
                .as("the other connection is still in the first")
                .containsExactly("{\"on\":\"left\",\"channel\":\"room:b" + test + "\",\"userId\":\"ada\"}");
        function.invoke(TestEvent.DISCONNECT.of("ada", ada2));
        assertThat(api.messages(grace1))
                .hasSize(2)
                .last()
                .isEqualTo("{\"on\":\"left\",\"channel\":\"" + room + "\",\"userId\":\"ada\"}");
        assertThat(api.attempts(ada1) + api.attempts(ada2)).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'do':'join','channel':'secret'}|forbidden",
                "{'do':'join','channel':'user:grace'}|forbidden",
                "{'do':'publish','channel':'news','event':'e','data':1}|forbidden",
                "{'do':'typing','channel':'news','typing':true}|forbidden",
                "{'do':'catch-up','channel':'secret','since':'1-xxxxxxxxxxxxxxxxxxxxxx'}|forbidden",
                "{'do':'$disconnect'}|invalid-message",
                "{|invalid-message",
                "''|invalid-message"
            })
    void withoutARightAClientGetsAnErrorAndNothingElse(String message, String problem) {
        function.send("grace", grace1, "{'do':'join','channel':'news'}");
        api.forget();
        long publications = redis.calls("xadd");

        assertThat(function.send("ada", ada1, message)).isEqualTo(200);
        assertThat(last(ada1)).containsEntry("on", "error").containsEntry("problem", problem);
        assertThat(api.messages(ada1)).hasSize(1);
        assertThat(api.messages(grace1)).isEmpty();
        assertThat(redis.calls("xadd")).isEqualTo(publications);
        function.invoke(TestEvent.DISCONNECT.of("grace", grace1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../x?a=b#c", "%2e%2e%2f", "a/b", "\"';--", "<script>", "{x}", "~*!'()", "+=&@:,$"})
    void hostileNamesArriveAsTheyAre(String name) {
        var channel = "room:" + name.replace('\\', '/');
        var text = "{\"do\":\"join\",\"channel\":" + dev.gatehouse.web.json.JsonObject.quoted(channel) + "}";
        assertThat(function.invoke(TestEvent.message("user" + name, name, text)))
                .isEqualTo(200);
        assertThat(last(name)).containsEntry("on", "joined").containsEntry("userId", "user" + name);
        assertThat(last(name)).containsEntry("channel", channel);
        function.invoke(TestEvent.DISCONNECT.of("user" + name, name));
    }

    @Test
    void anyMessageContinuesThePresenceOnceAMinute() {
        redis.cli("FLUSHALL");
        join("ada", ada1);
        var key = ((List<?>) redis.cli("KEYS", "gh:{acme:*}:wsc:*")).getFirst().toString();
        var first = redis.cli("GET", key);
        function.send("ada", ada1, "{'do':'typing','channel':'" + room + "','typing':false}");
        assertThat(redis.cli("GET", key)).as("within the minute").isEqualTo(first);
        function.send("ada", ada1, "{'do':'ping'}");
        assertThat(redis.cli("GET", key)).isNotEqualTo(first);
        assertThat(last(ada1)).containsEntry("on", "pong");
        function.invoke(TestEvent.DISCONNECT.of("ada", ada1));
    }

    @Test
    void aMessageOfFortyKibibytesIsAcceptedAndALongerOneIsNot() {
        join("ada", ada1);
        var publish = "{'do':'publish','channel':'" + room + "','event':'e','data':'" + "x".repeat(32_766) + "'";
        function.send("ada", ada1, publish + " ".repeat(40 * 1024 - publish.length() - 1) + "}");
        assertThat(kinds(ada1)).contains("published", "event");
        function.send("ada", ada1, publish + " ".repeat(40 * 1024 - publish.length()) + "}");
        assertThat(last(ada1)).containsEntry("problem", "message-too-large");
    }

    /** The stand-in rejects a longer post than API Gateway does. */
    @Test
    void missedEventsAreDividedIntoMessagesThatApiGatewayAccepts() {
        join("ada", ada1);
        var since = last(ada1).get("at");
        for (int n = 0; n < 9; n++) {
            function.send(
                    "grace",
                    grace1,
                    "{'do':'publish','channel':'" + room + "','event':'e','data':'" + n + "é".repeat(16_000) + "'}");
        }
        api.forget();

        function.send("ada", ada2, "{'do':'join','channel':'" + room + "','since':'" + since + "'}");
        var missed = messages(ada2).stream()
                .filter(message -> message.get("on").equals("caught-up"))
                .toList();
        assertThat(missed).hasSizeGreaterThan(2).allSatisfy(part -> assertThat(part)
                .containsEntry("recovered", true));
        assertThat(missed.stream().flatMap(part -> ((List<?>) part.get("events")).stream()))
                .extracting(event -> ((Map<?, ?>) event).get("data").toString().charAt(0))
                .containsExactly('0', '1', '2', '3', '4', '5', '6', '7', '8');
        assertThat(missed).extracting(part -> part.get("more")).last().isEqualTo(false);

        api.forget();
        function.send("ada", ada1, "{'do':'catch-up','channel':'" + room + "','since':'" + since + "'}");
        assertThat(messages(ada1)).singleElement().satisfies(part -> assertThat(part)
                .containsEntry("more", true)
                .containsEntry("at", missed.getFirst().get("at")));
    }

    @Test
    void theMembersInAResponseAreLimitedByItsSize() {
        IntStream.range(0, 100)
                .forEach(n -> function.send(
                        "u%03d".formatted(n) + "x".repeat(250),
                        "member-" + n + test,
                        "{'do':'join','channel':'" + room + "','info':'" + "i".repeat(1000) + "'}"));
        join("ada", ada1);
        assertThat(last(ada1)).containsEntry("on", "joined").containsEntry("count", 101);
        assertThat((List<?>) last(ada1).get("members")).hasSizeBetween(80, 99);
    }

    /** Each round has WebSockets of its own, since the messages of one are limited. */
    @Test
    @DeepTest
    void twoInvocationsInParallelReportEachJoinAndLeaveOnce() throws Exception {
        for (int round = 0; round < Rounds.of(3, 100); round++) {
            var id = round + "=" + test;
            var join = "{'do':'join','channel':'room:" + id + "'}";
            var leave = "{'do':'leave','channel':'room:" + id + "'}";
            function.send("grace", id, join);
            api.forget();
            Threads.together(4, thread -> function.send("ada", "t" + thread + id, join));
            Threads.together(4, thread -> {
                if (thread % 2 == 0) {
                    function.send("ada", "t" + thread + id, leave);
                }
                function.invoke(TestEvent.DISCONNECT.of("ada", "t" + thread + id));
            });
            assertThat(kinds(id)).containsExactly("joined ada", "left ada");
            function.invoke(TestEvent.DISCONNECT.of("grace", id));
        }
    }

    @Test
    @DeepTest
    void aHeartbeatAndALeaveInParallelLeaveNobodyBehind() throws Exception {
        for (int round = 0; round < Rounds.of(5, 200); round++) {
            var id = round + "=" + test;
            var join = "{'do':'join','channel':'room:" + id + "'}";
            function.send("ada", "a" + id, join);
            Threads.together(2, thread -> {
                if (thread == 0) {
                    function.send("ada", "a" + id, "{'do':'ping'}");
                } else {
                    function.invoke(TestEvent.DISCONNECT.of("ada", "a" + id));
                }
            });
            function.send("grace", "g" + id, join);
            assertThat(last("g" + id)).containsEntry("count", 1);
            function.invoke(TestEvent.DISCONNECT.of("grace", "g" + id));
        }
    }

    @Test
    void aWebSocketThatClosedBeforeItsJoinLeavesAgain() {
        join("grace", grace1);
        api.respond(ada1, 410);
        join("ada", ada1);
        assertThat(kinds(grace1)).containsExactly("joined self", "joined ada", "left ada");
    }

    private void join(String userId, String connectionId) {
        assertThat(function.send(userId, connectionId, "{'do':'join','channel':'" + room + "'}"))
                .isEqualTo(200);
    }

    /** Returns the kind of each message, with the user; {@code self} for a response. */
    private static List<String> kinds(String connectionId) {
        return messages(connectionId).stream()
                .map(message -> {
                    var who = message.containsKey("self") ? "self" : message.get("userId");
                    return message.get("on") + (who == null ? "" : " " + who);
                })
                .toList();
    }

    private static Map<String, Object> message(String connectionId, String kind) {
        return messages(connectionId).stream()
                .filter(message -> message.get("on").equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Object> last(String connectionId) {
        return messages(connectionId).getLast();
    }

    private static List<Map<String, Object>> messages(String connectionId) {
        return api.messages(connectionId).stream()
                .map(WebSocketFunctionTest::parsed)
                .toList();
    }

    private static Map<String, Object> parsed(String text) {
        try {
            return JSON.readValue(text, Argument.mapOf(String.class, Object.class));
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }
}

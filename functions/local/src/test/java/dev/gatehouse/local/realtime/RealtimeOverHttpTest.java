// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes of presence and channels over HTTP. */
class RealtimeOverHttpTest {

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private final String channel = UUID.randomUUID().toString();

    @BeforeAll
    static void start() throws IOException {
        redis = RedisProcess.start();
        server = TestServer.start("REDIS_URL", redis.url());
        caller = TestServer.caller(server);
    }

    @AfterAll
    static void stop() {
        server.close();
        redis.close();
    }

    @Test
    void theFirstConnectionJoinsAndTheLastLeaves() {
        var entered = enter("ada", "1", ",'info':{ 'name' : 'Ada','n':1.00}");
        assertThat(entered.status()).isEqualTo(200);
        assertThat(entered.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(entered.body())
                .containsOnlyKeys("joined", "connections", "expiresAt", "departed", "degraded")
                .containsEntry("joined", true)
                .containsEntry("connections", 1)
                .containsEntry("departed", List.of())
                .containsEntry("degraded", false);
        assertThat(enter("ada", "2", "").body()).containsEntry("joined", false).containsEntry("connections", 2);

        var members = post("presence/list", "");
        assertThat(members.text()).contains("\"info\":{\"name\":\"Ada\",\"n\":1.00}");
        assertThat(members.body())
                .containsOnlyKeys("members", "count", "departed", "next", "degraded")
                .containsEntry("count", 1)
                .containsEntry("next", null);
        assertThat(members.list("members").getFirst())
                .containsOnlyKeys("userId", "connections", "since", "info")
                .containsEntry("userId", "ada")
                .containsEntry("connections", 2);

        assertThat(leave("ada", "1").body()).isEqualTo(Map.of("left", false, "departed", List.of(), "degraded", false));
        assertThat(leave("ada", "2").body()).containsEntry("left", true);
        assertThat(leave("ada", "2").body()).containsEntry("left", false);
    }

    @Test
    void whoseConnectionEndsDepartsInOneResponse() {
        enter("ada", "1", ",'ttlSeconds':1");
        enter("grace", "1", "");

        await().untilAsserted(
                        () -> assertThat(post("presence/list", "").body()).containsEntry("departed", List.of("ada")));
        assertThat(post("presence/list", "").body()).containsEntry("departed", List.of());
    }

    @Test
    void membersAreListedInPages() {
        List.of("ada", "alan", "grace").forEach(user -> enter(user, "1", ""));

        var page = post("presence/list", ",'limit':2");
        assertThat(page.body()).containsEntry("next", "alan").containsEntry("count", 3);
        var last = post("presence/list", ",'after':'alan'");
        assertThat(last.list("members"))
                .extracting(member -> member.get("userId"))
                .containsExactly("grace");
        assertThat(last.list("members"))
                .extracting(member -> member.get("info"))
                .containsExactly((Object) null);
    }

    @Test
    void typingIsAnnouncedOnce() {
        enter("ada", "1", "");
        assertThat(type("ada", true).body())
                .isEqualTo(Map.of("changed", true, "typing", List.of("ada"), "degraded", false));
        assertThat(type("ada", true).body()).containsEntry("changed", false);
        assertThat(type("ada", false).body()).containsEntry("changed", true).containsEntry("typing", List.of());
        assertThat(type("grace", true).body()).containsEntry("changed", false);
    }

    @Test
    void aReaderCatchesUp() {
        var at = at(post("channels/catch-up", ""));
        var published = publish("{ 'text':'né', 'n':1.00 }", ",'id':'one'");
        assertThat(published.status()).isEqualTo(201);
        assertThat(published.body()).containsOnlyKeys("at", "id", "degraded").containsEntry("id", "one");
        var repeated = publish("{}", ",'id':'one'");
        assertThat(repeated.status()).isEqualTo(200);
        assertThat(repeated.body()).isEqualTo(published.body());
        publish("2", "");

        var first = post("channels/catch-up", ",'limit':1,'since':'" + at + "'");
        assertThat(first.body())
                .containsOnlyKeys("recovered", "events", "at", "more", "degraded")
                .containsEntry("recovered", true)
                .containsEntry("more", true)
                .containsEntry("at", at(published));
        assertThat(first.text()).contains("\"data\":{\"text\":\"né\",\"n\":1.00}");
        assertThat(first.list("events").getFirst())
                .containsOnlyKeys("at", "id", "event", "data", "publishedAt")
                .containsEntry("event", "message");
        assertThat(post("channels/catch-up", ",'since':'" + at(first) + "'").list("events"))
                .extracting(event -> event.get("data"))
                .containsExactly(2);
    }

    @Test
    void aReaderThatMissedEventsIsNotRecovered() {
        var at = at(post("channels/catch-up", ""));
        IntStream.range(0, 3).forEach(n -> publish("" + n, ",'keep':{'events':1}"));

        var lost = post("channels/catch-up", ",'since':'" + at + "'");
        assertThat(lost.body()).containsEntry("recovered", false).containsEntry("events", List.of());
        assertThat(post("channels/catch-up", ",'since':'" + at(lost) + "'").body())
                .containsEntry("recovered", true);
    }

    @Test
    void aPublicationReturnsTheLiveConnections() {
        enter("ada", "1", "");
        enter("grace", "2", "");
        assertThat(publish("1", ",'recipients':true,'exclude':'1'").body()).containsEntry("recipients", List.of("2"));
        assertThat(publish("1", ",'recipients':true").body())
                .extracting("recipients")
                .asInstanceOf(LIST)
                .containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void tooManyConnectionsPreventThePublication() {
        for (int user = 0; user < 11; user++) {
            for (int n = 0; n < 100; n++) {
                enter("user-" + user, user + "-" + n, "");
            }
        }
        var refused = publish("1", ",'recipients':true");
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.body())
                .containsEntry("type", "urn:gatehouse:problem:too-many-recipients")
                .containsEntry("connections", 1100)
                .containsEntry("degraded", false);
    }

    @Test
    void aReaderWaitsForTheNextEvent() throws Exception {
        var at = at(post("channels/catch-up", ""));
        var waiting = CompletableFuture.supplyAsync(
                () -> post("channels/catch-up", ",'waitMillis':20000,'since':'" + at + "'"));
        long start = System.nanoTime();
        publish("1", "");

        assertThat(waiting.get().list("events")).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(post("channels/catch-up", ",'waitMillis':50,'since':'" + at(waiting.get()) + "'")
                        .list("events"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "presence/enter|'userId':'ada'|connectionId",
                "presence/enter|'userId':'','connectionId':'1'|userId",
                "presence/enter|'userId':'a b','connectionId':'1'|userId",
                "presence/enter|'userId':'ada','connectionId':'1','ttlSeconds':86401|ttlSeconds",
                "presence/leave|'userId':'ada'|connectionId",
                "presence/list|'limit':1001|limit",
                "presence/list|'after':''|after",
                "presence/typing|'userId':'ada','connectionId':'1'|typing",
                "presence/typing|'userId':'ada','connectionId':'1','typing':true,'ttlMillis':60001|ttlMillis",
                "channels/publish|'event':'e'|data",
                "channels/publish|'event':'e e','data':1|event",
                "channels/publish|'event':'e','data':1,'id':''|id",
                "channels/publish|'event':'e','data':1,'keep':{'events':0}|keep.events",
                "channels/publish|'event':'e','data':1,'keep':{'more':1}|keep.more",
                "channels/publish|'event':'e','data':1,'exclude':'1'|exclude",
                "channels/catch-up|'since':'1'|since",
                "channels/catch-up|'limit':101|limit",
                "channels/catch-up|'waitMillis':20001|waitMillis",
            })
    void aMalformedRequestNamesItsFault(String operation, String members, String field) {
        var response = post(operation, "," + members);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly(field);
    }

    @Test
    void longInfoAndDataAreRefused() {
        assertThat(enter("ada", "1", ",'info':'" + "x".repeat(1023) + "'").list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly("info");
        assertThat(enter("ada", "1", ",'info':'" + "x".repeat(1022) + "'").status())
                .isEqualTo(200);
        assertThat(publish("'" + "x".repeat(32_767) + "'", "").list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly("data");
        assertThat(publish("'" + "x".repeat(32_766) + "'", "").status()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<script>", "__proto__", "a/../b", "%2F", "'", "{}"})
    void aHostileNameIsAName(String name) {
        var text = name.replace("'", "\\u0027");
        assertThat(enter(text, text, "").body()).containsEntry("joined", true);
        assertThat(post("presence/list", "").list("members").getFirst()).containsEntry("userId", name);
    }

    /** Nobody is announced while Redis is away, and nobody is reported to have left because of it. */
    @Test
    void withoutRedisPresenceIsDegradedAndChannelsAreUnavailable() throws IOException {
        try (var lost = RedisProcess.start();
                var degraded = TestServer.start("REDIS_URL", lost.url());
                var closed = TestServer.start("REDIS_URL", lost.url(), "GATEHOUSE_PRESENCE_WHEN_DOWN", "closed")) {
            var there = TestServer.caller(degraded);
            there.post("/v1/presence/enter", body("'userId':'ada','connectionId':'1'"));
            var members = there.post("/v1/presence/list", body(""));
            var at = there.post("/v1/channels/catch-up", body("")).body().get("at");
            lost.kill();

            assertThat(there.post("/v1/presence/enter", body("'userId':'grace','connectionId':'2'"))
                            .body())
                    .containsEntry("joined", false)
                    .containsEntry("connections", 0)
                    .containsEntry("degraded", true);
            var left = there.post("/v1/presence/leave", body("'userId':'ada','connectionId':'1'"));
            assertThat(left.body()).containsEntry("left", false).containsEntry("degraded", true);
            assertThat(left.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(there.post("/v1/presence/typing", body("'userId':'ada','connectionId':'1','typing':true"))
                            .body())
                    .containsEntry("changed", false)
                    .containsEntry("degraded", true);
            assertThat(there.post("/v1/presence/list", body("")).body())
                    .containsEntry("members", members.body().get("members"))
                    .containsEntry("degraded", true);
            var unknown = there.post("/v1/channels/publish", body("'event':'e','data':1,'id':'one'"));
            assertThat(unknown.status()).isEqualTo(503);
            assertThat(unknown.body())
                    .containsEntry("type", "urn:gatehouse:problem:store-unavailable")
                    .containsEntry("id", "one");
            assertThat(unknown.header("Retry-After")).isEqualTo("1");
            assertThat(there.post("/v1/channels/catch-up", body("'since':'" + at + "'"))
                            .status())
                    .isEqualTo(503);
            assertThat(TestServer.caller(closed)
                            .post("/v1/presence/enter", body("'userId':'ada','connectionId':'1'"))
                            .status())
                    .isEqualTo(503);
        }
    }

    @Test
    void withoutRedisByChoiceItIsInMemory() throws IOException {
        try (var local = TestServer.start("ENABLE_REDIS", "false")) {
            var there = TestServer.caller(local);
            assertThat(there.post("/v1/presence/enter", body("'userId':'ada','connectionId':'1'"))
                            .body())
                    .containsEntry("joined", true)
                    .containsEntry("degraded", true);
            assertThat(there.post("/v1/channels/publish", body("'event':'e','data':1,'recipients':true"))
                            .body())
                    .containsEntry("recipients", List.of("1"));
        }
    }

    private CallerResponse enter(String user, String connection, String more) {
        return post("presence/enter", ",'userId':'%s','connectionId':'%s'%s".formatted(user, connection, more));
    }

    private CallerResponse leave(String user, String connection) {
        return post("presence/leave", ",'userId':'%s','connectionId':'%s'".formatted(user, connection));
    }

    private CallerResponse type(String user, boolean typing) {
        return post("presence/typing", ",'userId':'%s','connectionId':'1','typing':%s".formatted(user, typing));
    }

    private CallerResponse publish(String data, String more) {
        return post("channels/publish", ",'event':'message','data':%s%s".formatted(data, more));
    }

    private static String at(CallerResponse response) {
        return (String) response.body().get("at");
    }

    /** Calls an operation on the channel of this test, with further members. */
    private CallerResponse post(String operation, String members) {
        return caller.post("/v1/" + operation, json("{'channel':'" + channel + "'" + members + "}"));
    }

    private static String body(String members) {
        return json("{'channel':'room'" + (members.isEmpty() ? "" : ",") + members + "}");
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}

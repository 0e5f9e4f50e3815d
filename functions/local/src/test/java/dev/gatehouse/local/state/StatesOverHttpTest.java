// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes of workflow states over HTTP. */
class StatesOverHttpTest {

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private final String id = UUID.randomUUID().toString();

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
    void aSaveCreatesAStateAndAnotherReplacesIt() {
        var created = save("'absent'", "{'step':1}", "");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(created.body())
                .containsOnlyKeys("version", "created", "savedAt", "expiresAt", "saveId", "degraded")
                .containsEntry("created", true)
                .containsEntry("degraded", false);
        assertThat(lifetime(created)).isEqualTo(Duration.ofDays(1));

        var saved = save(version(created), "{'step':2}", ",'ttlSeconds':60");
        assertThat(saved.status()).isEqualTo(200);
        assertThat(number(saved, "version")).isGreaterThan(number(created, "version"));
        assertThat(lifetime(saved)).isEqualTo(Duration.ofMinutes(1));

        var read = post("read", "");
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.body())
                .containsOnlyKeys("version", "createdAt", "savedAt", "expiresAt", "writer", "value", "degraded")
                .containsEntry("version", saved.body().get("version"))
                .containsEntry("value", Map.of("step", 2))
                .containsEntry("writer", null);
    }

    @Test
    void aStaleSaveIsRefusedWithTheVersionOfTheState() {
        var created = save("'absent'", "{'step':1}", "");
        var saved = save(version(created), "{'step':2}", "");

        var stale = save(version(created), "{'step':3}", "");

        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.body())
                .containsEntry("type", "urn:gatehouse:problem:version-mismatch")
                .containsEntry("version", saved.body().get("version"));
        assertThat(save("'absent'", "{}", "").status()).isEqualTo(412);
        assertThat(save("'any'", "{}", "").status()).isEqualTo(200);
    }

    @Test
    void anExpectedVersionCreatesNothing() {
        var refused = save("7", "{}", "");

        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.body()).containsEntry("version", null);
        assertThat(post("read", "").body()).containsEntry("type", "urn:gatehouse:problem:state-unknown");
    }

    @Test
    void aRepeatedSaveHasTheFirstResponse() {
        var first = save("'absent'", "{'step':1}", ",'saveId':'one'");
        save("'any'", "{'step':2}", "");

        assertThat(save("'absent'", "{'step':1}", ",'saveId':'one'").body()).isEqualTo(first.body());
        assertThat(post("read", "").body()).containsEntry("value", Map.of("step", 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[ ]",
                "1.0",
                "12345678901234567890",
                "1e400",
                "-0",
                "null",
                "\"\\u00e9\\/\"",
                "{ \"b\" : [ 1 , 2.50 ] }"
            })
    void aMemberKeepsItsTextBesideAMerge(String text) {
        caller.post(
                "/v1/states/save",
                "{\"id\":\"%s\",\"expect\":\"absent\",\"value\":{ \"kept\" :%s, \"gone\":1 }}".formatted(id, text));

        var merged = post("merge", ",'expect':'any','members':{'gone':null,'new':[1.0]}");

        assertThat(merged.status()).isEqualTo(200);
        assertThat(post("read", "").text())
                .contains("\"kept\":" + text)
                .contains("\"new\":[1.0]")
                .doesNotContain("gone");
    }

    @Test
    void aWriterWhoseClaimWasTakenOverIsRefusedWhateverItExpects() {
        save("'absent'", "{'step':1}", "");
        var first = post("claim", "");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.body())
                .containsOnlyKeys("owner", "fence", "leaseExpiresAt", "version", "value", "degraded")
                .containsEntry("value", Map.of("step", 1));

        var held = post("claim", "");
        assertThat(held.status()).isEqualTo(409);
        assertThat(held.header("Retry-After")).isNotNull();
        assertThat(held.body())
                .containsEntry("type", "urn:gatehouse:problem:writer-held")
                .containsEntry("heldBy", first.header("X-Request-Id"))
                .containsEntry("leaseExpiresAt", first.body().get("leaseExpiresAt"));
        assertThat(held.text()).doesNotContain((String) first.body().get("owner"));
        assertThat(save("'any'", "{}", "").status()).as("without a fence").isEqualTo(409);

        var second = post("claim", ",'takeOver':true");
        assertThat(second.status()).isEqualTo(201);
        assertThat(number(second, "fence")).isGreaterThan(number(first, "fence"));
        for (var expect : new String[] {"'any'", "'absent'", "7", version(second)}) {
            var lost = save(expect, "{'step':9}", ",'fence':" + first.body().get("fence"));
            assertThat(lost.status()).isEqualTo(409);
            assertThat(lost.body()).containsEntry("type", "urn:gatehouse:problem:writer-lost");
        }
        assertThat(save("'any'", "{'step':2}", ",'fence':" + second.body().get("fence"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aClaimIsRepeatedExtendedAndReleased() {
        var claimed = post("claim", ",'owner':'ada','leaseMillis':1000");
        assertThat(claimed.body()).containsEntry("version", null).containsEntry("value", null);
        assertThat(post("claim", ",'owner':'ada','leaseMillis':1000").body())
                .containsEntry("fence", claimed.body().get("fence"));
        var fence = ",'fence':" + claimed.body().get("fence");

        var extended = post("claim/extend", fence + ",'leaseMillis':60000");
        assertThat(extended.status()).isEqualTo(200);
        assertThat(instant(extended, "leaseExpiresAt")).isAfter(instant(claimed, "leaseExpiresAt"));
        assertThat(post("claim/release", fence).status()).isEqualTo(204);
        assertThat(post("claim/release", fence).status()).as("again").isEqualTo(204);
        assertThat(post("claim/extend", fence + ",'leaseMillis':60000").body())
                .containsEntry("type", "urn:gatehouse:problem:writer-lost");
        assertThat(post("claim", "").status()).isEqualTo(201);
    }

    @Test
    void aStateThatIsOnlyClaimedIsUnknownAndItsClaimCanBeReleased() {
        var fence = ",'fence':" + post("claim", "").body().get("fence");
        assertThat(post("read", "").status()).isEqualTo(404);
        assertThat(post("claim/release", fence).status()).isEqualTo(204);
        assertThat(post("read", "").status()).isEqualTo(404);

        var unknown = "{'id':'unknown-" + id + "','fence':7%s}";
        assertThat(caller.post("/v1/states/claim/release", json(unknown.formatted("")))
                        .status())
                .isEqualTo(204);
        assertThat(caller.post("/v1/states/claim/extend", json(unknown.formatted(",'leaseMillis':9")))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void aDeletedStateIsGoneAndItsVersionsDoNotReturn() {
        var created = save("'absent'", "{'step':1}", "");
        assertThat(post("delete", ",'expect':7").status()).isEqualTo(412);

        assertThat(post("delete", ",'expect':" + version(created)).status()).isEqualTo(204);
        assertThat(post("delete", ",'expect':'any'").status()).as("again").isEqualTo(204);

        assertThat(post("read", "").status()).isEqualTo(404);
        assertThat(number(save("'absent'", "{}", ""), "version")).isGreaterThan(number(created, "version"));
    }

    @Test
    void aReadWaitsForAnotherVersion() throws Exception {
        var created = save("'absent'", "{'step':1}", "");
        var known = ",'knownVersion':" + version(created);
        assertThat(post("read", known).body()).containsEntry("unchanged", true).doesNotContainKey("value");

        var waiting = CompletableFuture.supplyAsync(() -> post("read", known + ",'waitMillis':10000"));
        var saved = save(version(created), "{'step':2}", "");

        assertThat(waiting.get().body())
                .containsEntry("version", saved.body().get("version"))
                .containsEntry("value", Map.of("step", 2));
    }

    @Test
    void aReaderThatHungUpDoesNotWait() throws Exception {
        var created = save("'absent'", "{'step':1}", "");
        var body = json("{'id':'%s','knownVersion':%s,'waitMillis':15000}".formatted(id, version(created)));
        long before = redis.calls("evalsha");
        try (var connection = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            var request = "POST /v1/states/read HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: %s\r\n"
                    + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s";
            connection
                    .getOutputStream()
                    .write(request.formatted(TestServer.KEY, body.length(), body)
                            .getBytes(StandardCharsets.US_ASCII));
            await().until(() -> redis.calls("evalsha") > before + 5);
        }
        var last = new AtomicLong();
        await().during(Duration.ofMillis(200)).until(() -> {
            long calls = redis.calls("evalsha");
            return last.getAndSet(calls) == calls;
        });
    }

    @Test
    void theStatesOfAGroupAreListedLatestSaveFirst() {
        var group = UUID.randomUUID().toString();
        for (var name : new String[] {"a", "b", "c"}) {
            caller.post(
                    "/v1/states/save",
                    json("{'id':'%s','group':'%s','expect':'absent','value':{}}".formatted(name, group)));
        }

        var page = caller.post("/v1/states/list", json("{'group':'%s','limit':2}".formatted(group)));
        assertThat(page.list("states")).extracting(state -> state.get("id")).containsExactly("c", "b");
        var rest = caller.post(
                "/v1/states/list",
                json("{'group':'%s','before':'%s'}".formatted(group, page.body().get("next"))));
        assertThat(rest.list("states")).extracting(state -> state.get("id")).containsExactly("a");
        assertThat(rest.body()).containsEntry("next", null);
    }

    @Test
    void saveAllSavesAllOrNamesTheFirstThatIsRefused() {
        var save =
                "{'group':'%s','saves':[{'id':'a','expect':'absent','value':{'n':1}},{'id':'b','expect':%s,'value':{}}]}";

        var refused = caller.post("/v1/states/save-all", json(save.formatted(id, "7")));
        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.body()).containsEntry("index", 1);
        var saved = caller.post("/v1/states/save-all", json(save.formatted(id, "'absent'")));

        assertThat(saved.status()).isEqualTo(200);
        assertThat(saved.list("saved")).hasSize(2).allSatisfy(state -> assertThat(state)
                .containsEntry("created", true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "save|'value':{}|expect",
                "save|'expect':'none','value':{}|expect",
                "save|'expect':0,'value':{}|expect",
                "save|'expect':null,'value':{}|expect",
                "save|'expect':1.0,'value':{}|expect",
                "save|'expect':'any'|value",
                "save|'expect':'any','value':null|value",
                "save|'expect':'any','value':[]|value",
                "save|'expect':'any','value':'{}'|value",
                "save|'expect':'any','value':{'a':1,'a':2}|value.a",
                "save|'expect':'any','value':{},'ttlSeconds':2592001|ttlSeconds",
                "save|'expect':'any','value':{},'fence':0|fence",
                "save|'expect':'any','value':{},'saveId':''|saveId",
                "merge|'expect':'any','members':null|members",
                "read|'waitMillis':20001|waitMillis",
                "read|'knownVersion':0|knownVersion",
                "read|'group':''|group",
                "claim|'leaseMillis':0|leaseMillis",
                "claim|'owner':' '|owner",
                "claim/extend|'leaseMillis':1|fence",
                "delete|'fence':1|expect",
            })
    void aMalformedRequestNamesItsFault(String operation, String members, String field) {
        var response = post(operation, "," + members);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'limit':0", "'limit':1001", "'before':'x'", "'before':'1'", "'before':'0.a'"})
    void aMalformedListIsRefused(String member) {
        assertThat(caller.post("/v1/states/list", json("{'group':'g'," + member + "}"))
                        .status())
                .isEqualTo(400);
    }

    private CallerResponse save(String expect, String value, String more) {
        return post("save", ",'expect':%s,'value':%s%s".formatted(expect, value, more));
    }

    /** Calls an operation on the state of this test, with further members. */
    private CallerResponse post(String operation, String members) {
        return caller.post("/v1/states/" + operation, json("{'id':'" + id + "'" + members + "}"));
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static String version(CallerResponse response) {
        return String.valueOf(response.body().get("version"));
    }

    private static long number(CallerResponse response, String member) {
        return ((Number) response.body().get(member)).longValue();
    }

    private static Instant instant(CallerResponse response, String member) {
        return Instant.parse((String) response.body().get(member));
    }

    private static Duration lifetime(CallerResponse response) {
        return Duration.between(instant(response, "savedAt"), instant(response, "expiresAt"));
    }
}

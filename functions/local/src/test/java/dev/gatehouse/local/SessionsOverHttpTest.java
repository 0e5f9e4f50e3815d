package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller.Told;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionsOverHttpTest {

    private static final String SESSIONS = "/v1/sessions";
    private static final String LOOKUP = SESSIONS + "/lookup";
    private static final String ROTATE = SESSIONS + "/rotate";
    private static final String LIST = SESSIONS + "/list";
    private static final String REVOKE_USER = SESSIONS + "/revoke-user";
    private static final DemoKey KEY = new DemoKey("k");
    private static final Pattern TOKEN = Pattern.compile("([\\w-]{12}\\.[\\w-]{16})\\.[\\w-]{43}");

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private String user;

    @BeforeAll
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        server = server(Map.of("REDIS_URL", redis.url()));
        caller = new Caller(server.port(), KEY.value());
    }

    private static Server server(Map<String, String> more) throws IOException {
        var environment = new HashMap<>(Map.of(
                "MICRONAUT_SERVER_PORT",
                "-1",
                "REDIS_CONNECTION_TIMEOUT",
                "5000",
                "REDIS_COMMAND_TIMEOUT",
                "5000",
                "GATEHOUSE_API_KEYS",
                KEY.setting() + " " + new DemoKey("other").setting().replace("demo=", "other=")));
        environment.putAll(more);
        return Server.start(environment);
    }

    @AfterAll
    static void stopIt() {
        server.close();
        redis.close();
    }

    @BeforeEach
    void somebodyNew() {
        user = UUID.randomUUID().toString();
    }

    @AfterEach
    void noKeyLivesForEver() {
        for (var key : (List<?>) redis.cli("KEYS", "*")) {
            assertThat((Long) redis.cli("PTTL", (String) key)).as("%s", key).isNotEqualTo(-1);
        }
    }

    @Test
    void aSessionBegins() {
        var before = Instant.now().minusMillis(1);

        var told = create("");

        assertThat(told.status()).as(told.text()).isEqualTo(201);
        assertThat(told.header("Content-Type")).isEqualTo("application/json");
        assertThat(told.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(told.header("Cache-Control")).isEqualTo("no-store");
        assertThat(told.header("ETag")).isEqualTo("\"1\"");
        assertThat(told.body()).containsOnlyKeys("token", "session", "degraded").containsEntry("degraded", false);
        var session = session(told);
        assertThat(session)
                .containsOnlyKeys(
                        "id",
                        "userId",
                        "createdAt",
                        "lastSeenAt",
                        "idleExpiresAt",
                        "expiresAt",
                        "attributes",
                        "device",
                        "version")
                .containsEntry("userId", user)
                .containsEntry("attributes", Map.of())
                .containsEntry("device", Map.of())
                .containsEntry("version", 1)
                .containsEntry("lastSeenAt", session.get("createdAt"));
        assertThat(token(told)).matches(TOKEN).startsWith(session.get("id") + ".");
        var created = instant(told, "createdAt");
        assertThat(created).isBetween(before, Instant.now().plusMillis(1));
        assertThat(instant(told, "idleExpiresAt")).isEqualTo(created.plusSeconds(1800));
        assertThat(instant(told, "expiresAt")).isEqualTo(created.plusSeconds(86_400));
        assertThat((String) session.get("createdAt")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    }

    @Test
    void itIsFoundByItsToken() {
        var created = create(
                ",'device':{'name':'Ada\\'s phone','userAgent':'Mozilla/5.0','ip':'192.0.2.1'},'idleSeconds':60,'absoluteSeconds':90");

        var told = lookup(token(created));

        assertThat(told.status()).isEqualTo(200);
        assertThat(told.body()).containsOnlyKeys("session", "degraded").containsEntry("degraded", false);
        assertThat(told.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(told.header("ETag")).isEqualTo("\"1\"");
        assertThat(session(told)).isEqualTo(session(created));
        assertThat(session(told))
                .containsEntry("device", Map.of("name", "Ada's phone", "userAgent", "Mozilla/5.0", "ip", "192.0.2.1"));
        assertThat(instant(told, "expiresAt"))
                .isEqualTo(instant(told, "createdAt").plusSeconds(90));
        assertThat(told.text()).doesNotContain(token(created));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":1e400,\"b\":0.10,\"c\":-0,\"d\":1E+2,\"e\":-0.0,\"f\":12345678901234567890123456789012345678901}",
                "{\"a\":9007199254740993,\"b\":[1.0,[2.50,{\"c\":3e0}],[]],\"d\":{},\"e\":[{}]}",
                "{\"a\":true,\"b\":false,\"c\":null,\"d\":[null],\"e\":{\"f\":{\"g\":null}}}",
                "{\"\":\"\",\"a.b\":\"a \\\" \\\\ / b\",\"g\":\"größe \ud83d\ude42 \u2028\",\"\ud83d\ude42\":1}",
                "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":8}}}}}}}}"
            })
    void attributesAreToldLetterForLetter(String attributes) {
        var created = post(SESSIONS, "{\"userId\":\"%s\",\"attributes\":%s}".formatted(user, attributes));

        assertThat(created.status()).as(created.text()).isEqualTo(201);
        var member = "\"attributes\":" + attributes + ",\"device\"";
        assertThat(created.text()).contains(member);
        assertThat(lookup(token(created)).text()).contains(member);
        assertThat(list().text()).contains(member);
        var nothing = patch(id(created), "", "{'attributes':{}}");
        assertThat(nothing.text()).contains(member);
    }

    @Test
    void charactersMayBeGivenEscaped() {
        var created = post(
                SESSIONS,
                "{\"userId\":\"%s\",\"attributes\":{\"\\u0061\":\"\\u0000\\ud83d\\ude42\\/\\n\"}}".formatted(user));

        assertThat(attributes(lookup(token(created)))).containsExactly(Map.entry("a", "\u0000\ud83d\ude42/\n"));
    }

    @Test
    void whateverIsWrongWithATokenTheAnswerIsTheSame() {
        var revoked = token(create(""));
        delete(idIn(revoked));
        var expired = token(create(",'idleSeconds':1"));
        await().until(() -> lookup(expired, ",'touch':false").status() == 401);
        var live = token(create(""));
        var rotated = token(post(ROTATE, json("{'token':'" + live + "','graceSeconds':0}")));
        var evicted = token(create(""));
        create(",'maxSessions':1");
        var secret = "A".repeat(43);
        var tokens = List.of(
                revoked,
                expired,
                live,
                rotated + "x",
                idIn(rotated) + "." + secret,
                "AAAAAAAAAAAA.AAAAAAAAAAAAAAAA." + secret,
                evicted,
                "",
                ".",
                "..",
                "nonsense",
                "x".repeat(10_000),
                "größe",
                idIn(rotated),
                rotated.toUpperCase(java.util.Locale.ROOT));
        Told first = null;
        for (var token : tokens) {
            for (var told : List.of(lookup(token), post(ROTATE, json("{'token':'" + token + "'}")))) {
                CommonContractTest.assertProblem(told, 401, "session-invalid");
                assertThat(told.header("WWW-Authenticate")).isEqualTo("Session realm=\"gatehouse\"");
                first = first == null ? told : first;
                assertThat(told.text()).isEqualTo(first.text());
                assertThat(apartFromTheRequest(told)).isEqualTo(apartFromTheRequest(first));
            }
        }
    }

    private static Map<String, List<String>> apartFromTheRequest(Told told) {
        var headers = new LinkedHashMap<>(told.headers());
        headers.keySet().removeAll(List.of("x-request-id", "date"));
        return headers;
    }

    @Test
    void aTouchPutsTheEndOfAnIdleSessionOffAndALookDoesNot() {
        var created = create(",'idleSeconds':30");
        var token = token(created);
        var second = instant(created, "createdAt").plusMillis(1_100);
        await().until(() -> Instant.now().isAfter(second));

        assertThat(session(lookup(token, ",'touch':false"))).isEqualTo(session(created));
        var touched = lookup(token);

        assertThat(instant(touched, "lastSeenAt")).isAfter(instant(created, "lastSeenAt"));
        assertThat(instant(touched, "idleExpiresAt"))
                .isEqualTo(instant(touched, "lastSeenAt").plusSeconds(30));
        assertThat(session(touched)).containsEntry("version", 1);
    }

    @Test
    void aUserWithAllItsSessionsLosesTheOldestOrIsRefused() {
        var first = token(create(",'maxSessions':2"));
        var second = token(create(",'maxSessions':2"));

        var refused = create(",'maxSessions':2,'onLimit':'reject'");
        CommonContractTest.assertProblem(refused, 409, "session-limit");
        assertThat(refused.body()).containsEntry("degraded", false);
        assertThat(refused.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(lookup(first).status()).isEqualTo(200);

        assertThat(create(",'maxSessions':2,'onLimit':'evict-oldest'").status()).isEqualTo(201);
        assertThat(lookup(first).status()).isEqualTo(401);
        assertThat(lookup(second).status()).isEqualTo(200);
    }

    @Test
    void attributesAreMergedAndTheVersionGrows() {
        var created = create(",'attributes':{'theme':'dark','cart':{'items':[1,2],'open':true},'old':1}");

        var told = patch(
                id(created),
                "",
                "{'attributes':{'theme':'light','cart':{'open':null,'n':2},'old':null,'new':{'x':null}}}");

        assertThat(told.status()).as(told.text()).isEqualTo(200);
        assertThat(told.body()).containsOnlyKeys("session", "degraded").containsEntry("degraded", false);
        assertThat(told.header("ETag")).isEqualTo("\"2\"");
        assertThat(told.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(session(told)).containsEntry("version", 2);
        assertThat(attributes(told))
                .isEqualTo(Map.of("theme", "light", "cart", Map.of("items", List.of(1, 2), "n", 2), "new", Map.of()));
        assertThat(session(lookup(token(created)))).isEqualTo(session(told));
    }

    @Test
    void onlyTheVersionThatIsNamedIsChanged() {
        var created = create("");
        var id = id(created);
        assertThat(patch(id, created.header("ETag"), "{'attributes':{'n':1}}").status())
                .isEqualTo(200);

        var told = patch(id, "\"1\"", "{'attributes':{'n':2}}");

        CommonContractTest.assertProblem(told, 412, "session-changed");
        assertThat(told.body()).containsEntry("version", 2).containsEntry("degraded", false);
        assertThat(told.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(attributes(lookup(token(created)))).isEqualTo(Map.of("n", 1));
        assertThat(patch(id, "*", "{'attributes':{'n':3}}").status()).isEqualTo(200);
        assertThat(patch(id, "\"3\"", "{'attributes':{'n':4}}").header("ETag")).isEqualTo("\"4\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "W/\"1\"",
                "\"0\"",
                "\"01\"",
                "\"-1\"",
                "\"1.0\"",
                "\"\"",
                "\"abc\"",
                "\"9223372036854775808\"",
                "\"999999999999999999999999\""
            })
    void aTagThatIsNoVersionOfOursIsAtNoTimeTheSessions(String tag) {
        var created = create("");
        CommonContractTest.assertProblem(patch(id(created), tag, "{'attributes':{'n':1}}"), 412, "session-changed");
        assertThat(session(lookup(token(created)))).isEqualTo(session(created));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"1", "1\"", "\"1\",\"2\"", "\"1\", *", "**", "w/\"1\"", "'1'"})
    void anIfMatchThatIsNoTagIsToldSo(String header) {
        var told = patch(id(create("")), header, "{'attributes':{'n':1}}");
        CommonContractTest.assertProblem(told, 400, "invalid-request");
        assertThat(told.list("errors")).extracting(error -> error.get("field")).containsExactly("If-Match");
    }

    @Test
    void thereIsNothingToChangeWhereThereIsNoSession() {
        var gone = id(create(""));
        delete(gone);
        for (var id : List.of(
                gone, "AAAAAAAAAAAA.AAAAAAAAAAAAAAAA", "x", "lookup", "%F0%9F%99%82", "a%2Fb", "x".repeat(3000))) {
            for (var ifMatch : List.of("", "*", "\"1\"")) {
                var told = patch(id, ifMatch, "{'attributes':{'n':1}}");
                CommonContractTest.assertProblem(told, 404, "session-unknown");
                assertThat(told.body()).containsEntry("degraded", false);
            }
        }
        assertThat(list().list("sessions")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "application/merge-patch+json, 200",
        "application/merge-patch+json; charset=utf-8, 200",
        "application/json, 200",
        "application/json-patch+json, 415",
        "text/plain, 415"
    })
    void aPatchMayBeSaidToBeOne(String type, int status) {
        var told = caller.send(caller.request(SESSIONS + "/" + id(create("")))
                .header("Content-Type", type)
                .method("PATCH", BodyPublishers.ofString("{\"attributes\":{\"n\":1}}")));
        assertThat(told.status()).as(told.text()).isEqualTo(status);
    }

    @Test
    void whatIsTooLargeToKeepIsRefusedAndNothingChanges() {
        var text = "x".repeat(4000);
        CommonContractTest.assertProblem(
                create(",'attributes':{'a':'%s','b':'%s'}".formatted(text, text)), 400, "invalid-request");
        var created = create(",'attributes':{'a':'" + text + "'}");
        assertThat(created.status()).isEqualTo(201);

        var told = patch(id(created), "", "{'attributes':{'b':'" + text + "'}}");

        CommonContractTest.assertProblem(told, 400, "invalid-request");
        assertThat(told.list("errors")).extracting(error -> error.get("field")).containsExactly("attributes");
        assertThat(session(lookup(token(created)))).isEqualTo(session(created));
        assertThat(list().list("sessions")).hasSize(1);
    }

    @Test
    void whatIsNestedTooDeepIsRefused() {
        var deep = "{'a':".repeat(9) + "1" + "}".repeat(9);
        var created = create("");
        var deeper = "[".repeat(20) + "]".repeat(20);
        for (var told :
                List.of(create(",'attributes':" + deep), patch(id(created), "", "{'attributes':" + deep + "}"))) {
            CommonContractTest.assertProblem(told, 400, "invalid-request");
            assertThat(told.list("errors"))
                    .extracting(error -> error.get("field"))
                    .containsExactly("attributes");
        }
        CommonContractTest.assertProblem(create(",'attributes':{'a':" + deeper + "}"), 400, "invalid-request");
    }

    @Test
    void aTokenIsExchangedAndTheOldOneWorksForAWhile() {
        var created = create(",'attributes':{'n':1}");
        var old = token(created);

        var told = rotate(old, "");

        assertThat(told.status()).isEqualTo(200);
        assertThat(told.body()).containsOnlyKeys("token", "session", "degraded").containsEntry("degraded", false);
        assertThat(told.header("ETag")).isEqualTo("\"1\"");
        assertThat(token(told)).matches(TOKEN).isNotEqualTo(old).startsWith(idIn(old) + ".");
        for (var kept :
                List.of("id", "createdAt", "lastSeenAt", "idleExpiresAt", "expiresAt", "attributes", "version")) {
            assertThat(session(told)).containsEntry(kept, session(created).get(kept));
        }
        assertThat(lookup(old).status()).isEqualTo(200);
        assertThat(lookup(token(told)).status()).isEqualTo(200);
        assertThat(token(rotate(old, ""))).as("the same successor").isEqualTo(token(told));

        var next = rotate(token(told), ",'graceSeconds':0");
        assertThat(lookup(old).status()).isEqualTo(401);
        assertThat(lookup(token(told)).status()).isEqualTo(401);
        assertThat(lookup(token(next)).status()).isEqualTo(200);
    }

    @Test
    void theOldTokenWorksNoLongerThanItsGrace() {
        var old = token(create(""));
        var successor = token(rotate(old, ",'graceSeconds':1"));
        assertThat(lookup(old).status()).isEqualTo(200);
        await().until(() -> lookup(old).status() == 401);
        assertThat(rotate(old, "").status()).isEqualTo(401);
        assertThat(lookup(successor).status()).isEqualTo(200);
    }

    @Test
    void aRevokedSessionIsGone() {
        var token = token(create(""));
        var told = delete(idIn(token));
        assertThat(told.status()).isEqualTo(204);
        assertThat(told.text()).isEmpty();
        assertThat(told.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(lookup(token).status()).isEqualTo(401);
        assertThat(list().list("sessions")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AAAAAAAAAAAA.AAAAAAAAAAAAAAAA",
                "x",
                "lookup",
                ".",
                "..x",
                "%20",
                "%00",
                "%F0%9F%99%82",
                "a%2Fb",
                "a+b",
                "a;b=c",
                "a?b=c"
            })
    void toRevokeWhatIsNotThereIsTheSameAsToRevoke(String id) {
        var told = delete(id);
        assertThat(told.status()).as(told.text()).isEqualTo(204);
        assertThat(told.header("Gatehouse-Source")).isEqualTo("redis");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "application/x-www-form-urlencoded"})
    void whatIsSentWithARevocationDoesNotMatter(String type) {
        var token = token(create(""));
        var told = caller.send(caller.request(SESSIONS + "/" + idIn(token))
                .header("Content-Type", type)
                .method("DELETE", BodyPublishers.ofString("{")));
        assertThat(told.status()).as(told.text()).isEqualTo(204);
        assertThat(lookup(token).status()).isEqualTo(401);
    }

    @Test
    void aUsersSessionsAreListedTheNewestFirstWithoutTheirTokens() {
        var first = create(",'device':{'name':'phone','userAgent':'Mozilla/5.0'}");
        var later = instant(first, "createdAt");
        await().until(() -> Instant.now().isAfter(later.plusMillis(2)));
        var second = create("");

        var told = list();

        assertThat(told.status()).isEqualTo(200);
        assertThat(told.header("Content-Type")).isEqualTo("application/json");
        assertThat(told.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(told.body()).containsOnlyKeys("sessions", "degraded").containsEntry("degraded", false);
        assertThat(told.list("sessions")).containsExactly(session(second), session(first));
        assertThat(told.text())
                .doesNotContain(token(first).substring(30), token(second).substring(30));
    }

    @Test
    void whoHasNoSessionHasAnEmptyList() {
        var told = list();
        assertThat(told.status()).isEqualTo(200);
        assertThat(told.list("sessions")).isEmpty();
    }

    @Test
    void aUsersSessionsEndTogetherOrAllButOne() {
        var kept = create("");
        create("");
        create("");
        var others = user;
        somebodyNew();
        var somebodyElses = token(create(""));

        var told = post(REVOKE_USER, json("{'userId':'%s','exceptId':'%s'}".formatted(others, id(kept))));
        assertThat(told.status()).isEqualTo(200);
        assertThat(told.body()).isEqualTo(Map.of("revoked", 2, "degraded", false));
        assertThat(told.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(lookup(token(kept)).status()).isEqualTo(200);

        var all = json("{'userId':'%s'}".formatted(others));
        assertThat(post(REVOKE_USER, all).body()).containsEntry("revoked", 1);
        assertThat(post(REVOKE_USER, all).body()).as("again").containsEntry("revoked", 0);
        assertThat(lookup(token(kept)).status()).isEqualTo(401);
        assertThat(lookup(somebodyElses).status()).isEqualTo(200);
    }

    @Test
    void tenantsAreApart() {
        var created = create("");
        var other = new Caller(server.port(), "other");
        var asUser = json("{'userId':'" + user + "'}");

        CommonContractTest.assertProblem(
                other.post(LOOKUP, json("{'token':'" + token(created) + "'}")), 401, "session-invalid");
        CommonContractTest.assertProblem(
                other.post(ROTATE, json("{'token':'" + token(created) + "'}")), 401, "session-invalid");
        CommonContractTest.assertProblem(
                other.call("PATCH", SESSIONS + "/" + id(created), "{\"attributes\":{\"n\":1}}"),
                404,
                "session-unknown");
        assertThat(other.send(other.request(SESSIONS + "/" + id(created)).DELETE())
                        .status())
                .isEqualTo(204);
        assertThat(other.post(LIST, asUser).list("sessions")).isEmpty();
        assertThat(other.post(REVOKE_USER, asUser).body()).containsEntry("revoked", 0);
        assertThat(other.post(SESSIONS, json("{'userId':'" + user + "','maxSessions':1}"))
                        .status())
                .isEqualTo(201);

        assertThat(session(lookup(token(created)))).isEqualTo(session(created));
        assertThat(list().list("sessions")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | | {} | userId",
                "POST | | {'userId':''} | userId",
                "POST | | {'userId':7} | userId",
                "POST | | {'userId':null,'idleSeconds':'x'} | userId idleSeconds",
                "POST | | {'userId':'u','attributes':[]} | attributes",
                "POST | | {'userId':'u','attributes':'{}'} | attributes",
                "POST | | {'userId':'u','attributes':{'a':1,'a':1}} | attributes.a",
                "POST | | {'userId':'u','attributes':{'a':{'b':['\\ud800']}}} | attributes.a.b[0] attributes",
                "POST | | {'userId':'u','device':[]} | device",
                "POST | | {'userId':'u','device':{'name':1,'x':2}} | device.name device.x",
                "POST | | {'userId':'u','idleSeconds':0} | idleSeconds",
                "POST | | {'userId':'u','idleSeconds':31536001} | idleSeconds",
                "POST | | {'userId':'u','absoluteSeconds':-1} | absoluteSeconds",
                "POST | | {'userId':'u','absoluteSeconds':1.5} | absoluteSeconds",
                "POST | | {'userId':'u','maxSessions':0} | maxSessions",
                "POST | | {'userId':'u','maxSessions':1001} | maxSessions",
                "POST | | {'userId':'u','maxSessions':4294967297} | maxSessions",
                "POST | | {'userId':'u','onLimit':'evict'} | onLimit",
                "POST | | {'userId':'u','token':'t'} | token",
                "POST | /lookup | {} | token",
                "POST | /lookup | {'token':7} | token",
                "POST | /lookup | {'token':null} | token",
                "POST | /lookup | {'token':'\\udc00'} | token",
                "POST | /lookup | {'token':'t','touch':'yes'} | touch",
                "POST | /lookup | {'token':'t','userId':'u'} | userId",
                "POST | /rotate | {} | token",
                "POST | /rotate | {'token':'t','graceSeconds':-1} | graceSeconds",
                "POST | /rotate | {'token':'t','graceSeconds':3601} | graceSeconds",
                "POST | /rotate | {'token':'t','graceSeconds':'10'} | graceSeconds",
                "POST | /list | {} | userId",
                "POST | /list | {'userId':'u','more':1} | more",
                "POST | /revoke-user | {'exceptId':'x'} | userId",
                "POST | /revoke-user | {'userId':'u','exceptId':7} | exceptId",
                "POST | /revoke-user | {'userId':'u','exceptId':''} | exceptId",
                "PATCH | /x | {'attributes':null} | attributes",
                "PATCH | /x | {'attributes':[]} | attributes",
                "PATCH | /x | {'attributes':{},'device':{}} | device",
                "PATCH | /x | {'theme':'dark'} | theme",
            })
    void everyFaultIsToldWithItsPlace(String method, String path, String body, String fields) {
        var told = caller.call(method, SESSIONS + (path == null ? "" : path), json(body));

        CommonContractTest.assertProblem(told, 400, "invalid-request");
        assertThat(told.list("errors")).extracting(error -> error.get("field")).containsExactlyInAnyOrder((Object[])
                fields.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"name, 128", "userAgent, 512", "ip, 45"})
    void aDevicesTextsAreBounded(String name, int most) {
        var told = create(",'device':{'%s':'%s'}".formatted(name, "x".repeat(most + 1)));
        assertThat(told.list("errors")).extracting(error -> error.get("field")).containsExactly("device." + name);
        assertThat(create(",'device':{'%s':'%s'}".formatted(name, "x".repeat(most)))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void userIdsAreBounded() {
        assertThat(post(SESSIONS, json("{'userId':'" + "x".repeat(257) + "'}")).status())
                .isEqualTo(400);
        assertThat(post(SESSIONS, json("{'userId':'" + "ü".repeat(256) + "'}")).status())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, ''",
        "POST, /lookup",
        "POST, /rotate",
        "POST, /list",
        "POST, /revoke-user",
        "PATCH, /x",
        "DELETE, /x"
    })
    void aKeyIsNeeded(String method, String path) {
        var told = caller.send(caller.anonymous(SESSIONS + path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString("{}")));

        CommonContractTest.assertProblem(told, 401, "unauthenticated");
        assertThat(told.header("WWW-Authenticate")).startsWith("Bearer");
    }

    @ParameterizedTest
    @CsvSource({"GET, ''", "PUT, ''", "DELETE, ''", "GET, /lookup", "PUT, /rotate", "GET, /x", "POST, /x", "PUT, /x"})
    void anotherMethodIsNotAllowed(String method, String path) {
        var told = caller.call(method, SESSIONS + path, "{}");

        CommonContractTest.assertProblem(told, 405, "method-not-allowed");
        assertThat(told.header("Allow")).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({"POST, ''", "POST, /lookup", "POST, /rotate", "POST, /list", "POST, /revoke-user", "PATCH, /x"})
    void anotherContentTypeIsUnsupportedAndAnEmptyOrHugeBodyIsAProblem(String method, String path) {
        var told = caller.send(caller.request(SESSIONS + path)
                .header("Content-Type", "text/plain")
                .method(method, BodyPublishers.ofString("{}")));
        CommonContractTest.assertProblem(told, 415, "unsupported-media-type");
        CommonContractTest.assertProblem(caller.call(method, SESSIONS + path, ""), 400, "invalid-request");
        CommonContractTest.assertProblem(
                caller.call(method, SESSIONS + path, " ".repeat(256 * 1024 + 1)), 413, "content-too-large");
    }

    @Test
    void withoutRedisByChoiceEverySessionIsLocal() throws IOException {
        try (var alone = server(Map.of("ENABLE_REDIS", "false"))) {
            var caller = new Caller(alone.port(), KEY.value());
            var created = caller.post(SESSIONS, "{\"userId\":\"u\",\"attributes\":{\"n\":0.10}}");
            assertThat(created.status()).isEqualTo(201);
            assertThat(created.body()).containsEntry("degraded", true);
            assertThat(created.header("Gatehouse-Source")).isEqualTo("local");
            var found = caller.post(LOOKUP, json("{'token':'" + token(created) + "'}"));
            assertThat(found.text()).contains("\"attributes\":{\"n\":0.10}", "\"degraded\":true");
            assertThat(caller.call("PATCH", SESSIONS + "/" + id(created), "{\"attributes\":{\"n\":null}}")
                            .text())
                    .contains("\"attributes\":{}");
            assertThat(caller.send(caller.request(SESSIONS + "/" + id(created)).DELETE())
                            .status())
                    .isEqualTo(204);
            CommonContractTest.assertProblem(
                    caller.post(LOOKUP, json("{'token':'" + token(created) + "'}")), 401, "session-invalid");
        }
    }

    @Test
    void aWrongSettingEndsTheStart() {
        assertThatThrownBy(() -> server(Map.of("ENABLE_REDIS", "false", "GATEHOUSE_SESSIONS_WHEN_DOWN", "open"))
                        .close())
                .hasStackTraceContaining("GATEHOUSE_SESSIONS_WHEN_DOWN must be local or closed");
    }

    private Told create(String more) {
        return post(SESSIONS, json("{'userId':'" + user + "'" + more + "}"));
    }

    private static Told lookup(String token) {
        return lookup(token, "");
    }

    private static Told lookup(String token, String more) {
        return post(LOOKUP, json("{'token':'" + token + "'" + more + "}"));
    }

    private static Told rotate(String token, String more) {
        return post(ROTATE, json("{'token':'" + token + "'" + more + "}"));
    }

    private static Told delete(String id) {
        return caller.send(caller.request(SESSIONS + "/" + id).DELETE());
    }

    private Told list() {
        return post(LIST, json("{'userId':'" + user + "'}"));
    }

    private static Told patch(String id, String ifMatch, String body) {
        var request = caller.request(SESSIONS + "/" + id).header("Content-Type", "application/merge-patch+json");
        if (!ifMatch.isEmpty()) {
            request.header("If-Match", ifMatch);
        }
        return caller.send(request.method("PATCH", BodyPublishers.ofString(json(body))));
    }

    private static Told post(String path, String body) {
        return caller.post(path, body);
    }

    /** With an escaped quote as a quote inside a text. */
    private static String json(String text) {
        return text.replace("\\'", "\u0000").replace('\'', '"').replace('\u0000', '\'');
    }

    private static String token(Told told) {
        return (String) told.body().get("token");
    }

    private static String id(Told told) {
        return (String) session(told).get("id");
    }

    private static String idIn(String token) {
        var matcher = TOKEN.matcher(token);
        assertThat(matcher.matches()).as(token).isTrue();
        return matcher.group(1);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> session(Told told) {
        assertThat(told.body()).containsKey("session");
        return (Map<String, Object>) told.body().get("session");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> attributes(Told told) {
        return (Map<String, Object>) session(told).get("attributes");
    }

    private static Instant instant(Told told, String member) {
        return Instant.parse((String) session(told).get(member));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.TestServer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Creation and lookup of sessions over HTTP, and the rules that all session routes share. */
class SessionsOverHttpTest extends SessionApi {

    @Test
    void createsASession() {
        var before = Instant.now().minusMillis(1);

        var response = create("");

        assertThat(response.status()).as(response.text()).isEqualTo(201);
        assertThat(response.header("Content-Type")).isEqualTo("application/json");
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(response.header("Cache-Control")).isEqualTo("no-store");
        assertThat(response.header("ETag")).isEqualTo("\"1\"");
        assertThat(response.body())
                .containsOnlyKeys("token", "session", "degraded")
                .containsEntry("degraded", false);
        var session = session(response);
        assertThat(session)
                .containsOnlyKeys(
                        "id",
                        "userId",
                        "actor",
                        "createdAt",
                        "lastSeenAt",
                        "idleExpiresAt",
                        "expiresAt",
                        "authenticatedAt",
                        "level",
                        "elevatedUntil",
                        "attributes",
                        "device",
                        "version")
                .containsEntry("userId", user)
                .containsEntry("attributes", Map.of())
                .containsEntry("device", Map.of())
                .containsEntry("version", 1)
                .containsEntry("lastSeenAt", session.get("createdAt"));
        assertThat(token(response)).matches(TOKEN).startsWith(session.get("id") + ".");
        var created = instant(response, "createdAt");
        assertThat(created).isBetween(before, Instant.now().plusMillis(1));
        assertThat(instant(response, "idleExpiresAt")).isEqualTo(created.plusSeconds(1800));
        assertThat(instant(response, "expiresAt")).isEqualTo(created.plusSeconds(86_400));
        assertThat((String) session.get("createdAt")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    }

    @Test
    void findsASessionByItsToken() {
        var created = create(
                ",'device':{'name':'Ada\\'s phone','userAgent':'Mozilla/5.0','ip':'192.0.2.1'},'idleSeconds':60,'absoluteSeconds':90");

        var response = lookup(token(created));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).containsOnlyKeys("session", "degraded").containsEntry("degraded", false);
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(response.header("ETag")).isEqualTo("\"1\"");
        assertThat(session(response)).isEqualTo(session(created));
        assertThat(session(response))
                .containsEntry("device", Map.of("name", "Ada's phone", "userAgent", "Mozilla/5.0", "ip", "192.0.2.1"));
        assertThat(instant(response, "expiresAt"))
                .isEqualTo(instant(response, "createdAt").plusSeconds(90));
        assertThat(response.text()).doesNotContain(token(created));
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
    void returnsAttributesUnchanged(String attributes) {
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
    void acceptsEscapedCharacters() {
        var created = post(
                SESSIONS,
                "{\"userId\":\"%s\",\"attributes\":{\"\\u0061\":\"\\u0000\\ud83d\\ude42\\/\\n\"}}".formatted(user));

        assertThat(attributes(lookup(token(created)))).containsExactly(Map.entry("a", "\u0000\ud83d\ude42/\n"));
    }

    @Test
    void respondsAlikeToEveryInvalidToken() {
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
        CallerResponse first = null;
        for (var token : tokens) {
            for (var response : List.of(lookup(token), post(ROTATE, json("{'token':'" + token + "'}")))) {
                Caller.assertProblem(response, 401, "session-invalid");
                assertThat(response.header("WWW-Authenticate")).isEqualTo("Session realm=\"gatehouse\"");
                first = first == null ? response : first;
                assertThat(response.text()).isEqualTo(first.text());
                assertThat(apartFromTheRequest(response)).isEqualTo(apartFromTheRequest(first));
            }
        }
    }

    @Test
    void extendsAnIdleSessionByATouchOnly() {
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
    void evictsTheOldestSessionOrRejectsANewOne() {
        var first = token(create(",'maxSessions':2"));
        var second = token(create(",'maxSessions':2"));

        var refused = create(",'maxSessions':2,'onLimit':'reject'");
        Caller.assertProblem(refused, 409, "session-limit");
        assertThat(refused.body()).containsEntry("degraded", false);
        assertThat(refused.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(lookup(first).status()).isEqualTo(200);

        assertThat(create(",'maxSessions':2,'onLimit':'evict-oldest'").status()).isEqualTo(201);
        assertThat(lookup(first).status()).isEqualTo(401);
        assertThat(lookup(second).status()).isEqualTo(200);
    }

    @Test
    void separatesTenants() {
        var created = create("");
        var other = TestServer.otherCaller(server);
        var asUser = json("{'userId':'" + user + "'}");

        Caller.assertProblem(other.post(LOOKUP, json("{'token':'" + token(created) + "'}")), 401, "session-invalid");
        Caller.assertProblem(other.post(ROTATE, json("{'token':'" + token(created) + "'}")), 401, "session-invalid");
        Caller.assertProblem(
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
                "POST | | {'userId':'u','attributes':{'a':{'b':['\\ud800']}}} | attributes.a.b[0]",
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
                "POST | | {'userId':'u','actor':''} | actor",
                "POST | | {'userId':'u','from':7} | from",
                "POST | | {'userId':'u','onReuse':'end'} | onReuse",
                "POST | /elevate | {} | token level seconds",
                "POST | /elevate | {'token':'t','level':'','seconds':0} | level seconds",
                "POST | /elevate | {'token':'t','level':'a b','seconds':86401,'graceSeconds':3601} | level seconds graceSeconds",
                "POST | /list | {} | userId",
                "POST | /list | {'userId':'u','more':1} | more",
                "POST | /revoke-user | {'exceptId':'x'} | userId exceptId",
                "POST | /revoke-user | {'userId':'u','exceptId':7} | exceptId",
                "POST | /revoke-user | {'userId':'u','exceptId':''} | exceptId",
                "PATCH | /x | {'attributes':null} | attributes",
                "PATCH | /x | {'attributes':[]} | attributes",
                "PATCH | /x | {'attributes':{},'device':{}} | device",
                "PATCH | /x | {'theme':'dark'} | theme",
            })
    void reportsEveryViolationWithItsPath(String method, String path, String body, String fields) {
        var response = caller.call(method, SESSIONS + (path == null ? "" : path), json(body));

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactlyInAnyOrder((Object[]) fields.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"name, 128", "userAgent, 512", "ip, 45"})
    void boundsTheTextsOfADevice(String name, int most) {
        var response = create(",'device':{'%s':'%s'}".formatted(name, "x".repeat(most + 1)));
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly("device." + name);
        assertThat(create(",'device':{'%s':'%s'}".formatted(name, "x".repeat(most)))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void boundsUserIds() {
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
        "POST, /elevate",
        "POST, /list",
        "POST, /revoke-user",
        "PATCH, /x",
        "DELETE, /x"
    })
    void requiresAKey(String method, String path) {
        var response = caller.send(caller.anonymous(SESSIONS + path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString("{}")));

        Caller.assertProblem(response, 401, "unauthenticated");
        assertThat(response.header("WWW-Authenticate")).startsWith("Bearer");
    }

    @ParameterizedTest
    @CsvSource({"GET, ''", "PUT, ''", "DELETE, ''", "GET, /lookup", "PUT, /rotate", "GET, /x", "POST, /x", "PUT, /x"})
    void rejectsOtherMethods(String method, String path) {
        var response = caller.call(method, SESSIONS + path, "{}");

        Caller.assertProblem(response, 405, "method-not-allowed");
        assertThat(response.header("Allow")).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/lookup", "/rotate", "/elevate", "/list", "/revoke-user"})
    void allowsOnlyPostOnARouteThatIsNoId(String path) {
        for (var method : List.of("GET", "PATCH", "DELETE")) {
            assertThat(caller.call(method, SESSIONS + path, "{}").header("Allow"))
                    .isEqualTo("POST");
        }
        assertThat(caller.call("GET", SESSIONS + "/listed", "{}")
                        .header("Allow")
                        .split(", ?"))
                .containsExactlyInAnyOrder("PATCH", "DELETE");
    }

    @ParameterizedTest
    @CsvSource({"POST, ''", "POST, /lookup", "POST, /rotate", "POST, /list", "POST, /revoke-user", "PATCH, /x"})
    void rejectsOtherContentTypesAndEmptyOrHugeBodies(String method, String path) {
        var response = caller.send(caller.request(SESSIONS + path)
                .header("Content-Type", "text/plain")
                .method(method, BodyPublishers.ofString("{}")));
        Caller.assertProblem(response, 415, "unsupported-media-type");
        Caller.assertProblem(caller.call(method, SESSIONS + path, ""), 400, "invalid-request");
        Caller.assertProblem(
                caller.call(method, SESSIONS + path, " ".repeat(256 * 1024 + 1)), 413, "content-too-large");
    }

    @Test
    void keepsSessionsInMemoryIfRedisIsDisabled() throws IOException {
        try (var alone = server(Map.of("ENABLE_REDIS", "false"))) {
            var caller = TestServer.caller(alone);
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
            Caller.assertProblem(
                    caller.post(LOOKUP, json("{'token':'" + token(created) + "'}")), 401, "session-invalid");
        }
    }

    @Test
    void failsTheStartIfASettingIsInvalid() {
        assertThatThrownBy(() -> server(Map.of("ENABLE_REDIS", "false", "GATEHOUSE_SESSIONS_WHEN_DOWN", "open"))
                        .close())
                .hasStackTraceContaining("GATEHOUSE_SESSIONS_WHEN_DOWN must be local or closed");
    }
}

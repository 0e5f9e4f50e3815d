// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A server with sessions in Redis, and the calls of its session routes. */
@ResourceLock("SessionApi") // Its classes share the server.
abstract class SessionApi {

    static final String SESSIONS = "/v1/sessions";
    static final String LOOKUP = SESSIONS + "/lookup";
    static final String ROTATE = SESSIONS + "/rotate";
    static final String ELEVATE = SESSIONS + "/elevate";
    static final String LIST = SESSIONS + "/list";
    static final String REVOKE_USER = SESSIONS + "/revoke-user";
    static final Pattern TOKEN = Pattern.compile("([\\w-]{12}\\.[\\w-]{16})\\.[\\w-]{43}");

    static RedisProcess redis;
    static Server server;
    static Caller caller;

    String user;

    @BeforeAll
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        server = server(Map.of("REDIS_URL", redis.url()));
        caller = TestServer.caller(server);
    }

    static Server server(Map<String, String> more) throws IOException {
        return TestServer.start(more);
    }

    @AfterAll
    static void stopIt() {
        server.close();
        redis.close();
    }

    @BeforeEach
    void newUser() {
        user = UUID.randomUUID().toString();
    }

    @AfterEach
    void everyKeyExpires() {
        for (var key : (List<?>) redis.cli("KEYS", "*")) {
            assertThat((Long) redis.cli("PTTL", (String) key)).as("%s", key).isNotEqualTo(-1);
        }
    }

    static Map<String, List<String>> apartFromTheRequest(CallerResponse response) {
        var headers = new LinkedHashMap<>(response.headers());
        headers.keySet().removeAll(List.of("x-request-id", "date"));
        return headers;
    }

    CallerResponse create(String more) {
        return post(SESSIONS, json("{'userId':'" + user + "'" + more + "}"));
    }

    static CallerResponse lookup(String token) {
        return lookup(token, "");
    }

    static CallerResponse lookup(String token, String more) {
        return post(LOOKUP, json("{'token':'" + token + "'" + more + "}"));
    }

    static CallerResponse rotate(String token, String more) {
        return post(ROTATE, json("{'token':'" + token + "'" + more + "}"));
    }

    static CallerResponse delete(String id) {
        return caller.send(caller.request(SESSIONS + "/" + id).DELETE());
    }

    CallerResponse list() {
        return post(LIST, json("{'userId':'" + user + "'}"));
    }

    static CallerResponse patch(String id, String ifMatch, String body) {
        var request = caller.request(SESSIONS + "/" + id).header("Content-Type", "application/merge-patch+json");
        if (!ifMatch.isEmpty()) {
            request.header("If-Match", ifMatch);
        }
        return caller.send(request.method("PATCH", BodyPublishers.ofString(json(body))));
    }

    static CallerResponse post(String path, String body) {
        return caller.post(path, body);
    }

    /** Returns JSON for text with single quotes; an escaped quote stays one. */
    static String json(String text) {
        return text.replace("\\'", "\u0000").replace('\'', '"').replace('\u0000', '\'');
    }

    static String token(CallerResponse response) {
        return (String) response.body().get("token");
    }

    static String id(CallerResponse response) {
        return (String) session(response).get("id");
    }

    static String idIn(String token) {
        var matcher = TOKEN.matcher(token);
        assertThat(matcher.matches()).as(token).isTrue();
        return matcher.group(1);
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> session(CallerResponse response) {
        assertThat(response.body()).containsKey("session");
        return (Map<String, Object>) response.body().get("session");
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> attributes(CallerResponse response) {
        return (Map<String, Object>) session(response).get("attributes");
    }

    static Instant instant(CallerResponse response, String member) {
        return Instant.parse((String) session(response).get(member));
    }
}

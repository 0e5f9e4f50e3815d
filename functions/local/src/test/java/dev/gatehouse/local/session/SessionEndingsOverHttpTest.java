// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Scrape;
import dev.gatehouse.local.TestServer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rotation and revocation of sessions over HTTP, and the list of those that are left. */
class SessionEndingsOverHttpTest extends SessionApi {

    @Test
    void rotatesATokenAndAcceptsTheOldOneForItsGrace() {
        var created = create(",'attributes':{'n':1}");
        var old = token(created);

        var response = rotate(old, "");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body())
                .containsOnlyKeys("token", "session", "degraded")
                .containsEntry("degraded", false);
        assertThat(response.header("ETag")).isEqualTo("\"1\"");
        assertThat(token(response)).matches(TOKEN).isNotEqualTo(old).startsWith(idIn(old) + ".");
        for (var kept :
                List.of("id", "createdAt", "lastSeenAt", "idleExpiresAt", "expiresAt", "attributes", "version")) {
            assertThat(session(response)).containsEntry(kept, session(created).get(kept));
        }
        assertThat(lookup(old).status()).isEqualTo(200);
        assertThat(lookup(token(response)).status()).isEqualTo(200);
        assertThat(token(rotate(old, ""))).as("the same successor").isEqualTo(token(response));

        var next = rotate(token(response), ",'graceSeconds':0");
        assertThat(lookup(old).status()).isEqualTo(401);
        assertThat(lookup(token(response)).status()).isEqualTo(401);
        assertThat(lookup(token(next)).status()).isEqualTo(200);
    }

    @Test
    void rejectsTheOldTokenAfterItsGrace() {
        var old = token(create(""));
        var successor = token(rotate(old, ",'graceSeconds':1"));
        assertThat(lookup(old).status()).isEqualTo(200);
        await().until(() -> lookup(old).status() == 401);
        assertThat(rotate(old, "").status()).isEqualTo(401);
        assertThat(lookup(successor).status()).isEqualTo(200);
    }

    @Test
    void reportsAReusedTokenToTelemetryOnly() {
        var old = token(create(""));
        var successor = token(rotate(old, ",'graceSeconds':0"));
        var unknown = lookup(old.substring(0, 30) + "A".repeat(43));
        var before = reuses(caller, "session");

        for (var response : List.of(lookup(old), rotate(old, ""))) {
            assertThat(response.status()).isEqualTo(401);
            assertThat(response.text()).isEqualTo(unknown.text());
            assertThat(apartFromTheRequest(response)).isEqualTo(apartFromTheRequest(unknown));
        }

        assertThat(reuses(caller, "session")).isEqualTo(before + 2);
        assertThat(lookup(successor).status()).isEqualTo(200);
    }

    @Test
    void endsTheSessionOfAReusedTokenIfConfigured() throws IOException {
        try (var revoking = server(
                Map.of("REDIS_URL", redis.url(), "GATEHOUSE_SESSION_REUSE", "revoke", "GATEHOUSE_TENANT", "demo"))) {
            var strict = TestServer.caller(revoking);
            for (var use : List.<UnaryOperator<String>>of(
                    token -> strict.post(LOOKUP, json("{'token':'" + token + "'}"))
                            .text(),
                    token -> strict.post(ROTATE, json("{'token':'" + token + "'}"))
                            .text(),
                    token -> strict.send(
                                    strict.anonymous("/example/protected").header("Authorization", "Bearer " + token))
                            .text())) {
                var old = token(create(""));
                var successor = token(rotate(old, ",'graceSeconds':0"));

                assertThat(use.apply(old)).contains("session-invalid");

                assertThat(lookup(successor).status()).isEqualTo(401);
            }
            assertThat(reuses(strict, "session")).isEqualTo(2);
            assertThat(reuses(strict, "authorizer")).isEqualTo(1);
        }
    }

    private static double reuses(Caller caller, String function) {
        return Scrape.of(caller.send(caller.anonymous("/metrics")).text()).samples().stream()
                .filter(sample -> sample.name().equals("gatehouse_requests_total")
                        && sample.labels().get("function").equals(function)
                        && sample.labels().get("outcome").equals("session-token-reused"))
                .mapToDouble(Scrape.Sample::value)
                .sum();
    }

    @Test
    void revokesASession() {
        var token = token(create(""));
        var response = delete(idIn(token));
        assertThat(response.status()).isEqualTo(204);
        assertThat(response.text()).isEmpty();
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(lookup(token).status()).isEqualTo(401);
        assertThat(list().list("sessions")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AAAAAAAAAAAA.AAAAAAAAAAAAAAAA",
                "x",
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
    void acceptsTheRevocationOfAnUnknownSession(String id) {
        var response = delete(id);
        assertThat(response.status()).as(response.text()).isEqualTo(204);
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "application/x-www-form-urlencoded"})
    void ignoresTheBodyOfARevocation(String type) {
        var token = token(create(""));
        var response = caller.send(caller.request(SESSIONS + "/" + idIn(token))
                .header("Content-Type", type)
                .method("DELETE", BodyPublishers.ofString("{")));
        assertThat(response.status()).as(response.text()).isEqualTo(204);
        assertThat(lookup(token).status()).isEqualTo(401);
    }

    @Test
    void listsTheSessionsOfAUserNewestFirstWithoutTokens() {
        var first = create(",'device':{'name':'phone','userAgent':'Mozilla/5.0'}");
        var later = instant(first, "createdAt");
        await().until(() -> Instant.now().isAfter(later.plusMillis(2)));
        var second = create("");

        var response = list();

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("application/json");
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(response.body()).containsOnlyKeys("sessions", "degraded").containsEntry("degraded", false);
        assertThat(response.list("sessions")).containsExactly(session(second), session(first));
        assertThat(response.text())
                .doesNotContain(token(first).substring(30), token(second).substring(30));
    }

    @Test
    void listsNothingForAUserWithoutSessions() {
        var response = list();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.list("sessions")).isEmpty();
    }

    @Test
    void revokesAllSessionsOfAUserOrAllButOne() {
        var kept = create("");
        create("");
        create("");
        var others = user;
        newUser();
        var somebodyElses = token(create(""));

        var response = post(REVOKE_USER, json("{'userId':'%s','exceptId':'%s'}".formatted(others, id(kept))));
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(Map.of("revoked", 2, "degraded", false));
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(lookup(token(kept)).status()).isEqualTo(200);

        var all = json("{'userId':'%s'}".formatted(others));
        assertThat(post(REVOKE_USER, all).body()).containsEntry("revoked", 1);
        assertThat(post(REVOKE_USER, all).body()).as("again").containsEntry("revoked", 0);
        assertThat(lookup(token(kept)).status()).isEqualTo(401);
        assertThat(lookup(somebodyElses).status()).isEqualTo(200);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Elevation, actors, takeover and the reaction to reuse over HTTP. */
class CertaintyOverHttpTest extends SessionApi {

    private static CallerResponse elevate(String token, String level, String more) {
        return post(ELEVATE, json("{'token':'" + token + "','level':'" + level + "','seconds':300" + more + "}"));
    }

    @Test
    void elevatesASession() {
        var created = create("");
        assertThat(session(created))
                .containsEntry("authenticatedAt", session(created).get("createdAt"))
                .containsEntry("level", null)
                .containsEntry("elevatedUntil", null);

        var elevated = elevate(token(created), "strong", "");

        assertThat(elevated.status()).as(elevated.text()).isEqualTo(200);
        assertThat(elevated.body()).containsOnlyKeys("token", "session", "degraded");
        assertThat(elevated.header("ETag")).isEqualTo("\"1\"");
        assertThat(session(elevated)).containsEntry("level", "strong");
        assertThat(instant(elevated, "elevatedUntil"))
                .isEqualTo(instant(elevated, "authenticatedAt").plusSeconds(300));
        assertThat(session(lookup(token(elevated)))).isEqualTo(session(elevated));
        assertThat(list().list("sessions")).containsExactly(session(elevated));
        assertThat(session(lookup(token(created)))).isEqualTo(session(created));
        assertThat(token(elevate(token(created), "strong", ""))).isEqualTo(token(elevated));
        Caller.assertProblem(rotate(token(created), ""), 401, "session-invalid");
        Caller.assertProblem(elevate(token(created), "admin", ""), 401, "session-invalid");
        Caller.assertProblem(elevate("nonsense", "admin", ""), 401, "session-invalid");
    }

    @Test
    void endsTheLevelByItself() {
        var elevated = post(ELEVATE, json("{'token':'" + token(create("")) + "','level':'strong','seconds':1}"));
        assertThat(session(elevated)).containsEntry("level", "strong");

        await().until(() -> session(lookup(token(elevated))).get("level") == null);

        assertThat(session(lookup(token(elevated)))).containsEntry("elevatedUntil", null);
    }

    @Test
    void namesWhoActsForTheUser() {
        var created = create(",'actor':'agent-7'");

        assertThat(session(created)).containsEntry("actor", "agent-7").containsEntry("userId", user);
        assertThat(session(lookup(token(created)))).containsEntry("actor", "agent-7");
        assertThat(session(create(""))).containsEntry("actor", null);
    }

    @Test
    void takesOverTheSessionOfAVisitor() {
        var visitor =
                post(SESSIONS, json("{'userId':'visitor-" + user + "','attributes':{'cart':[1.0],'theme':'dark'}}"));

        var created = create(",'attributes':{'theme':'light'},'from':'" + token(visitor) + "'");

        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(attributes(created)).isEqualTo(attributes(lookup(token(created))));
        assertThat(created.text()).contains("\"attributes\":{\"cart\":[1.0],\"theme\":\"light\"}");
        Caller.assertProblem(lookup(token(visitor)), 401, "session-invalid");
        assertThat(attributes(create(",'from':'" + token(visitor) + "'"))).isEqualTo(Map.of());
        assertThat(attributes(create(",'from':'nonsense'"))).isEqualTo(Map.of());
    }

    @Test
    void endsASessionForAReusedTokenIfRequested() {
        var revoking = token(create(",'onReuse':'revoke'"));
        var logging = token(create(",'onReuse':'log'"));
        var successor = token(rotate(revoking, ",'graceSeconds':0"));
        var other = token(rotate(logging, ",'graceSeconds':0"));

        assertThat(lookup(revoking).status()).isEqualTo(401);
        assertThat(lookup(logging).status()).isEqualTo(401);

        assertThat(lookup(successor).status()).isEqualTo(401);
        assertThat(lookup(other).status()).isEqualTo(200);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of a session's attributes over HTTP. */
class SessionChangesOverHttpTest extends SessionApi {

    @Test
    void mergesAttributesAndIncrementsTheVersion() {
        var created = create(",'attributes':{'theme':'dark','cart':{'items':[1,2],'open':true},'old':1}");

        var response = patch(
                id(created),
                "",
                "{'attributes':{'theme':'light','cart':{'open':null,'n':2},'old':null,'new':{'x':null}}}");

        assertThat(response.status()).as(response.text()).isEqualTo(200);
        assertThat(response.body()).containsOnlyKeys("session", "degraded").containsEntry("degraded", false);
        assertThat(response.header("ETag")).isEqualTo("\"2\"");
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(session(response)).containsEntry("version", 2);
        assertThat(attributes(response))
                .isEqualTo(Map.of("theme", "light", "cart", Map.of("items", List.of(1, 2), "n", 2), "new", Map.of()));
        assertThat(session(lookup(token(created)))).isEqualTo(session(response));
    }

    @Test
    void changesOnlyTheGivenVersion() {
        var created = create("");
        var id = id(created);
        assertThat(patch(id, created.header("ETag"), "{'attributes':{'n':1}}").status())
                .isEqualTo(200);

        var response = patch(id, "\"1\"", "{'attributes':{'n':2}}");

        Caller.assertProblem(response, 412, "session-changed");
        assertThat(response.body()).containsEntry("version", 2).containsEntry("degraded", false);
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
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
    void neverMatchesAForeignTag(String tag) {
        var created = create("");
        Caller.assertProblem(patch(id(created), tag, "{'attributes':{'n':1}}"), 412, "session-changed");
        assertThat(session(lookup(token(created)))).isEqualTo(session(created));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"1", "1\"", "\"1\",\"2\"", "\"1\", *", "**", "w/\"1\"", "'1'"})
    void reportsAMalformedIfMatch(String header) {
        var response = patch(id(create("")), header, "{'attributes':{'n':1}}");
        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly("If-Match");
    }

    @Test
    void respondsWithNotFoundWithoutASession() {
        var gone = id(create(""));
        delete(gone);
        for (var id : List.of(
                gone, "AAAAAAAAAAAA.AAAAAAAAAAAAAAAA", "x", "lookups", "%F0%9F%99%82", "a%2Fb", "x".repeat(3000))) {
            for (var ifMatch : List.of("", "*", "\"1\"")) {
                var response = patch(id, ifMatch, "{'attributes':{'n':1}}");
                Caller.assertProblem(response, 404, "session-unknown");
                assertThat(response.body()).containsEntry("degraded", false);
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
    void acceptsTheMediaTypeOfAMergePatch(String type, int status) {
        var response = caller.send(caller.request(SESSIONS + "/" + id(create("")))
                .header("Content-Type", type)
                .method("PATCH", BodyPublishers.ofString("{\"attributes\":{\"n\":1}}")));
        assertThat(response.status()).as(response.text()).isEqualTo(status);
    }

    @Test
    void rejectsAttributesThatAreTooLarge() {
        var text = "x".repeat(4000);
        Caller.assertProblem(create(",'attributes':{'a':'%s','b':'%s'}".formatted(text, text)), 400, "invalid-request");
        var created = create(",'attributes':{'a':'" + text + "'}");
        assertThat(created.status()).isEqualTo(201);

        var response = patch(id(created), "", "{'attributes':{'b':'" + text + "'}}");

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly("attributes");
        assertThat(session(lookup(token(created)))).isEqualTo(session(created));
        assertThat(list().list("sessions")).hasSize(1);
    }

    @Test
    void rejectsAttributesThatAreNestedTooDeep() {
        var deep = "{'a':".repeat(9) + "1" + "}".repeat(9);
        var created = create("");
        var deeper = "[".repeat(20) + "]".repeat(20);
        for (var response :
                List.of(create(",'attributes':" + deep), patch(id(created), "", "{'attributes':" + deep + "}"))) {
            Caller.assertProblem(response, 400, "invalid-request");
            assertThat(response.list("errors"))
                    .extracting(error -> error.get("field"))
                    .containsExactly("attributes");
        }
        Caller.assertProblem(create(",'attributes':{'a':" + deeper + "}"), 400, "invalid-request");
    }
}

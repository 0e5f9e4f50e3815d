// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.redis.HashTag;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the overrides of a policy for one subject over HTTP. */
class PolicyOverridesOverHttpTest extends PolicyApi {

    @Test
    void inheritsAbsentMembersFromThePolicy() {
        put("{'limit':2,'windowSeconds':86400,'whenDown':'open'}");

        var response = override("{'subject':'%s','limit':5}");

        assertThat(response.status()).as(response.text()).isEqualTo(200);
        assertThat(response.body())
                .containsEntry("name", policy)
                .containsEntry("subject", subject)
                .containsEntry("limit", 5)
                .containsEntry("burst", 5)
                .containsEntry("windowSeconds", 86400)
                .containsEntry("whenDown", "open");
        assertThat(check("{'policy':'%s','subject':'%s'}").list("limits").getFirst())
                .containsEntry("limit", 5);
        assertThat(check("{'policy':'%s','subject':'another'}").list("limits").getFirst())
                .containsEntry("limit", 2);

        put("{'limit':3,'windowSeconds':60}");
        assertThat(check("{'policy':'%s','subject':'%s'}").list("limits").getFirst())
                .as("the policy at that time")
                .containsEntry("limit", 5);
        for (int time = 0; time < 2; time++) {
            assertThat(deleteOverride().status()).isEqualTo(204);
            assertThat(check("{'policy':'%s','subject':'%s'}").list("limits").getFirst())
                    .containsEntry("limit", 3);
        }
    }

    @Test
    void aRaisedLimitHelpsAtOnceAndKeepsTheUsedUnits() {
        put("{'limit':5,'windowSeconds':86400}");
        check("{'policy':'%s','subject':'%s','cost':5}");
        assertThat(remainingAfterOne()).isEqualTo(0);

        put("{'limit':100,'windowSeconds':86400}");
        assertThat(remainingAfterOne()).isEqualTo(94);
        override("{'subject':'%s','limit':50}");
        assertThat(remainingAfterOne()).isEqualTo(43);
        deleteOverride();
        assertThat(remainingAfterOne()).isEqualTo(92);
    }

    private Object remainingAfterOne() {
        return check("{'policy':'%s','subject':'%s'}").list("limits").getFirst().get("remaining");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'limit':2,'windowSeconds':60,'burst':9} | 'limit':5 | burst=9 limit=5",
                "{'limit':2,'windowSeconds':60,'shadow':true} | 'shadow':false | shadow=false limit=2 burst=2",
                "{'limit':2,'windowSeconds':60} | 'unlimited':true | unlimited=true limit=null",
                "{'limit':2,'windowSeconds':60} | 'algorithm':'sliding-window' | algorithm=sliding-window windowSeconds=60 burst=null",
                "{'limit':2,'windowSeconds':60} | 'algorithm':'fixed-window','period':'day' | period=day timeZone=UTC windowSeconds=null",
                "{'algorithm':'fixed-window','limit':2,'period':'day'} | 'timeZone':'Asia/Tokyo' | period=day timeZone=Asia/Tokyo",
                "{'algorithm':'fixed-window','limit':2,'period':'day','timeZone':'Asia/Tokyo'} | 'period':'hour' | period=hour timeZone=Asia/Tokyo",
                "{'algorithm':'fixed-window','limit':2,'period':'day'} | 'windowSeconds':60 | period=null windowSeconds=60 algorithm=fixed-window",
                "{'algorithm':'fixed-window','limit':2,'windowSeconds':60} | 'period':'day' | period=day windowSeconds=null",
                "{'unlimited':true} | 'limit':2,'windowSeconds':60 | unlimited=false limit=2 algorithm=gcra",
                "{'limit':2,'windowSeconds':60,'blockSeconds':900} | 'limit':5 | blockSeconds=900 limit=5",
                "{'limit':2,'windowSeconds':60,'blockSeconds':900} | 'blockSeconds':0 | blockSeconds=null limit=2",
                "{'limit':2,'windowSeconds':60} | 'blockSeconds':60 | blockSeconds=60 limit=2",
                "{'algorithm':'fixed-window','limit':2,'period':'month','startsOn':'2024-01-31'} | 'limit':5 | period=month startsOn=2024-01-31",
                "{'algorithm':'fixed-window','limit':2,'period':'month','startsOn':'2024-01-31'} | 'period':'year' | period=year startsOn=2024-01-31",
                "{'algorithm':'fixed-window','limit':2,'period':'month','startsOn':'2024-01-31'} | 'period':'day' | period=day startsOn=null",
                "{'algorithm':'fixed-window','limit':2,'period':'week'} | 'startsOn':'2024-02-01' | period=week startsOn=2024-02-01",
                "{'unlimited':true} | 'shadow':true | unlimited=true shadow=true",
            })
    void combinesEveryKindOfOverrideAndPolicy(String policy, String override, String members) {
        put(policy);

        var response = override("{'subject':'%s'," + override + "}");

        assertThat(response.status()).as(response.text()).isEqualTo(200);
        for (var member : members.split(" ")) {
            var expected = member.split("=");
            assertThat(String.valueOf(response.body().get(expected[0])))
                    .as(member)
                    .isEqualTo(expected[1]);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'limit':2,'windowSeconds':60} | 'period':'day' | period",
                "{'limit':2,'windowSeconds':60} | 'algorithm':'sliding-window','burst':2 | burst",
                "{'algorithm':'fixed-window','limit':2,'period':'day'} | 'algorithm':'gcra' | windowSeconds",
                "{'unlimited':true} | 'windowSeconds':60 | limit",
                "{'algorithm':'fixed-window','limit':2,'period':'day'} | 'startsOn':'2024-02-01' | startsOn",
                "{'limit':2,'windowSeconds':60} | 'limit':-1 | limit",
                "{'limit':2,'windowSeconds':60} | 'cost':1 | cost",
                "{'limit':2,'windowSeconds':60} | 'shadow':'yes','whenDown':'up' | shadow whenDown",
                "{'limit':2,'windowSeconds':60} | 'policy':'x','limit':5,'burst':5,'shadow':true,'unlimited':false,'whenDown':'open' | limit burst shadow unlimited whenDown",
                "{'limit':2,'windowSeconds':60} | 'limit':5,'expiresInSeconds':0,'label':'' | expiresInSeconds label",
                "{'limit':2,'windowSeconds':60} | 'limit':5,'expiresInSeconds':315360001,'policy':'a b' | expiresInSeconds policy",
            })
    void rejectsAnInvalidOverride(String policy, String override, String fields) {
        put(policy);

        var response = override("{'subject':'%s'," + override + "}");

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactlyInAnyOrder((Object[]) fields.split(" "));
    }

    @Test
    void deletesAnOverrideWithItsPolicy() {
        Caller.assertProblem(override("{'subject':'%s','limit':5}"), 404, "no-such-policy");
        assertThat(deleteOverride().status()).isEqualTo(204);
        put("{'limit':2,'windowSeconds':60}");
        override("{'subject':'%s','limit':5}");

        assertThat(delete().status()).isEqualTo(204);
        put("{'limit':2,'windowSeconds':60}");

        assertThat(check("{'policy':'%s','subject':'%s'}").list("limits").getFirst())
                .containsEntry("limit", 2);
    }

    @Test
    void appliesTheLimitOfAnotherPolicyUntilTheOverrideEnds() {
        put("{'limit':2,'windowSeconds':86400}");
        check("{'policy':'%s','subject':'%s'}");
        caller.call("PUT", "/v1/rate-limits/policies/pro", json("{'limit':100,'windowSeconds':86400}"));

        var before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var response = override("{'subject':'%s','policy':'pro','expiresInSeconds':2,'label':'a trial'}");

        assertThat(response.status()).as(response.text()).isEqualTo(200);
        assertThat(response.body())
                .containsOnlyKeys("name", "subject", "subjectTag", "policy", "label", "expiresAt")
                .containsEntry("name", policy)
                .containsEntry("subject", subject)
                .containsEntry("subjectTag", HashTag.of(subject))
                .containsEntry("policy", "pro")
                .containsEntry("label", "a trial");
        assertThat(Instant.parse((String) response.body().get("expiresAt")))
                .isBetween(before.plusSeconds(2), Instant.now().plusSeconds(2));
        assertThat(check("{'policy':'%s','subject':'%s'}").list("limits").getFirst())
                .as("the used unit stays used")
                .containsEntry("policy", policy)
                .containsEntry("limit", 100)
                .containsEntry("remaining", 98);
        assertThat(overrides("{}").list("overrides"))
                .containsExactly(Map.of(
                        "name",
                        policy,
                        "subjectTag",
                        HashTag.of(subject),
                        "policy",
                        "pro",
                        "label",
                        "a trial",
                        "expiresAt",
                        response.body().get("expiresAt")));

        await().until(() -> check("{'policy':'%s','subject':'%s','cost':0}")
                .list("limits")
                .getFirst()
                .get("limit")
                .equals(2));
        assertThat(Instant.now())
                .isAfterOrEqualTo(Instant.parse((String) response.body().get("expiresAt")));
        assertThat(overrides("{}").list("overrides")).isEmpty();
    }

    @Test
    void rejectsAnUnknownPolicyInAnOverride() {
        put("{'limit':2,'windowSeconds':60}");

        for (var other : List.of("unknown", "..")) {
            var response = override("{'subject':'%s','policy':'" + other + "'}");

            Caller.assertProblem(response, 400, "invalid-request");
            assertThat(response.list("errors"))
                    .extracting(error -> error.get("field"))
                    .containsExactly("policy");
        }
    }

    @Test
    void listsOverridesInPages() {
        Caller.assertProblem(overrides("{}"), 404, "no-such-policy");
        put("{'limit':2,'windowSeconds':60}");
        assertThat(overrides("{}").body()).isEqualTo(expected(List.of(), null));
        for (int n = 0; n < 101; n++) {
            subject = "s" + n;
            override("{'subject':'%s','limit':" + (n + 3) + "}");
        }

        var first = overrides("{}");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(first.list("overrides")).hasSize(100);
        assertThat(first.body())
                .containsEntry("next", first.list("overrides").getLast().get("subjectTag"));
        var second = overrides("{'after':'" + first.body().get("next") + "'}");
        assertThat(second.list("overrides")).hasSize(1);
        assertThat(second.body()).containsEntry("next", null);
        assertThat(second.list("overrides").getFirst())
                .containsEntry("algorithm", "gcra")
                .containsEntry("windowSeconds", 60)
                .containsKeys("limit", "burst", "whenDown")
                .doesNotContainKeys("subject", "label", "expiresAt", "policy");
        Caller.assertProblem(overrides("{'after':'no tag'}"), 400, "invalid-request");
    }

    private static Map<String, Object> expected(List<?> overrides, Object next) {
        var body = new HashMap<String, Object>();
        body.put("overrides", overrides);
        body.put("next", next);
        return body;
    }

    private CallerResponse overrides(String body) {
        return caller.post(path("/overrides/list"), json(body));
    }

    @Test
    void requiresTheSubjectOrItsTagToDeleteAnOverride() {
        Caller.assertProblem(caller.send(caller.request(path("/overrides")).DELETE()), 400, "invalid-request");
        var tag = HashTag.of(subject);
        for (var body : List.of(
                "{}", "{'subject':'a','subjectTag':'" + tag + "'}", "{'subjectTag':'x'}", "{'subject':'\\ud800'}")) {
            Caller.assertProblem(deleteOverride(body), 400, "invalid-request");
        }
    }

    @Test
    void deletesAnOverrideByTheTagOfItsSubject() {
        put("{'limit':3,'windowSeconds':60}");
        var tag = (String) override("{'subject':'%s','limit':5}").body().get("subjectTag");

        for (int time = 0; time < 2; time++) {
            assertThat(deleteOverride("{'subjectTag':'" + tag + "'}").status()).isEqualTo(204);
        }

        assertThat(check("{'policy':'%s','subject':'%s'}").list("limits").getFirst())
                .containsEntry("limit", 3);
    }

    private CallerResponse deleteOverride(String body) {
        return caller.call("DELETE", path("/overrides"), body.replace('\'', '"'));
    }
}

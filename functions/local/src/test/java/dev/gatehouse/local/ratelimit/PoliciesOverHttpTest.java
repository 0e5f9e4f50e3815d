// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests policies over HTTP, with and without Redis. */
class PoliciesOverHttpTest extends PolicyApi {

    @Test
    void storesAPolicyWithItsDefaults() {
        var put = put("{'limit':3,'windowSeconds':60}");

        assertThat(put.status()).isEqualTo(200);
        assertThat(put.body())
                .isEqualTo(Map.of(
                        "name",
                        policy,
                        "source",
                        "stored",
                        "algorithm",
                        "gcra",
                        "limit",
                        3,
                        "windowSeconds",
                        60,
                        "burst",
                        3,
                        "shadow",
                        false,
                        "unlimited",
                        false,
                        "whenDown",
                        "local"));
        assertThat(put.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(get().status()).isEqualTo(200);
        assertThat(get().body()).isEqualTo(put.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'limit':3,'windowSeconds':60,'burst':9,'shadow':true,'whenDown':'closed'} | algorithm=gcra burst=9 shadow=true whenDown=closed",
                "{'limit':0,'windowSeconds':60} | limit=0 burst=0",
                "{'algorithm':'sliding-window','limit':3,'windowSeconds':60} | algorithm=sliding-window windowSeconds=60 burst=null",
                "{'algorithm':'fixed-window','limit':3,'windowSeconds':60,'whenDown':'open'} | windowSeconds=60 period=null whenDown=open",
                "{'algorithm':'fixed-window','limit':3,'period':'hour'} | period=hour timeZone=UTC windowSeconds=null",
                "{'algorithm':'fixed-window','limit':3,'period':'month','timeZone':'Europe/Berlin'} | period=month timeZone=Europe/Berlin",
                "{'algorithm':'fixed-window','limit':3,'period':'week'} | period=week startsOn=null",
                "{'algorithm':'fixed-window','limit':3,'period':'year','startsOn':'2024-02-29'} | period=year startsOn=2024-02-29",
                "{'limit':3,'windowSeconds':60,'blockSeconds':900} | blockSeconds=900",
                "{'limit':3,'windowSeconds':60,'blockSeconds':0} | blockSeconds=null",
                "{'unlimited':true,'blockSeconds':900,'limit':3,'windowSeconds':60} | unlimited=true blockSeconds=null",
                "{'unlimited':true} | unlimited=true limit=null algorithm=null",
                "{'unlimited':true,'limit':3,'windowSeconds':60} | unlimited=true limit=null windowSeconds=null",
                "{'unlimited':false,'limit':3,'windowSeconds':60} | unlimited=false limit=3",
            })
    void storesEveryKindOfPolicy(String body, String members) {
        var put = put(body);

        assertThat(put.status()).as(put.text()).isEqualTo(200);
        for (var member : members.split(" ")) {
            var expected = member.split("=");
            assertThat(String.valueOf(put.body().get(expected[0]))).as(member).isEqualTo(expected[1]);
        }
        assertThat(get().body()).isEqualTo(put.body());
    }

    @Test
    void checksByTheNameOfAPolicy() {
        put("{'limit':2,'windowSeconds':86400}");

        var reply = check("{'policy':'%s','subject':'%s'}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.list("limits").getFirst())
                .containsEntry("policy", policy)
                .containsEntry("subject", subject)
                .containsEntry("limit", 2)
                .containsEntry("remaining", 1);
        assertThat(reply.header("RateLimit-Policy")).isEqualTo("\"" + policy + "\";q=2;w=86400");
        assertThat(check("{'policy':'%s','subject':'%s','cost':2}").status()).isEqualTo(429);
    }

    @Test
    void checksPoliciesAndInlineLimitsTogether() {
        put("{'limit':1,'windowSeconds':86400}");
        var both = "{'policy':'%s','subject':'%s'},{'name':'inline','subject':'s','limit':5,'windowSeconds':86400}";
        check(both);

        var reply = check(both);

        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.body()).containsEntry("violated-policies", List.of(policy));
        assertThat(reply.list("limits").get(1)).as("nothing was charged").containsEntry("remaining", 4);
    }

    @Test
    void reportsAnUnknownPolicyAndChargesNothing() {
        var inline = "{'name':'before','subject':'%s','limit':5,'windowSeconds':86400}".formatted(subject);
        var reply = check(inline + ",{'policy':'%s','subject':'%s'}");

        Caller.assertProblem(reply, 400, "invalid-request");
        assertThat(reply.list("errors"))
                .containsExactly(Map.of("field", "limits[1].policy", "message", "is not a known policy"));
        assertThat(check(inline).list("limits").getFirst()).containsEntry("remaining", 4);
    }

    @Test
    void rejectsARepeatedPolicyAndSubject() {
        put("{'limit':1,'windowSeconds':86400}");

        var reply = check("{'policy':'%1$s','subject':'%2$s'},{'policy':'%1$s','subject':'%2$s'}");

        Caller.assertProblem(reply, 400, "invalid-request");
    }

    @Test
    void reportsTheDenialsOfAShadowPolicyWithoutDenying() {
        put("{'limit':1,'windowSeconds':86400,'shadow':true}");

        assertThat(check("{'policy':'%s','subject':'%s'}").list("limits").getFirst())
                .containsEntry("wouldDeny", false);
        var reply = check("{'policy':'%s','subject':'%s'}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).containsEntry("allowed", true);
        assertThat(reply.list("limits").getFirst())
                .containsEntry("allowed", true)
                .containsEntry("wouldDeny", true)
                .containsEntry("remaining", 0);
        assertThat((int) reply.list("limits").getFirst().get("retryAfterMillis"))
                .isPositive();
        assertThat(reply.header("Retry-After")).isNull();
    }

    @Test
    void admitsEverythingByAnUnlimitedPolicy() {
        put("{'unlimited':true}");

        var reply = check("{'policy':'%s','subject':'%s','cost':1000000000}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.list("limits").getFirst())
                .containsEntry("limit", null)
                .containsEntry("remaining", null)
                .containsEntry("retryAfterMillis", 0)
                .containsEntry("resetAfterMillis", 0);
    }

    @Test
    void appliesItsOwnChangesAtOnce() {
        put("{'limit':1,'windowSeconds':86400}");
        check("{'policy':'%s','subject':'%s'}");
        assertThat(check("{'policy':'%s','subject':'%s'}").status()).isEqualTo(429);

        put("{'limit':10,'windowSeconds':86400}");

        assertThat(check("{'policy':'%s','subject':'%s','cost':0}")
                        .list("limits")
                        .getFirst())
                .containsEntry("limit", 10);
        delete();
        assertThat(check("{'policy':'%s','subject':'%s'}").status()).isEqualTo(400);
    }

    @Test
    void appliesChangesOfOtherProcessesWithinTenSeconds() throws IOException {
        put("{'limit':1,'windowSeconds':86400}");
        try (var elsewhere = server(Map.of("REDIS_URL", redis.url()))) {
            var there = TestServer.caller(elsewhere);
            var look = body("{'policy':'%s','subject':'%s','cost':0}");
            assertThat(there.check(look).list("limits").getFirst()).containsEntry("limit", 1);

            put("{'limit':7,'windowSeconds':86400}");

            await().atMost(Duration.ofSeconds(10)).until(() -> there.check(look)
                    .list("limits")
                    .getFirst()
                    .get("limit")
                    .equals(7));
        }
    }

    @Test
    void resolvesNamesWithoutARoundTrip() {
        put("{'limit':1000,'windowSeconds':86400}");
        check("{'policy':'%s','subject':'%s'}");
        long before = redis.calls("evalsha");

        for (int i = 0; i < 50; i++) {
            check("{'policy':'%s','subject':'%s'}");
        }

        assertThat(redis.calls("evalsha") - before)
                .as("one for each check, and those that refresh the policies")
                .isBetween(50L, 55L);
    }

    @Test
    void correctsByTheNameOfAPolicy() {
        put("{'limit':10,'windowSeconds':86400}");
        check("{'policy':'%s','subject':'%s','cost':10}");

        var refunded = caller.post("/v1/rate-limits/refund", body("{'policy':'%s','subject':'%s','cost':4}"));
        assertThat(refunded.list("limits").getFirst())
                .containsEntry("policy", policy)
                .containsEntry("remaining", 4);
        var settled =
                caller.post("/v1/rate-limits/settle", json("{'policy':'%s','subject':'%s','reserved':6,'actual':8}"));
        assertThat(settled.list("limits").getFirst()).containsEntry("remaining", 2);
        assertThat(caller.post("/v1/rate-limits/reset", json("{'policy':'%s','subject':'%s'}"))
                        .status())
                .isEqualTo(204);
        assertThat(check("{'policy':'%s','subject':'%s','cost':0}")
                        .list("limits")
                        .getFirst())
                .containsEntry("remaining", 10);
    }

    @Test
    void respondsWithNotFoundToADeletedPolicy() {
        Caller.assertProblem(get(), 404, "no-such-policy");
        for (int time = 0; time < 2; time++) {
            assertThat(delete().status()).isEqualTo(204);
        }
        policy = "no%20name";
        Caller.assertProblem(get(), 404, "no-such-policy");
        assertThat(delete().status()).isEqualTo(204);
        assertThat(deleteOverride().status()).isEqualTo(204);
        Caller.assertProblem(override("{'subject':'%s','limit':5}"), 404, "no-such-policy");
        var reply = put("{'limit':2,'windowSeconds':60}");
        Caller.assertProblem(reply, 400, "invalid-request");
        assertThat(reply.list("errors")).extracting(error -> error.get("field")).containsExactly("name");
    }

    @Test
    void respondsWithNotFoundToAnInvalidName() {
        for (var name : List.of("a%2Fb", "%00", "%C3%BC", "a".repeat(65), "..%2f..")) {
            policy = name;
            Caller.assertProblem(get(), 404, "no-such-policy");
        }
    }

    @Test
    void rejectsPoliciesThatClientsCannotReach() {
        for (var name : List.of("%2E", "%2e%2E")) {
            policy = name;
            var response = put("{'limit':2,'windowSeconds':60}");
            Caller.assertProblem(response, 400, "invalid-request");
            assertThat(response.list("errors"))
                    .extracting(error -> error.get("field"))
                    .containsExactly("name");
            Caller.assertProblem(get(), 404, "no-such-policy");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, ''", "PUT, ''", "DELETE, ''", "PUT, /overrides", "DELETE, /overrides"})
    void requiresAKey(String method, String more) {
        var reply = caller.send(caller.anonymous(path(more))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString("{}")));

        Caller.assertProblem(reply, 401, "unauthenticated");
    }

    @Test
    void separatesTenants() {
        put("{'limit':2,'windowSeconds':60}");
        var other = TestServer.otherCaller(server);

        assertThat(other.send(other.request(path("")).GET()).status()).isEqualTo(404);
        assertThat(other.check(body("{'policy':'%s','subject':'%s'}")).status()).isEqualTo(400);
        assertThat(other.send(other.request(path("")).DELETE()).status()).isEqualTo(204);
        assertThat(get().status()).isEqualTo(200);
    }

    @Test
    void appliesCachedPoliciesWithoutRedis() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(Map.of("REDIS_URL", gone.url()))) {
            var there = TestServer.caller(alone);
            there.call("PUT", path(""), json("{'limit':2,'windowSeconds':86400}"));
            assertThat(there.check(body("{'policy':'%s','subject':'%s'}")).status())
                    .isEqualTo(200);
            gone.kill();

            var reply = there.check(body("{'policy':'%s','subject':'%s'}"));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).containsEntry("degraded", true);
            assertThat(reply.list("limits").getFirst()).containsEntry("limit", 2);
            var list = there.send(there.request("/v1/rate-limits/policies").GET());
            assertThat(list.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(list.list("policies"))
                    .extracting(listed -> listed.get("name"))
                    .containsExactly(policy);
            for (var failed : List.of(
                    there.call("PUT", path(""), json("{'limit':2,'windowSeconds':60}")),
                    there.send(there.request(path("")).GET()),
                    there.send(there.request(path("")).DELETE()),
                    there.call("PUT", path("/overrides"), json("{'subject':'s','limit':2}")),
                    there.call("DELETE", path("/overrides"), json("{'subject':'s'}")))) {
                Caller.assertProblem(failed, 503, "store-unavailable");
                assertThat(failed.header("Retry-After")).isEqualTo("1");
                assertThat((String) failed.body().get("detail")).contains("safe to repeat");
            }
        }
    }

    @Test
    void isUnavailableByNameIfRedisWasNeverReachable() throws IOException {
        try (var gone = RedisProcess.start()) {
            gone.stop();
            try (var alone = server(Map.of("REDIS_URL", gone.url()))) {
                var there = TestServer.caller(alone);

                var reply = there.check(body("{'policy':'%s','subject':'%s'}"));

                Caller.assertProblem(reply, 503, "store-unavailable");
                assertThat((String) reply.body().get("detail")).contains("Nothing was changed");
            }
        }
    }

    @Test
    void keepsPoliciesInMemoryIfRedisIsDisabled() throws IOException {
        try (var alone = server(Map.of("ENABLE_REDIS", "false"))) {
            var there = TestServer.caller(alone);
            there.call("PUT", path(""), json("{'limit':1,'windowSeconds':60}"));

            var reply = there.check(body("{'policy':'%s','subject':'%s'}"));

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).containsEntry("degraded", true);
            assertThat(there.send(there.request(path("")).GET()).header("Gatehouse-Source"))
                    .isEqualTo("local");
        }
    }

    @Test
    void storesAtMostAThousandPoliciesOfATenant() throws IOException {
        try (var alone = server(Map.of("ENABLE_REDIS", "false"))) {
            var there = TestServer.caller(alone);
            var limit = "{\"limit\":1,\"windowSeconds\":60}";
            for (int i = 0; i < 1_000; i++) {
                assertThat(there.call("PUT", "/v1/rate-limits/policies/p" + i, limit)
                                .status())
                        .isEqualTo(200);
            }

            Caller.assertProblem(there.call("PUT", path(""), limit), 409, "too-many-policies");
            assertThat(there.call("PUT", "/v1/rate-limits/policies/p0", limit).status())
                    .isEqualTo(200);
        }
    }
}

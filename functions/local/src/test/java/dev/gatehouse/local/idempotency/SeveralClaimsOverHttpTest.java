// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several claims in one request. */
class SeveralClaimsOverHttpTest extends IdempotencyApi {

    private static CallerResponse claimAll(Caller caller, String claims) {
        return caller.post(CLAIM, json("{'claims':[" + claims.replace(" ", ",") + "]}"));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> results(CallerResponse response) {
        return (List<Map<String, Object>>) response.body().get("results");
    }

    private String entry(String suffix, String more) {
        return "{'key':'" + key + suffix + "'" + more + "}";
    }

    private String entry(String suffix) {
        return entry(suffix, "");
    }

    @Test
    void eachResultHasTheStatusAndTheBodyOfItsClaimAlone() {
        var done = key + "-done";
        var owner = owner(caller.post(CLAIM, json("{'key':'" + done + "'}")));
        caller.post(COMPLETE, json("{'key':'" + done + "','owner':'" + owner + "','response':" + RESPONSE + "}"));
        var inFlight = caller.post(CLAIM, json("{'key':'" + key + "-busy','leaseMillis':60000,'fingerprint':'f'}"));

        var response = claimAll(
                caller,
                String.join(
                        " ",
                        entry("-new", ",'owner':'ada'"),
                        entry("-done"),
                        entry("-busy"),
                        entry("-busy", ",'fingerprint':'g'")));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(response.header("Idempotent-Replayed")).isNull();
        var results = results(response);
        assertThat(results.get(0))
                .containsOnlyKeys("status", "outcome", "owner", "leaseExpiresAt", "expiresAt", "attempt", "degraded")
                .containsEntry("status", 201)
                .containsEntry("outcome", "claimed")
                .containsEntry("owner", "ada");
        assertThat(results.get(1))
                .containsEntry("status", 200)
                .containsEntry(
                        "response",
                        caller.post(CLAIM, json(entry("-done"))).body().get("response"));
        assertThat(results.get(2))
                .containsEntry("status", 409)
                .containsEntry("type", "urn:gatehouse:problem:idempotency-in-flight")
                .containsEntry("claimedBy", inFlight.header("X-Request-Id"))
                .containsEntry("leaseExpiresAt", inFlight.body().get("leaseExpiresAt"))
                .hasEntrySatisfying("retryAfterSeconds", seconds -> assertThat((Integer) seconds)
                        .isBetween(50, 60));
        assertThat(results.get(3))
                .containsEntry("status", 422)
                .containsEntry("type", "urn:gatehouse:problem:idempotency-key-reused")
                .doesNotContainKey("retryAfterSeconds");
        assertThat(results).hasSize(4).allSatisfy(result -> assertThat(result).containsEntry("degraded", false));
    }

    @Test
    void theFirstOfTwoClaimsOfAKeyGetsIt() {
        assertThat(results(claimAll(caller, entry("") + " " + entry("") + " " + entry("", ",'scope':'s'"))))
                .extracting(result -> result.get("status"))
                .containsExactly(201, 409, 201);
    }

    @Test
    void allClaimsAreOneFlush() throws IOException {
        try (var wire = FaultProxy.inFrontOf(redis);
                var behind = server("redis://127.0.0.1:" + wire.port(), Map.of())) {
            var caller = TestServer.caller(behind);
            var entries = IntStream.range(0, 20).mapToObj(n -> entry("-" + n)).collect(Collectors.joining(" "));
            claimAll(caller, entries);
            var before = wire.traffic();

            assertThat(results(claimAll(caller, entries))).hasSize(20);

            var traffic = wire.traffic().since(before);
            assertThat(traffic.forwarded("EVALSHA")).isEqualTo(20);
            assertThat(traffic.commandReads()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'claims':[]} | claims",
                "{'claims':{}} | claims",
                "{'claims':[7]} | claims[0]",
                "{'claims':[{'key':'a'},{}]} | claims[1].key",
                "{'claims':[{'key':''}]} | claims[0].key",
                "{'claims':[{'key':'a','leaseMillis':0,'more':1}]} | claims[0].leaseMillis claims[0].more",
                "{'claims':[{'key':'a','waitMillis':1}]} | claims[0].waitMillis",
                "{'claims':[{'key':'a'}],'waitMillis':1} | waitMillis",
                "{'claims':[{'key':'a'}],'key':'b'} | key",
                "{'claims':[{'key':'a'}],'leaseMillis':30000} | leaseMillis",
            })
    void reportsInvalidMembers(String body, String fields) {
        var response = caller.post(CLAIM, json(body));

        Caller.assertProblem(response, 400, "invalid-request");
        var errors = (List<?>) response.body().get("errors");
        assertThat(errors.stream().map(error -> (Object) ((Map<?, ?>) error).get("field")))
                .containsExactlyInAnyOrder((Object[]) fields.split(" "));
    }

    @Test
    void rejectsMoreThan20ClaimsAndAKeyInTheHeader() {
        var entries = IntStream.range(0, 21).mapToObj(n -> entry("-" + n)).collect(Collectors.joining(" "));
        Caller.assertProblem(claimAll(caller, entries), 400, "invalid-request");
        Caller.assertProblem(withKeyHeader(CLAIM, json("{'claims':[" + entry("") + "]}"), key), 400, "invalid-request");
        assertThat(claim("").status()).as("nothing was claimed").isEqualTo(201);
    }

    @Test
    void withoutRedisTheResultsHaveTheOwnersToRepeatWith() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), Map.of())) {
            var caller = TestServer.caller(alone);
            var owner = owner(caller.post(CLAIM, json("{'key':'done'}")));
            caller.post(COMPLETE, json("{'key':'done','owner':'" + owner + "','response':" + RESPONSE + "}"));
            gone.kill();

            var none = claimAll(caller, "{'key':'a'} {'key':'b','owner':'ada'}");
            Caller.assertProblem(none, 503, "store-unavailable");
            assertThat(none.header("Retry-After")).isEqualTo("1");
            assertThat(results(none)).hasSize(2).allSatisfy(result -> assertThat(result)
                    .containsEntry("status", 503)
                    .containsEntry("retryAfterSeconds", 1));
            assertThat((String) results(none).get(0).get("owner")).matches("[A-Za-z0-9_-]{22}");
            assertThat(results(none).get(1)).containsEntry("owner", "ada");

            var some = claimAll(caller, "{'key':'a'} {'key':'done'}");
            assertThat(some.status()).isEqualTo(200);
            assertThat(some.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(results(some)).extracting(result -> result.get("status")).containsExactly(503, 200);
            assertThat(results(some).get(1)).containsEntry("degraded", true);
        }
    }
}

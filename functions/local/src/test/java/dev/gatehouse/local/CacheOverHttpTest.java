// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes of the cache over HTTP. */
class CacheOverHttpTest {

    private static final String LOOKUP = "/v1/cache/lookup";
    private static final String FILL = "/v1/cache/fill";
    private static final String RELEASE = "/v1/cache/release";
    private static final String PUT = "/v1/cache/put";
    private static final String INVALIDATE = "/v1/cache/invalidate";

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private final String key = UUID.randomUUID().toString();

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
    void oneCallerLoadsAMissingValueAndTheOthersGetIt() {
        var missing = lookup("");
        assertThat(missing.status()).isEqualTo(200);
        assertThat(missing.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(missing.header("Cache-Control")).isEqualTo("no-store");
        assertThat(missing.body()).containsOnlyKeys("degraded", "entries").containsEntry("degraded", false);
        assertThat(entry(missing)).containsOnlyKeys("outcome", "lease").containsEntry("outcome", "missing");
        assertThat(member(missing, "lease")).containsOnlyKeys("owner", "expiresAt");
        assertThat(owner(missing)).matches("[A-Za-z0-9_-]{22}");

        var other = lookup("");
        assertThat(entry(other)).containsOnlyKeys("outcome", "loading").containsEntry("outcome", "missing");
        assertThat((Integer) member(other, "loading").get("retryAfterMillis")).isBetween(1, 10_000);
        assertThat(other.text()).doesNotContain(owner(missing));

        var filled = fill(owner(missing), "{'a':[1,null]}", "");
        assertThat(filled.status()).isEqualTo(200);
        assertThat(filled.body()).containsOnlyKeys("freshUntil", "expiresAt", "degraded");
        assertThat(fill(owner(missing), "'other'", "").body()).as("again").isEqualTo(filled.body());
        var fresh = lookup("");
        assertThat(entry(fresh))
                .containsOnlyKeys("outcome", "value", "freshUntil", "expiresAt")
                .containsEntry("outcome", "fresh")
                .containsEntry("freshUntil", filled.body().get("freshUntil"))
                .containsEntry("expiresAt", filled.body().get("expiresAt"));
        assertThat(Instant.parse((String) entry(fresh).get("freshUntil")))
                .isBefore(Instant.parse((String) entry(fresh).get("expiresAt")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "1.0",
                "1e400",
                "12345678901234567890.123",
                "-0",
                "\"\"",
                "\"gr\u00f6\u00dfe \ud83d\ude42\"",
                "[]",
                "{\"b\":1,\"a\":{\"c\":[{}]}}"
            })
    void aValueIsReturnedAsItWasWritten(String value) {
        caller.post(PUT, "{\"key\":\"%s\",\"value\":%s,\"freshSeconds\":60}".formatted(key, value));

        assertThat(lookup("").text()).contains("\"value\":" + value + ",");
    }

    @Test
    void aKeyIsAnyJsonValueInItsCanonicalForm() {
        var put = caller.post(
                PUT, json("{'key':{'model':'m','prompt':['%s',1.0,null]},'value':1,'freshSeconds':60}".formatted(key)));
        assertThat(put.status()).isEqualTo(200);

        var same = caller.post(
                LOOKUP,
                json(
                        "{'entries':[{'key':{'prompt':['%s',1e0,null],'model':'m'}},{'key':{'model':'m','prompt':['%s',1]}}]}"
                                .formatted(key, key)));
        assertThat(same.list("entries"))
                .extracting(entry -> entry.get("outcome"))
                .containsExactly("fresh", "missing");
    }

    @Test
    void aLookupWithoutALeaseOnlyLooks() {
        assertThat(entry(lookup(",'leaseMillis':0"))).containsOnlyKeys("outcome");
        assertThat(entry(lookup(""))).containsKey("lease");
    }

    @Test
    void aRepeatedLookupOfTheSameOwnerGetsTheSameLease() {
        assertThat(owner(lookup(",'owner':'ada'"))).isEqualTo("ada");
        assertThat(owner(lookup(",'owner':'ada'"))).isEqualTo("ada");
        assertThat(entry(lookup(",'owner':'grace'"))).containsKey("loading");
    }

    @Test
    void aWaitingCallerGetsTheValueOfTheLoader() {
        var owner = owner(lookup(""));
        var waiter = CompletableFuture.supplyAsync(
                () -> caller.post(LOOKUP, json("{'entries':[{'key':'" + key + "'}],'waitMillis':20000}")));
        fill(owner, "'loaded'", "");

        assertThat(entry(waiter.join())).containsEntry("outcome", "fresh").containsEntry("value", "loaded");
    }

    @Test
    void aReleasedLeaseIsFreeUnlessHeld() {
        var owner = owner(lookup(""));
        assertThat(release(owner, "").status()).isEqualTo(204);
        assertThat(release(owner, "").status()).as("again").isEqualTo(204);
        assertThat(release("nobody", "").status()).isEqualTo(204);
        var next = owner(lookup(""));
        assertThat(release(next, ",'holdMillis':60000").status()).isEqualTo(204);
        assertThat(entry(lookup(""))).containsKey("loading");
    }

    @Test
    void aFillWithoutTheLeaseIsRejectedWithTheReason() {
        var lost = fill("nobody", "1", "");
        Caller.assertProblem(lost, 409, "lease-lost");
        assertThat(lost.body()).containsEntry("reason", "ended").containsEntry("degraded", false);
        assertThat(lost.header("Gatehouse-Source")).isEqualTo("redis");

        var owner = owner(lookup(""));
        assertThat(fill("nobody", "1", "").body()).containsEntry("reason", "taken");
        invalidate("{'keys':['" + key + "']}");
        assertThat(fill(owner, "1", "").body()).containsEntry("reason", "invalidated");
    }

    @Test
    void theMetricsCountTheOutcomesOfEachKey() {
        var before = scrape();
        var owner = owner(lookup(""));
        lookup("");
        fill("nobody", "1", "");
        fill(owner, "1", "");
        lookup("");
        lookup("");
        var after = scrape();

        var grown = new TreeMap<String, Double>();
        for (var counter : List.of("lookups", "loads", "fills")) {
            var name = "gatehouse_cache_" + counter + "_total";
            after.values(name, "outcome")
                    .forEach(outcome -> grown.put(
                            counter + " " + outcome,
                            after.value(name, Map.of("outcome", outcome))
                                    - before.value(name, Map.of("outcome", outcome))));
        }
        assertThat(grown)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "lookups fresh", 2.0,
                        "lookups stale", 0.0,
                        "lookups missing", 2.0,
                        "loads leased", 1.0,
                        "loads loading", 1.0,
                        "loads held", 0.0,
                        "fills filled", 1.0,
                        "fills taken", 1.0,
                        "fills invalidated", 0.0,
                        "fills ended", 0.0));
    }

    private static Scrape scrape() {
        return Scrape.of(caller.send(caller.anonymous("/metrics")).text());
    }

    @Test
    void invalidatesByKeyTagAndScope() {
        var scoped = ",'scope':'" + key + "'";
        caller.post(PUT, json("{'key':'a'%s,'value':1,'freshSeconds':60,'tags':['x']}".formatted(scoped)));
        caller.post(PUT, json("{'key':'b'%s,'value':2,'freshSeconds':60,'tags':['y']}".formatted(scoped)));
        caller.post(PUT, json("{'key':'c'%s,'value':3,'freshSeconds':60}".formatted(scoped)));
        assertThat(outcomes(scoped)).containsExactly("fresh", "fresh", "fresh");

        assertThat(invalidate("{'tags':['x']" + scoped + "}").status()).isEqualTo(204);
        assertThat(outcomes(scoped)).containsExactly("missing", "fresh", "fresh");
        assertThat(invalidate("{'keys':['b'],'soft':true" + scoped + "}").status())
                .isEqualTo(204);
        assertThat(outcomes(scoped)).containsExactly("missing", "stale", "fresh");
        assertThat(invalidate("{'all':true" + scoped + "}").status()).isEqualTo(204);
        assertThat(outcomes(scoped)).containsExactly("missing", "missing", "missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                LOOKUP + " | {} | entries",
                LOOKUP + " | {'entries':[]} | entries",
                LOOKUP + " | {'entries':[{}]} | entries[0].key",
                LOOKUP + " | {'entries':[{'key':null}]} | entries[0].key",
                LOOKUP + " | {'entries':[{'key':'a b'}]} | entries[0].key",
                LOOKUP + " | {'entries':[{'key':{'n':9007199254740993}}]} | entries[0].key",
                LOOKUP + " | {'entries':[{'key':['\\ud800']}]} | entries[0].key",
                LOOKUP + " | {'entries':[{'key':'a','leaseMillis':3600001}]} | entries[0].leaseMillis",
                LOOKUP + " | {'entries':[{'key':'a','scope':''}]} | entries[0].scope",
                LOOKUP + " | {'entries':[{'key':'a'}],'waitMillis':20001} | waitMillis",
                FILL + " | {'key':'a','owner':'o','freshSeconds':1} | value",
                FILL + " | {'key':'a','value':1,'freshSeconds':1} | owner",
                PUT + " | {'key':'a','value':1,'freshSeconds':0} | freshSeconds",
                PUT + " | {'key':'a','value':1,'freshSeconds':2592000,'staleSeconds':1} | staleSeconds",
                PUT + " | {'key':'a','value':1,'freshSeconds':1,'tags':['t']} | tags",
                PUT + " | {'key':[1e30],'value':1,'freshSeconds':1} | key",
                RELEASE + " | {'key':'a','owner':''} | owner",
                INVALIDATE + " | {} | keys",
                INVALIDATE + " | {'all':true} | all",
                INVALIDATE + " | {'tags':['t']} | tags",
                INVALIDATE + " | {'keys':['a b']} | key",
            })
    void anInvalidRequestIsRejected(String path, String body, String field) {
        var response = caller.post(path, json(body));

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .contains(field);
    }

    @Test
    void aValueOver200KibIsRejected() {
        var response =
                caller.post(PUT, json("{'key':'a','value':'" + "x".repeat(200 * 1024 - 1) + "','freshSeconds':1}"));

        Caller.assertProblem(response, 400, "invalid-request");
        assertThat(caller.post(PUT, json("{'key':'a','value':'" + "x".repeat(200 * 1024 - 2) + "','freshSeconds':1}"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void tenantsDoNotMeet() {
        var other = TestServer.otherCaller(server);
        caller.post(PUT, json("{'key':'" + key + "','value':1,'freshSeconds':60}"));

        assertThat(other.post(LOOKUP, json("{'entries':[{'key':'" + key + "'}]}"))
                        .list("entries")
                        .getFirst())
                .containsEntry("outcome", "missing");
    }

    @Test
    void decidesWithoutRedisByPolicy() throws IOException {
        for (var policy : List.of("local", "closed", "open")) {
            try (var gone = RedisProcess.start();
                    var alone = TestServer.start(Map.of(
                            "REDIS_URL",
                            gone.url(),
                            "REDIS_CONNECTION_TIMEOUT",
                            "500",
                            "REDIS_COMMAND_TIMEOUT",
                            "250",
                            "GATEHOUSE_CACHE_WHEN_DOWN",
                            policy))) {
                var caller = TestServer.caller(alone);
                caller.post(PUT, json("{'key':'cached','value':1,'freshSeconds':60}"));
                gone.kill();

                var cached = caller.post(LOOKUP, json("{'entries':[{'key':'cached'}]}"));
                if (policy.equals("closed")) {
                    Caller.assertProblem(cached, 503, "store-unavailable");
                    assertThat((String) cached.body().get("owner")).matches("[A-Za-z0-9_-]{22}");
                } else {
                    assertThat(cached.header("Gatehouse-Source")).isEqualTo("local");
                    assertThat(cached.body()).containsEntry("degraded", true);
                    assertThat(entry(cached)).containsEntry("outcome", policy.equals("local") ? "fresh" : "missing");
                }
                for (var response : List.of(
                        caller.post(PUT, json("{'key':'cached','value':1,'freshSeconds':60}")),
                        caller.post(INVALIDATE, json("{'keys':['cached']}")))) {
                    Caller.assertProblem(response, 503, "store-unavailable");
                    assertThat((String) response.body().get("detail")).contains("safe to repeat");
                }
            }
        }
    }

    @Test
    void failsTheStartIfThePolicyIsInvalid() {
        assertThatThrownBy(() -> TestServer.start(Map.of(
                                "REDIS_URL",
                                redis.url(),
                                "REDIS_CONNECTION_TIMEOUT",
                                "500",
                                "REDIS_COMMAND_TIMEOUT",
                                "250",
                                "GATEHOUSE_CACHE_WHEN_DOWN",
                                "never"))
                        .close())
                .hasStackTraceContaining("GATEHOUSE_CACHE_WHEN_DOWN must be local, closed or open");
    }

    private CallerResponse lookup(String more) {
        return caller.post(LOOKUP, json("{'entries':[{'key':'" + key + "'" + more + "}]}"));
    }

    private static List<Object> outcomes(String scoped) {
        var response = caller.post(
                LOOKUP,
                json(
                        "{'entries':[{'key':'a'%1$s,'leaseMillis':0},{'key':'b'%1$s,'leaseMillis':0},{'key':'c'%1$s,'leaseMillis':0}]}"
                                .formatted(scoped)));
        return response.list("entries").stream()
                .map(entry -> entry.get("outcome"))
                .toList();
    }

    private CallerResponse fill(String owner, String value, String more) {
        return caller.post(
                FILL,
                json("{'key':'%s','owner':'%s','value':%s,'freshSeconds':60,'staleSeconds':60%s}"
                        .formatted(key, owner, value, more)));
    }

    private CallerResponse release(String owner, String more) {
        return caller.post(RELEASE, json("{'key':'%s','owner':'%s'%s}".formatted(key, owner, more)));
    }

    private static CallerResponse invalidate(String body) {
        return caller.post(INVALIDATE, json(body));
    }

    private static Map<String, Object> entry(CallerResponse response) {
        return response.list("entries").getFirst();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> member(CallerResponse response, String name) {
        return (Map<String, Object>) entry(response).get(name);
    }

    private static String owner(CallerResponse response) {
        return (String) member(response, "lease").get("owner");
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}

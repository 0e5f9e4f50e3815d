// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.apikeys;

import static dev.gatehouse.local.Caller.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The routes of API keys. */
class ApiKeysOverHttpTest {

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private final String owner = "owner-" + UUID.randomUUID();

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
    void issuesAKeyAndVerifiesIt() {
        var issued = issue(",'name':'nightly','prefix':'acme_live','scopes':['b','a'],'attributes':{'n':1.50}");

        assertThat(issued.status()).as(issued.text()).isEqualTo(201);
        assertThat(issued.body()).containsOnlyKeys("key", "apiKey", "degraded").containsEntry("degraded", false);
        assertThat(key(issued)).matches("acme_live_[0-9A-Za-z]{52}");
        assertThat(apiKey(issued))
                .containsEntry("ownerId", owner)
                .containsEntry("name", "nightly")
                .containsEntry("prefix", "acme_live")
                .containsEntry("scopes", List.of("a", "b"))
                .containsEntry("expiresAt", null);
        assertThat(issued.text()).contains("\"attributes\":{\"n\":1.50}");
        var verified = verify(key(issued), ",'scopes':['a']");
        assertThat(verified.status()).as(verified.text()).isEqualTo(200);
        assertThat(verified.body())
                .containsOnlyKeys("apiKey", "limits", "degraded")
                .containsEntry("limits", List.of());
        assertThat(apiKey(verified)).isEqualTo(apiKey(issued));
        assertThat(verified.header("Gatehouse-Source")).isEqualTo("redis");
    }

    @Test
    void rejectsOtherKeysAlikeAndMissingScopes() {
        var text = key(issue(",'scopes':['a']"));
        for (var other : List.of("x", "", "x".repeat(1000), "gk_" + "0".repeat(52), text + "x", key(issue("")) + " ")) {
            var rejected = verify(other, "");
            assertProblem(rejected, 401, "key-invalid");
            assertThat(rejected.header("WWW-Authenticate")).isEqualTo("Key realm=\"gatehouse\"");
        }
        assertProblem(
                TestServer.otherCaller(server).post("/v1/api-keys/verify", json("{'key':'" + text + "'}")),
                401,
                "key-invalid");
        var missing = verify(text, ",'scopes':['a','c','b']");
        assertProblem(missing, 403, "scope-missing");
        assertThat(missing.body()).containsEntry("missing", List.of("b", "c")).containsEntry("degraded", false);
    }

    @Test
    void aWrongChecksumNeverReachesRedis() {
        var text = key(issue(""));
        verify(text, "");
        redis.cli("CONFIG", "RESETSTAT");

        for (int i = 3; i < text.length(); i++) {
            var typo = text.substring(0, i) + (text.charAt(i) == 'x' ? 'y' : 'x') + text.substring(i + 1);
            assertProblem(verify(typo, ",'limits':[{'name':'n','limit':1,'windowSeconds':60}]"), 401, "key-invalid");
        }

        assertThat(redis.calls("evalsha")).isZero();
        assertThat(redis.calls("eval")).isZero();
    }

    @Test
    void chargesTheLimitsOfTheOwnerInTheShapeOfACheck() {
        var text = key(issue(""));
        var limits = ",'limits':[{'name':'minute','limit':1,'windowSeconds':60},"
                + "{'name':'hour','limit':10,'windowSeconds':3600,'cost':2}]";
        redis.cli("CONFIG", "RESETSTAT");

        var first = verify(text, limits);
        assertThat(redis.calls("evalsha") + redis.calls("eval")).isBetween(1L, 2L);
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        assertThat(first.list("limits").getLast())
                .containsEntry("policy", "hour")
                .containsEntry("subject", owner)
                .containsEntry("allowed", true)
                .containsEntry("remaining", 8);
        assertThat(first.header("RateLimit-Policy")).contains("\"minute\";q=1;w=60");

        var denied = verify(text, limits);
        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.header("Retry-After")).isNotNull();
        assertThat(denied.body())
                .containsEntry("type", "https://iana.org/assignments/http-problem-types#quota-exceeded")
                .containsEntry("allowed", false)
                .containsEntry("violated-policies", List.of("minute"));
        assertThat(denied.list("limits")).hasSize(2);
        var check = caller.post(
                "/v1/rate-limits/check",
                json("{'limits':[{'name':'minute','subject':'" + owner + "','limit':1,'windowSeconds':60}]}"));
        assertThat(check.status()).as("the same limit").isEqualTo(429);
    }

    @Test
    void namedPoliciesAndTheirOverridesApply() {
        var text = key(issue(""));
        var name = "policy-" + UUID.randomUUID();
        var limits = ",'limits':[{'policy':'" + name + "'}]";
        var unknown = verify(text, limits);
        assertProblem(unknown, 400, "invalid-request");
        assertThat(unknown.list("errors").getFirst()).containsEntry("field", "limits[0].policy");
        caller.call("PUT", "/v1/rate-limits/policies/" + name, json("{'limit':1,'windowSeconds':60}"));
        caller.call(
                "PUT",
                "/v1/rate-limits/policies/" + name + "/overrides",
                json("{'subject':'" + owner + "','limit':5,'windowSeconds':60}"));
        assertThat(verify(text, limits).list("limits").getFirst()).containsEntry("limit", 5);
    }

    @Test
    void rotatesChangesListsAndRevokes() {
        var issued = issue(",'scopes':['a'],'expiresInSeconds':3600");
        var rotated = caller.post("/v1/api-keys/rotate", json("{'id':'" + id(issued) + "','graceSeconds':60}"));
        assertThat(rotated.status()).as(rotated.text()).isEqualTo(201);
        assertThat(key(rotated)).isNotEqualTo(key(issued));
        assertThat(verify(key(issued), "").status()).isEqualTo(200);
        assertThat(verify(key(rotated), ",'scopes':['a']").status()).isEqualTo(200);
        var listed = list();
        assertThat(listed).hasSize(2);
        assertThat(Duration.between(
                        Instant.now(), Instant.parse((String) listed.getLast().get("expiresAt"))))
                .isLessThan(Duration.ofSeconds(61));

        var patched = caller.call(
                "PATCH",
                "/v1/api-keys/" + id(rotated),
                json("{'name':'new','scopes':['b'],'attributes':{'x':1},'expiresInSeconds':null}"));
        assertThat(patched.status()).as(patched.text()).isEqualTo(200);
        assertThat(apiKey(patched))
                .containsEntry("name", "new")
                .containsEntry("scopes", List.of("b"))
                .containsEntry("attributes", Map.of("x", 1))
                .containsEntry("expiresAt", null);

        assertThat(delete(id(rotated)).status()).isEqualTo(204);
        assertThat(delete(id(rotated)).status()).as("again").isEqualTo(204);
        assertProblem(verify(key(rotated), ""), 401, "key-invalid");
        for (var id : List.of(id(rotated), "AAAAAAAAAAAA.AAAAAAAAAAAAAAAA", "x")) {
            assertProblem(caller.call("PATCH", "/v1/api-keys/" + id, "{}"), 404, "key-unknown");
            assertProblem(caller.post("/v1/api-keys/rotate", json("{'id':'" + id + "'}")), 404, "key-unknown");
        }
        assertThat(list()).hasSize(1);
    }

    @Test
    void importsADigest() throws GeneralSecurityException {
        var text = "sk_live_" + owner;
        var digest = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        assertProblem(verify(text, ""), 401, "key-invalid");

        var imported = issue(",'digest':'" + digest + "'");

        assertThat(imported.status()).as(imported.text()).isEqualTo(201);
        assertThat(imported.body()).containsEntry("key", null);
        assertThat(apiKey(imported)).containsEntry("prefix", null);
        assertThat(verify(text, ",'limits':[{'name':'n','limit':1,'windowSeconds':60}]")
                        .status())
                .isEqualTo(200);
        assertProblem(
                caller.post("/v1/api-keys", json("{'ownerId':'another','digest':'" + digest + "'}")),
                409,
                "key-exists");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|{}|ownerId",
                "''|{'ownerId':'o','prefix':'Gk'}|prefix",
                "''|{'ownerId':'o','scopes':['a b']}|scopes",
                "''|{'ownerId':'o','attributes':[]}|attributes",
                "''|{'ownerId':'o','expiresInSeconds':0}|expiresInSeconds",
                "''|{'ownerId':'o','digest':'abc'}|digest",
                "/verify|{}|key",
                "/verify|{'key':'k','limits':[{}]}|limits[0].name",
                "/verify|{'key':'k','limits':[{'name':'n','limit':1,'windowSeconds':1,'subject':'s'}]}|limits[0].subject",
                "/rotate|{'id':'x','graceSeconds':-1}|graceSeconds",
                "/list|{}|ownerId"
            })
    void aMalformedRequestNamesItsFault(String path, String body, String field) {
        var response = caller.post("/v1/api-keys" + path, json(body));
        assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors"))
                .anySatisfy(error -> assertThat(error).containsEntry("field", field));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{'name':''}|name", "{'name':7}|name", "{'expiresInSeconds':1.5}|expiresInSeconds"})
    void aMalformedPatchNamesItsFault(String body, String field) {
        var response = caller.call("PATCH", "/v1/api-keys/x", json(body));
        assertProblem(response, 400, "invalid-request");
        assertThat(response.list("errors").getFirst()).containsEntry("field", field);
    }

    @Test
    void neitherLogsNorMetricsShowAKeyOrItsOwner() {
        try (var log = LogCapture.record()) {
            var text = key(issue(""));
            verify(text, ",'limits':[{'name':'n','limit':1,'windowSeconds':60}]");
            verify(text + "x", "");
            delete(id(issue("")));
            var metrics = caller.send(caller.request("/metrics").GET()).text();

            assertThat(metrics).contains("/v1/api-keys/verify");
            assertThat(log.text()).contains("api-key.issue", "api-key.revoke");
            assertThat(log.text() + metrics).doesNotContain(text, text.substring(20, 40), owner);
        }
    }

    @Test
    void withoutRedisAVerifiedKeyIsFoundInMemoryAndTheRestIsUnavailable() throws IOException {
        try (var other = RedisProcess.start();
                var degraded = TestServer.start("REDIS_URL", other.url())) {
            var its = TestServer.caller(degraded);
            var issued = its.post("/v1/api-keys", json("{'ownerId':'" + owner + "'}"));
            var body = json("{'key':'" + key(issued) + "','limits':[{'name':'n','limit':9,'windowSeconds':60}]}");
            assertThat(its.post("/v1/api-keys/verify", body).status()).isEqualTo(200);
            other.stop();

            var verified = its.post("/v1/api-keys/verify", body);
            assertThat(verified.status()).as(verified.text()).isEqualTo(200);
            assertThat(verified.body()).containsEntry("degraded", true);
            assertThat(verified.header("Gatehouse-Source")).isEqualTo("local");
            assertProblem(its.post("/v1/api-keys", json("{'ownerId':'o'}")), 503, "store-unavailable");
            assertProblem(
                    its.post("/v1/api-keys/rotate", json("{'id':'" + id(issued) + "'}")), 503, "store-unavailable");
            assertProblem(its.call("DELETE", "/v1/api-keys/" + id(issued), ""), 503, "store-unavailable");
        }
    }

    @Test
    void withoutRedisByChoiceKeysAreStoredInMemory() throws IOException {
        try (var local = TestServer.start("ENABLE_REDIS", "false")) {
            var its = TestServer.caller(local);
            var issued = its.post("/v1/api-keys", json("{'ownerId':'" + owner + "'}"));
            assertThat(issued.body()).containsEntry("degraded", true);
            var verified = its.post("/v1/api-keys/verify", json("{'key':'" + key(issued) + "'}"));
            assertThat(verified.status()).isEqualTo(200);
        }
    }

    private CallerResponse issue(String members) {
        return caller.post("/v1/api-keys", json("{'ownerId':'" + owner + "'" + members + "}"));
    }

    private static CallerResponse verify(String key, String members) {
        return caller.post("/v1/api-keys/verify", json("{'key':'" + key + "'" + members + "}"));
    }

    private static CallerResponse delete(String id) {
        return caller.send(caller.request("/v1/api-keys/" + id).DELETE());
    }

    private List<Map<String, Object>> list() {
        return caller.post("/v1/api-keys/list", json("{'ownerId':'" + owner + "'}"))
                .list("apiKeys");
    }

    private static String key(CallerResponse response) {
        return (String) response.body().get("key");
    }

    private static String id(CallerResponse response) {
        return (String) apiKey(response).get("id");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> apiKey(CallerResponse response) {
        return (Map<String, Object>) response.body().get("apiKey");
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}

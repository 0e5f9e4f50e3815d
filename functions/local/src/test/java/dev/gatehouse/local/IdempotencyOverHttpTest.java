package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller.Told;
import dev.gatehouse.testkit.proxy.FaultProxy;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyOverHttpTest {

    private static final String CLAIM = "/v1/idempotency/claims";
    private static final String COMPLETE = CLAIM + "/complete";
    private static final String RELEASE = CLAIM + "/release";
    private static final String EXTEND = CLAIM + "/extend";
    private static final String INSPECT = CLAIM + "/inspect";
    private static final String INVALIDATE = CLAIM + "/invalidate";
    private static final DemoKey KEY = new DemoKey("k");
    private static final String RESPONSE =
            "{'status':201,'headers':{'Content-Type':'application/json','X-Twice':['1','2']},'body':'{\\'id\\':7}'}";

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private String key;

    @BeforeAll
    static void startTheServer() throws IOException {
        redis = RedisProcess.start();
        // Many at once on a busy machine take longer than a decision may by default.
        var patience = Map.of("REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000");
        server = server(redis.url(), patience);
        caller = new Caller(server.port(), KEY.value());
    }

    private static Server server(String redisUrl, Map<String, String> more) throws IOException {
        var environment = new HashMap<>(Map.of(
                "MICRONAUT_SERVER_PORT",
                "-1",
                "REDIS_URL",
                redisUrl,
                "GATEHOUSE_API_KEYS",
                KEY.setting() + " " + new DemoKey("other").setting().replace("demo=", "other=")));
        environment.putAll(more);
        return Server.start(environment);
    }

    @AfterAll
    static void stopIt() {
        server.close();
        redis.close();
    }

    @BeforeEach
    void somethingNew() {
        key = UUID.randomUUID().toString();
    }

    @AfterEach
    void noKeyLivesForEver() {
        for (var key : (List<?>) redis.cli("KEYS", "*")) {
            assertThat((Long) redis.cli("PTTL", (String) key)).as("%s", key).isNotEqualTo(-1);
        }
    }

    @Test
    void theFirstToClaimGetsTheWork() {
        var before = Instant.now();

        var told = claim("");

        assertThat(told.status()).isEqualTo(201);
        assertThat(told.body().keySet())
                .containsExactlyInAnyOrder("outcome", "owner", "leaseExpiresAt", "expiresAt", "attempt", "degraded");
        assertThat(told.body())
                .containsEntry("outcome", "claimed")
                .containsEntry("attempt", 1)
                .containsEntry("degraded", false);
        assertThat(owner(told)).matches("[A-Za-z0-9_-]{22}");
        assertThat(instant(told, "leaseExpiresAt"))
                .isBetween(before.plusMillis(29_998), Instant.now().plusMillis(30_000));
        assertThat(instant(told, "expiresAt"))
                .isBetween(before.plusSeconds(86_399), Instant.now().plusSeconds(86_400));
        assertThat(told.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(told.header("Cache-Control")).isEqualTo("no-store");
        assertThat(told.header("Idempotent-Replayed")).isNull();
    }

    @Test
    void theOthersAreToldThatItIsInFlightAndByWhom() {
        var first = claim(",'leaseMillis':60000");

        var told = claim("");

        CommonContractTest.assertProblem(told, 409, "idempotency-in-flight");
        assertThat(Integer.parseInt(told.header("Retry-After"))).isBetween(50, 60);
        assertThat(told.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(told.body())
                .containsEntry("degraded", false)
                .containsEntry("leaseExpiresAt", first.body().get("leaseExpiresAt"))
                .containsEntry("claimedBy", first.header("X-Request-Id"));
        assertThat(instant(told, "claimedAt")).isBefore(instant(told, "leaseExpiresAt"));
        assertThat(told.text()).doesNotContain(owner(first));
    }

    @Test
    void theOwnerThatAsksAgainIsToldTheSame() {
        var first = claim("");
        var again = claim(",'owner':'" + owner(first) + "'");
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(claim(",'owner':'somebody-else'").status()).isEqualTo(409);
    }

    @Test
    void theResultIsToldToAllAfterwards() {
        var owner = owner(claim(""));
        var completed = complete(owner, RESPONSE);
        assertThat(completed.status()).isEqualTo(200);
        assertThat(completed.body().keySet())
                .containsExactlyInAnyOrder("outcome", "completedAt", "expiresAt", "degraded");
        assertThat(completed.body()).containsEntry("outcome", "completed").containsEntry("degraded", false);
        assertThat(complete(owner, RESPONSE).body()).as("again").isEqualTo(completed.body());

        var replayed = claim("");

        assertThat(replayed.status()).isEqualTo(200);
        assertThat(replayed.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(replayed.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(replayed.body())
                .containsEntry("outcome", "completed")
                .containsEntry("completedAt", completed.body().get("completedAt"))
                .containsEntry("expiresAt", completed.body().get("expiresAt"))
                .containsEntry("degraded", false);
        assertThat(response(replayed))
                .containsEntry("status", 201)
                .containsEntry("body", "{'id':7}")
                .containsEntry("bodyEncoding", "utf8")
                .containsEntry("headers", Map.of("Content-Type", "application/json", "X-Twice", List.of("1", "2")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base64 | AAH+/4A=",
                "base64 | ''",
                "utf8 | grö\u00dfe \ud83d\ude42",
                "utf8 | ''",
            })
    void bodiesOfTextAndBytesAreReplayedAsTheyWereGiven(String encoding, String body) {
        complete(owner(claim("")), "{'status':200,'body':'%s','bodyEncoding':'%s'}".formatted(body, encoding));

        assertThat(response(claim("")))
                .containsEntry("body", body)
                .containsEntry("bodyEncoding", encoding)
                .containsEntry("headers", Map.of());
    }

    @Test
    void aLargeBodyIsReplayedWhole() {
        var body = "0123456789".repeat(25_000);
        assertThat(complete(owner(claim("")), "{'status':200,'body':'" + body + "'}")
                        .status())
                .isEqualTo(200);
        assertThat(response(claim(""))).containsEntry("body", body);
    }

    @Test
    void whatBelongsToOneConnectionOrCallerIsKeptOnlyWhereItIsAskedFor() {
        var headers = "{'status':200,'headers':{'Set-Cookie':['a=1','b=2'],'connection':'close, X-Hop','X-Hop':'1',"
                + "'Transfer-Encoding':'chunked','Keep-Alive':'5','Location':'/7'}}";
        complete(owner(claim("")), headers);
        assertThat(response(claim(""))).containsEntry("headers", Map.of("Location", "/7"));

        somethingNew();
        post(COMPLETE, ",'owner':'%s','keepAllHeaders':true,'response':%s".formatted(owner(claim("")), headers));
        assertThat(((Map<?, ?>) response(claim("")).get("headers")).size()).isEqualTo(6);
    }

    @Test
    void aKeyOfOtherWorkIsRefusedBeforeAnythingElseIsTold() {
        var owner = owner(claim(",'fingerprint':'sha-1'"));
        for (var _ : List.of("in flight", "completed")) {
            var told = claim(",'fingerprint':'sha-2'");
            CommonContractTest.assertProblem(told, 422, "idempotency-key-reused");
            assertThat(told.body()).containsEntry("degraded", false).doesNotContainKey("claimedBy");
            complete(owner, RESPONSE);
        }
        assertThat(claim(",'fingerprint':'sha-1'").status()).isEqualTo(200);
    }

    @Test
    void theKeyMayComeAsAHeaderBareOrQuoted() {
        var first = withKeyHeader(CLAIM, "{}", key);
        assertThat(first.status()).isEqualTo(201);
        assertThat(withKeyHeader(CLAIM, "{}", "\"" + key + "\"").status()).isEqualTo(409);
        assertThat(claim("").status()).isEqualTo(409);
        assertThat(withKeyHeader(CLAIM, "{\"key\":\"" + key + "\"}", key).status())
                .isEqualTo(409);
        assertThat(withKeyHeader(RELEASE, "{\"owner\":\"" + owner(first) + "\"}", key)
                        .status())
                .isEqualTo(204);
        assertThat(withKeyHeader(CLAIM, "{}", "\"with \\\"quotes\\\" " + key + "\"")
                        .status())
                .as("a space is not visible")
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"unended", "\"ended\"more", "\"bad\\escape\"", "\"\""})
    void aMalformedHeaderIsToldSo(String header) {
        CommonContractTest.assertProblem(withKeyHeader(CLAIM, "{}", header), 400, "invalid-request");
    }

    @Test
    void twoKeysAreNone() {
        CommonContractTest.assertProblem(withKeyHeader(CLAIM, "{\"key\":\"other\"}", key), 400, "invalid-request");
        var twice = caller.send(caller.request(CLAIM)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString("{}")));
        CommonContractTest.assertProblem(twice, 400, "invalid-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {CLAIM, INSPECT, INVALIDATE})
    void aMissingKeyHasAProblemOfItsOwn(String path) {
        CommonContractTest.assertProblem(caller.post(path, "{}"), 400, "idempotency-key-missing");
        CommonContractTest.assertProblem(caller.post(path, "{\"key\":null}"), 400, "idempotency-key-missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                " | {'key':''} | key",
                " | {'key':'größe'} | key",
                " | {'key':7} | key",
                " | {'key':'k','scope':'a b'} | scope",
                " | {'key':'k','owner':''} | owner",
                " | {'key':'k','fingerprint':'ü'} | fingerprint",
                " | {'key':'k','leaseMillis':0} | leaseMillis",
                " | {'key':'k','leaseMillis':86400001} | leaseMillis",
                " | {'key':'k','ttlSeconds':0} | ttlSeconds",
                " | {'key':'k','ttlSeconds':31536001} | ttlSeconds",
                " | {'key':'k','waitMillis':20001} | waitMillis",
                " | {'key':'k','waitMillis':-1,'leaseMillis':'x'} | waitMillis leaseMillis",
                " | {'key':'k','more':1} | more",
                "/complete | {'key':'k'} | owner response",
                "/complete | {'key':'k','owner':'o','response':{}} | response.status",
                "/complete | {'key':'k','owner':'o','response':[]} | response",
                "/complete | {'key':'k','owner':'o','response':{'status':99}} | response.status",
                "/complete | {'key':'k','owner':'o','response':{'status':4294967496}} | response.status",
                "/complete | {'key':'k','owner':'o','response':{'status':200,'x':1}} | response.x",
                "/complete | {'key':'k','owner':'o','response':{'status':200,'headers':{'A':1}}} | response.headers.A",
                "/complete | {'key':'k','owner':'o','response':{'status':200,'headers':{'A':['b',null]}}} | response.headers.A",
                "/complete | {'key':'k','owner':'o','response':{'status':200,'headers':{'A B':'c'}}} | response.headers",
                "/complete | {'key':'k','owner':'o','response':{'status':200,'headers':{'A':'b\\r\\nc: d'}}} | response.headers",
                "/complete | {'key':'k','owner':'o','response':{'status':200,'body':'_','bodyEncoding':'base64'}} | response.body",
                "/complete | {'key':'k','owner':'o','response':{'status':200,'bodyEncoding':'gzip'}} | response.bodyEncoding",
                "/complete | {'key':'k','owner':'o','response':{'status':200},'ttlSeconds':0} | ttlSeconds",
                "/complete | {'key':'k','owner':'o','response':{'status':200},'keepAllHeaders':1} | keepAllHeaders",
                "/release | {'key':'k'} | owner",
                "/extend | {'key':'k','owner':'o'} | leaseMillis",
                "/extend | {'key':'k','owner':'o','leaseMillis':0} | leaseMillis",
                "/inspect | {'key':'k','owner':'o'} | owner",
            })
    void everyFaultIsToldWithItsPlace(String path, String body, String fields) {
        var told = caller.post(CLAIM + (path == null ? "" : path), json(body));

        CommonContractTest.assertProblem(told, 400, "invalid-request");
        assertThat(told.list("errors")).extracting(error -> error.get("field")).containsExactlyInAnyOrder((Object[])
                fields.split(" "));
    }

    @Test
    void theKeyIsKnownForAsLongAsTheClaimSaysAndTheResultForAsLongAsTheCompletionDoes() {
        var from = Instant.now();
        var claimed = claim(",'ttlSeconds':600");
        assertThat(instant(claimed, "expiresAt"))
                .isBetween(from.plusMillis(599_998), Instant.now().plusSeconds(600));

        from = Instant.now();
        var completed =
                post(COMPLETE, ",'owner':'%s','ttlSeconds':60,'response':%s".formatted(owner(claimed), RESPONSE));

        assertThat(instant(completed, "expiresAt"))
                .isBetween(from.plusMillis(59_998), Instant.now().plusSeconds(60));
        assertThat(claim("").body()).containsEntry("expiresAt", completed.body().get("expiresAt"));
    }

    @Test
    void aReleasedKeyIsFree() {
        var owner = owner(claim(""));
        assertThat(release("somebody-else").status()).isEqualTo(409);
        assertThat(release(owner).status()).isEqualTo(204);
        assertThat(release(owner).status()).as("again").isEqualTo(204);
        assertThat(release(owner).header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(claim("").status()).isEqualTo(201);
        CommonContractTest.assertProblem(release(owner), 409, "lease-lost");
    }

    @Test
    void aLeaseIsExtended() {
        var first = claim(",'leaseMillis':1000");
        var told = post(EXTEND, ",'owner':'%s','leaseMillis':60000".formatted(owner(first)));
        assertThat(told.status()).isEqualTo(200);
        assertThat(instant(told, "leaseExpiresAt")).isAfter(instant(first, "leaseExpiresAt"));
        assertThat(told.body()).containsOnlyKeys("leaseExpiresAt", "degraded");
        CommonContractTest.assertProblem(
                post(EXTEND, ",'owner':'somebody-else','leaseMillis':60000"), 409, "lease-lost");
    }

    @Test
    void anOwnerThatWasTooSlowIsToldThatItHasLost() {
        var slow = owner(claim(",'leaseMillis':1"));
        var next = await().until(() -> claim(",'owner':'next'"), told -> told.status() == 201);
        assertThat(next.body()).containsEntry("attempt", 2);

        CommonContractTest.assertProblem(complete(slow, RESPONSE), 409, "lease-lost");
        CommonContractTest.assertProblem(release(slow), 409, "lease-lost");
        assertThat(complete("next", RESPONSE).status()).isEqualTo(200);
        CommonContractTest.assertProblem(release("next"), 409, "lease-lost");
    }

    @Test
    void aLeaseThatRanOutButWasTakenByNobodyStillCompletes() {
        var first = claim(",'leaseMillis':1");
        await().until(() ->
                Instant.now().isAfter(instant(first, "leaseExpiresAt").plusMillis(5)));
        assertThat(complete(owner(first), RESPONSE).status()).isEqualTo(200);
        assertThat(claim("").status()).isEqualTo(200);
    }

    @Test
    void whoWaitsIsToldTheResult() throws Exception {
        var owner = owner(claim(""));
        try (var waiters = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new ArrayList<Callable<Told>>();
            for (int n = 0; n < 5; n++) {
                waiting.add(() -> claim(",'waitMillis':8000"));
            }
            var futures = waiting.stream().map(waiters::submit).toList();
            await().pollDelay(Duration.ofMillis(200))
                    .until(() -> futures.stream().noneMatch(Future::isDone));
            complete(owner, RESPONSE);
            for (var future : futures) {
                assertThat(future.get().status()).isEqualTo(200);
                assertThat(response(future.get())).containsEntry("status", 201);
            }
        }
        somethingNew();
        claim("");
        long from = System.nanoTime();
        assertThat(claim(",'waitMillis':300").status()).isEqualTo(409);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofMillis(290));
    }

    @Test
    void of64CallersOneWinsEachRoundTheOthersGet409AndThenTheReplay() throws Exception {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 20; round++) {
                somethingNew();
                var claims = all64(callers, () -> claim(""));
                var winners =
                        claims.stream().filter(told -> told.status() == 201).toList();
                assertThat(winners).hasSize(1);
                assertThat(claims).filteredOn(told -> told.status() == 409).hasSize(63);
                complete(owner(winners.getFirst()), "{'status':200,'body':'round %d'}".formatted(round));
                var body = "round " + round;
                assertThat(all64(callers, () -> claim(""))).allSatisfy(told -> {
                    assertThat(told.status()).isEqualTo(200);
                    assertThat(response(told)).containsEntry("body", body);
                });
            }
        }
    }

    private static List<Told> all64(ExecutorService callers, Callable<Told> call) throws Exception {
        var told = new ArrayList<Told>();
        for (var future : callers.invokeAll(Collections.nCopies(64, call))) {
            told.add(future.get());
        }
        return told;
    }

    @Test
    void inspectionTellsWhatIsKnown() {
        CommonContractTest.assertProblem(post(INSPECT, ""), 404, "idempotency-key-unknown");
        var first = claim("");
        var inFlight = post(INSPECT, "");
        assertThat(inFlight.status()).isEqualTo(200);
        assertThat(inFlight.body())
                .containsOnlyKeys(
                        "state", "claimedAt", "claimedBy", "leaseExpiresAt", "attempt", "expiresAt", "degraded")
                .containsEntry("state", "in-flight")
                .containsEntry("claimedBy", first.header("X-Request-Id"));
        complete(owner(first), RESPONSE);
        var completed = post(INSPECT, "");
        assertThat(completed.body())
                .containsOnlyKeys("state", "response", "completedAt", "expiresAt", "degraded")
                .containsEntry("state", "completed");
        assertThat(response(completed)).containsEntry("body", "{'id':7}");
    }

    @Test
    void anInvalidatedKeyIsForgotten() {
        complete(owner(claim("")), RESPONSE);
        assertThat(post(INVALIDATE, "").status()).isEqualTo(204);
        assertThat(post(INVALIDATE, "").status()).as("again").isEqualTo(204);
        assertThat(claim("").status()).isEqualTo(201);
    }

    @Test
    void tenantsAndScopesAreApart() {
        claim("");
        assertThat(new Caller(server.port(), "other")
                        .post(CLAIM, json("{'key':'" + key + "'}"))
                        .status())
                .isEqualTo(201);
        assertThat(claim(",'scope':'payments'").status()).isEqualTo(201);
        assertThat(claim(",'scope':'payments'").status()).isEqualTo(409);
    }

    @Test
    void withoutRedisAClosedServerSaysSoAndTellsOnlyResultsItHasSeen() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), Map.of())) {
            var caller = new Caller(alone.port(), KEY.value());
            var owner = owner(caller.post(CLAIM, json("{'key':'done','fingerprint':'f'}")));
            caller.post(COMPLETE, json("{'key':'done','owner':'" + owner + "','response':" + RESPONSE + "}"));
            gone.kill();

            var told = caller.post(CLAIM, json("{'key':'new'}"));
            CommonContractTest.assertProblem(told, 503, "store-unavailable");
            assertThat(told.header("Retry-After")).isEqualTo("1");
            assertThat((String) told.body().get("owner")).matches("[A-Za-z0-9_-]{22}");
            for (var path : List.of(COMPLETE, RELEASE, EXTEND, INSPECT, INVALIDATE)) {
                var more =
                        switch (path) {
                            case COMPLETE -> ",'owner':'o','response':" + RESPONSE;
                            case RELEASE -> ",'owner':'o'";
                            case EXTEND -> ",'owner':'o','leaseMillis':1000";
                            default -> "";
                        };
                var refused = caller.post(path, json("{'key':'new'" + more + "}"));
                CommonContractTest.assertProblem(refused, 503, "store-unavailable");
                assertThat(refused.header("Retry-After")).isEqualTo("1");
                assertThat((String) refused.body().get("detail")).contains("safe to ask again");
            }
            var replayed = caller.post(CLAIM, json("{'key':'done','fingerprint':'f'}"));
            assertThat(replayed.status()).isEqualTo(200);
            assertThat(replayed.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(replayed.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(replayed.body()).containsEntry("degraded", true);
            assertThat(caller.post(CLAIM, json("{'key':'done','fingerprint':'g'}"))
                            .status())
                    .isEqualTo(422);
        }
    }

    @Test
    void withoutRedisAndByChoiceEachProcessDecidesAloneAndSaysSo() throws IOException {
        var local = Map.of("GATEHOUSE_IDEMPOTENCY_WHEN_DOWN", "local");
        try (var gone = RedisProcess.start();
                var one = server(gone.url(), local);
                var other = server(gone.url(), local)) {
            gone.kill();
            var first = new Caller(one.port(), KEY.value());
            var second = new Caller(other.port(), KEY.value());

            var claimed = first.post(CLAIM, json("{'key':'k'}"));
            assertThat(claimed.status()).isEqualTo(201);
            assertThat(claimed.body()).containsEntry("degraded", true);
            assertThat(claimed.header("Gatehouse-Source")).isEqualTo("local");
            assertThat(first.post(CLAIM, json("{'key':'k'}")).status()).isEqualTo(409);
            assertThat(second.post(CLAIM, json("{'key':'k'}")).status())
                    .as("only across instances is work done twice")
                    .isEqualTo(201);
            assertThat(first.post(
                                    COMPLETE,
                                    json("{'key':'k','owner':'" + owner(claimed) + "','response':" + RESPONSE + "}"))
                            .body())
                    .containsEntry("degraded", true);
            assertThat(first.post(CLAIM, json("{'key':'k'}")).status()).isEqualTo(200);
        }
    }

    @Test
    void replaysWithoutRedisCanBeTurnedOff() throws IOException {
        try (var gone = RedisProcess.start();
                var alone = server(gone.url(), Map.of("GATEHOUSE_REPLAYS_WHEN_DOWN", "closed"))) {
            var caller = new Caller(alone.port(), KEY.value());
            var owner = owner(caller.post(CLAIM, json("{'key':'done'}")));
            caller.post(COMPLETE, json("{'key':'done','owner':'" + owner + "','response':" + RESPONSE + "}"));
            gone.kill();
            assertThat(caller.post(CLAIM, json("{'key':'done'}")).status()).isEqualTo(503);
        }
    }

    @Test
    void aClaimWhoseReplyWasLostIsHadWithoutTheCallerNoticing() throws IOException {
        try (var wire = FaultProxy.inFrontOf(redis);
                var behind = server("redis://127.0.0.1:" + wire.port(), Map.of())) {
            var caller = new Caller(behind.port(), KEY.value());
            caller.post(CLAIM, json("{'key':'" + UUID.randomUUID() + "'}"));
            wire.swallowNextReplyAndReset();

            var told = caller.post(CLAIM, json("{'key':'" + key + "'}"));

            assertThat(told.status()).isEqualTo(201);
            assertThat(told.body()).containsEntry("attempt", 1);
            assertThat(claim("").status()).isEqualTo(409);
            assertThat(claim(",'owner':'" + owner(told) + "'").status()).isEqualTo(201);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GATEHOUSE_IDEMPOTENCY_WHEN_DOWN", "GATEHOUSE_REPLAYS_WHEN_DOWN"})
    void aWrongSettingEndsTheStart(String setting) {
        assertThatThrownBy(() -> server(redis.url(), Map.of(setting, "open")).close())
                .hasStackTraceContaining(setting + " must be closed or local");
    }

    @ParameterizedTest
    @ValueSource(strings = {CLAIM, COMPLETE, RELEASE, EXTEND, INSPECT, INVALIDATE})
    void aKeyIsNeeded(String path) {
        var told = caller.send(caller.anonymous(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));

        CommonContractTest.assertProblem(told, 401, "unauthenticated");
    }

    private Told claim(String more) {
        return post(CLAIM, more);
    }

    private Told complete(String owner, String response) {
        return post(COMPLETE, ",'owner':'%s','response':%s".formatted(owner, response));
    }

    private Told release(String owner) {
        return post(RELEASE, ",'owner':'" + owner + "'");
    }

    private Told post(String path, String more) {
        return caller.post(path, json("{'key':'" + key + "'" + more + "}"));
    }

    private static Told withKeyHeader(String path, String body, String header) {
        return caller.send(caller.request(path)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", header)
                .POST(BodyPublishers.ofString(body)));
    }

    /** With an escaped quote as a quote inside a text. */
    private static String json(String text) {
        return text.replace("\\'", "\u0000").replace('\'', '"').replace('\u0000', '\'');
    }

    private static String owner(Told told) {
        return (String) told.body().get("owner");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> response(Told told) {
        return (Map<String, Object>) told.body().get("response");
    }

    private static Instant instant(Told told, String member) {
        return Instant.parse((String) told.body().get(member));
    }
}

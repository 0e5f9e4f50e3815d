// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.TestServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Claims, completions, releases and extensions over HTTP. */
class IdempotencyOverHttpTest extends IdempotencyApi {

    @Test
    void grantsTheFirstClaim() {
        var before = Instant.now();

        var reply = claim("");

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.body().keySet())
                .containsExactlyInAnyOrder("outcome", "owner", "leaseExpiresAt", "expiresAt", "attempt", "degraded");
        assertThat(reply.body())
                .containsEntry("outcome", "claimed")
                .containsEntry("attempt", 1)
                .containsEntry("degraded", false);
        assertThat(owner(reply)).matches("[A-Za-z0-9_-]{22}");
        assertThat(instant(reply, "leaseExpiresAt"))
                .isBetween(before.plusMillis(29_998), Instant.now().plusMillis(30_000));
        assertThat(instant(reply, "expiresAt"))
                .isBetween(before.plusSeconds(86_399), Instant.now().plusSeconds(86_400));
        assertThat(reply.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
        assertThat(reply.header("Idempotent-Replayed")).isNull();
    }

    @Test
    void reportsAClaimInProgressAndItsOwner() {
        var first = claim(",'leaseMillis':60000");

        var reply = claim("");

        Caller.assertProblem(reply, 409, "idempotency-in-flight");
        assertThat(Integer.parseInt(reply.header("Retry-After"))).isBetween(50, 60);
        assertThat(reply.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(reply.body())
                .containsEntry("degraded", false)
                .containsEntry("leaseExpiresAt", first.body().get("leaseExpiresAt"))
                .containsEntry("claimedBy", first.header("X-Request-Id"));
        assertThat(instant(reply, "claimedAt")).isBefore(instant(reply, "leaseExpiresAt"));
        assertThat(reply.text()).doesNotContain(owner(first));
    }

    @Test
    void grantsARepeatedClaimOfTheSameOwner() {
        var first = claim("");
        var again = claim(",'owner':'" + owner(first) + "'");
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(claim(",'owner':'somebody-else'").status()).isEqualTo(409);
    }

    @Test
    void replaysTheResultAfterwards() {
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
    void replaysTextAndBytesUnchanged(String encoding, String body) {
        complete(owner(claim("")), "{'status':200,'body':'%s','bodyEncoding':'%s'}".formatted(body, encoding));

        assertThat(response(claim("")))
                .containsEntry("body", body)
                .containsEntry("bodyEncoding", encoding)
                .containsEntry("headers", Map.of());
    }

    @Test
    void replaysALargeBody() {
        var body = "0123456789".repeat(25_000);
        assertThat(complete(owner(claim("")), "{'status':200,'body':'" + body + "'}")
                        .status())
                .isEqualTo(200);
        assertThat(response(claim(""))).containsEntry("body", body);
    }

    @Test
    void storesHeadersOfAConnectionOrCallerOnlyOnRequest() {
        var headers = "{'status':200,'headers':{'Set-Cookie':['a=1','b=2'],'connection':'close, X-Hop','X-Hop':'1',"
                + "'Transfer-Encoding':'chunked','Keep-Alive':'5','Location':'/7'}}";
        complete(owner(claim("")), headers);
        assertThat(response(claim(""))).containsEntry("headers", Map.of("Location", "/7"));

        newKey();
        post(COMPLETE, ",'owner':'%s','keepAllHeaders':true,'response':%s".formatted(owner(claim("")), headers));
        assertThat(((Map<?, ?>) response(claim("")).get("headers")).size()).isEqualTo(6);
    }

    @Test
    void rejectsAnotherFingerprintFirst() {
        var owner = owner(claim(",'fingerprint':'sha-1'"));
        for (var _ : List.of("in flight", "completed")) {
            var reply = claim(",'fingerprint':'sha-2'");
            Caller.assertProblem(reply, 422, "idempotency-key-reused");
            assertThat(reply.body()).containsEntry("degraded", false).doesNotContainKey("claimedBy");
            complete(owner, RESPONSE);
        }
        assertThat(claim(",'fingerprint':'sha-1'").status()).isEqualTo(200);
    }

    @Test
    void readsTheKeyFromAHeaderBareOrQuoted() {
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
    void reportsAMalformedHeader(String header) {
        Caller.assertProblem(withKeyHeader(CLAIM, "{}", header), 400, "invalid-request");
    }

    @Test
    void rejectsTwoKeys() {
        Caller.assertProblem(withKeyHeader(CLAIM, "{\"key\":\"other\"}", key), 400, "invalid-request");
        var twice = caller.send(caller.request(CLAIM)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString("{}")));
        Caller.assertProblem(twice, 400, "invalid-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {CLAIM, INSPECT, INVALIDATE})
    void reportsAMissingKey(String path) {
        Caller.assertProblem(caller.post(path, "{}"), 400, "idempotency-key-missing");
        Caller.assertProblem(caller.post(path, "{\"key\":null}"), 400, "idempotency-key-missing");
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
    void reportsEveryViolationWithItsPath(String path, String body, String fields) {
        var reply = caller.post(CLAIM + (path == null ? "" : path), json(body));

        Caller.assertProblem(reply, 400, "invalid-request");
        assertThat(reply.list("errors")).extracting(error -> error.get("field")).containsExactlyInAnyOrder((Object[])
                fields.split(" "));
    }

    @Test
    void keepsKeyAndResultForTheirTimes() {
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
    void freesAReleasedKey() {
        var owner = owner(claim(""));
        assertThat(release("somebody-else").status()).isEqualTo(409);
        assertThat(release(owner).status()).isEqualTo(204);
        assertThat(release(owner).status()).as("again").isEqualTo(204);
        assertThat(release(owner).header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(claim("").status()).isEqualTo(201);
        Caller.assertProblem(release(owner), 409, "lease-lost");
    }

    @Test
    void extendsALease() {
        var first = claim(",'leaseMillis':1000");
        var reply = post(EXTEND, ",'owner':'%s','leaseMillis':60000".formatted(owner(first)));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(instant(reply, "leaseExpiresAt")).isAfter(instant(first, "leaseExpiresAt"));
        assertThat(reply.body()).containsOnlyKeys("leaseExpiresAt", "degraded");
        Caller.assertProblem(post(EXTEND, ",'owner':'somebody-else','leaseMillis':60000"), 409, "lease-lost");
    }

    @Test
    void reportsALostLeaseToItsOwner() {
        var slow = owner(claim(",'leaseMillis':1"));
        var next = await().until(() -> claim(",'owner':'next'"), reply -> reply.status() == 201);
        assertThat(next.body()).containsEntry("attempt", 2);

        Caller.assertProblem(complete(slow, RESPONSE), 409, "lease-lost");
        Caller.assertProblem(release(slow), 409, "lease-lost");
        assertThat(complete("next", RESPONSE).status()).isEqualTo(200);
        Caller.assertProblem(release("next"), 409, "lease-lost");
    }

    @Test
    void completesAnExpiredLeaseThatNobodyTook() {
        var first = claim(",'leaseMillis':1");
        await().until(() ->
                Instant.now().isAfter(instant(first, "leaseExpiresAt").plusMillis(5)));
        assertThat(complete(owner(first), RESPONSE).status()).isEqualTo(200);
        assertThat(claim("").status()).isEqualTo(200);
    }

    @Test
    void returnsTheResultToAWaitingCaller() throws Exception {
        var owner = owner(claim(""));
        try (var waiters = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new ArrayList<Callable<CallerResponse>>();
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
        newKey();
        claim("");
        long from = System.nanoTime();
        assertThat(claim(",'waitMillis':300").status()).isEqualTo(409);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofMillis(290));
    }

    @Test
    void of64CallersOneWinsEachRoundTheOthersGet409AndThenTheReplay() throws Exception {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 20; round++) {
                newKey();
                var claims = all64(callers, () -> claim(""));
                var winners =
                        claims.stream().filter(reply -> reply.status() == 201).toList();
                assertThat(winners).hasSize(1);
                assertThat(claims).filteredOn(reply -> reply.status() == 409).hasSize(63);
                complete(owner(winners.getFirst()), "{'status':200,'body':'round %d'}".formatted(round));
                var body = "round " + round;
                assertThat(all64(callers, () -> claim(""))).allSatisfy(reply -> {
                    assertThat(reply.status()).isEqualTo(200);
                    assertThat(response(reply)).containsEntry("body", body);
                });
            }
        }
    }

    private static List<CallerResponse> all64(ExecutorService callers, Callable<CallerResponse> call) throws Exception {
        var reply = new ArrayList<CallerResponse>();
        for (var future : callers.invokeAll(Collections.nCopies(64, call))) {
            reply.add(future.get());
        }
        return reply;
    }

    @Test
    void inspectsAKey() {
        Caller.assertProblem(post(INSPECT, ""), 404, "idempotency-key-unknown");
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
    void forgetsAnInvalidatedKey() {
        complete(owner(claim("")), RESPONSE);
        assertThat(post(INVALIDATE, "").status()).isEqualTo(204);
        assertThat(post(INVALIDATE, "").status()).as("again").isEqualTo(204);
        assertThat(claim("").status()).isEqualTo(201);
    }

    @Test
    void separatesTenantsAndScopes() {
        claim("");
        assertThat(TestServer.otherCaller(server)
                        .post(CLAIM, json("{'key':'" + key + "'}"))
                        .status())
                .isEqualTo(201);
        assertThat(claim(",'scope':'payments'").status()).isEqualTo(201);
        assertThat(claim(",'scope':'payments'").status()).isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {CLAIM, COMPLETE, RELEASE, EXTEND, INSPECT, INVALIDATE})
    void requiresAKey(String path) {
        var reply = caller.send(caller.anonymous(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}")));

        Caller.assertProblem(reply, 401, "unauthenticated");
    }
}

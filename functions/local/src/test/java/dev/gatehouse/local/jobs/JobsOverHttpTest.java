// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.jobs;

import static dev.gatehouse.local.Caller.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The routes of jobs over HTTP. */
class JobsOverHttpTest {

    private static RedisProcess redis;
    private static Server server;
    private static Caller caller;

    private final String queue = UUID.randomUUID().toString();

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
    void aJobIsEnqueuedTakenAndCompleted() {
        var enqueued = post("enqueue", ",'id':'a','payload':{'to':'ada'},'group':'g'");
        assertThat(enqueued.status()).isEqualTo(201);
        assertThat(enqueued.header("Gatehouse-Source")).isEqualTo("redis");
        assertThat(enqueued.body())
                .containsOnlyKeys("id", "outcome", "dueAt", "attended", "degraded")
                .containsEntry("id", "a")
                .containsEntry("outcome", "queued")
                .containsEntry("attended", false)
                .containsEntry("degraded", false);

        var taken = post("take", "");
        assertThat(taken.status()).isEqualTo(200);
        assertThat(taken.body())
                .containsOnlyKeys("jobs", "nextDueAt", "waiting", "left", "degraded")
                .containsEntry("waiting", 0)
                .containsEntry("left", false);
        var job = only(taken);
        assertThat(job)
                .containsOnlyKeys("id", "payload", "group", "attempt", "lease", "leaseExpiresAt", "enqueuedAt")
                .containsEntry("id", "a")
                .containsEntry("payload", Map.of("to", "ada"))
                .containsEntry("group", "g")
                .containsEntry("attempt", 1);
        assertThat(taken.body()).containsEntry("nextDueAt", job.get("leaseExpiresAt"));

        var completed = post("complete", held(job));
        assertThat(completed.status()).isEqualTo(200);
        assertThat(completed.body())
                .containsOnlyKeys("outcome", "attended", "degraded")
                .containsEntry("outcome", "completed")
                .containsEntry("attended", true);
        assertThat(post("complete", held(job)).text()).as("again").isEqualTo(completed.text());
        assertProblem(post("inspect", ",'id':'a'"), 404, "job-unknown");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[ 1.0,\n[ ] ]",
                "1.0",
                "12345678901234567890",
                "-0",
                "null",
                "\"\"",
                "\"\\u00e9\\/\"",
                "{ \"b\" : [ 1 , 2.50 , \"é😀\" ] }"
            })
    void aPayloadKeepsItsText(String text) {
        caller.post("/v1/jobs/enqueue", "{\"queue\":\"%s\",\"id\":\"a\",\"payload\": %s }".formatted(queue, text));

        assertThat(post("inspect", ",'id':'a'").text()).contains("\"payload\":" + text + ",");
        assertThat(post("take", "").text()).contains("\"payload\":" + text + ",");
    }

    @Test
    void aDuplicateIsKeptReplacedOrRunsAfter() {
        post("enqueue", ",'id':'a','payload':1");
        var kept = post("enqueue", ",'id':'a','payload':2");
        assertThat(kept.status()).isEqualTo(200);
        assertThat(kept.body()).containsEntry("outcome", "kept");
        var replaced = post("enqueue", ",'id':'a','payload':3,'onDuplicate':'replace'");
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.body()).containsEntry("outcome", "replaced");

        var first = only(post("take", ""));
        assertThat(first).containsEntry("payload", 3);
        var after = post("enqueue", ",'id':'a','payload':4,'onDuplicate':'after'");
        assertThat(after.status()).isEqualTo(200);
        assertThat(after.body()).containsEntry("outcome", "after");
        assertThat(post("inspect", ",'id':'a'").body())
                .containsEntry("state", "active")
                .containsEntry("followed", true);
        assertThat(post("complete", held(first)).body()).containsEntry("attended", false);
        assertThat(only(post("take", ""))).containsEntry("payload", 4);
    }

    @Test
    void aJobIsDueAfterItsDelayOrAtItsTime() {
        var delayed = post("enqueue", ",'payload':1,'delayMillis':60000");
        assertThat(instant(delayed, "dueAt")).isAfter(Instant.now().plusSeconds(30));
        var timed = post("enqueue", ",'payload':2,'runAt':'" + Instant.now().plusSeconds(86_400) + "'");
        assertThat(instant(timed, "dueAt")).isAfter(Instant.now().plusSeconds(80_000));
        assertThat((String) timed.body().get("id")).matches("~[A-Za-z0-9_-]{22}");

        assertThat(post("take", "").body())
                .containsEntry("jobs", List.of())
                .containsEntry("waiting", 2)
                .containsEntry("nextDueAt", delayed.body().get("dueAt"));
        post("enqueue", ",'id':'past','payload':3,'runAt':'1970-01-01T00:00:00Z'");
        assertThat(only(post("take", ""))).containsEntry("id", "past");
        var late = post("enqueue", ",'payload':1,'runAt':'" + Instant.now().plusSeconds(31 * 86_400) + "'");
        assertProblem(late, 400, "invalid-request");
        assertThat(late.list("errors")).extracting(error -> error.get("field")).containsExactly("runAt");
    }

    @Test
    void aFailedJobWaitsForItsNextAttemptUntilItIsDead() {
        post("enqueue", ",'id':'a','payload':1,'maxAttempts':2");
        var first = only(post("take", ""));
        var waiting = post("fail", held(first) + ",'retryInMillis':0,'reason':'it rains'");
        assertThat(waiting.status()).isEqualTo(200);
        assertThat(waiting.body())
                .containsOnlyKeys("outcome", "dueAt", "attempt", "attended", "degraded")
                .containsEntry("outcome", "waiting")
                .containsEntry("attempt", 1)
                .containsEntry("attended", false);

        var second = only(post("take", ""));
        assertThat(second).containsEntry("attempt", 2);
        assertThat(post("fail", held(second) + ",'reason':'it rains again'").body())
                .containsEntry("outcome", "dead")
                .containsEntry("dueAt", null)
                .containsEntry("attempt", 2);

        var dead = post("dead", "");
        assertThat(dead.body()).containsOnlyKeys("jobs", "next", "degraded").containsEntry("next", null);
        assertThat(only(dead))
                .containsOnlyKeys("id", "group", "attempt", "crashes", "diedAt", "reason", "enqueuedAt", "expiresAt")
                .containsEntry("id", "a")
                .containsEntry("reason", "it rains again");
        assertThat(post("inspect", ",'id':'a'").body())
                .containsEntry("state", "dead")
                .containsEntry("reason", "it rains again")
                .containsEntry("diedAt", only(dead).get("diedAt"));

        var redriven = post("redrive", ",'ids':['a','b']");
        assertThat(redriven.body())
                .containsOnlyKeys("ids", "attended", "degraded")
                .containsEntry("ids", List.of("a"))
                .containsEntry("attended", false);
        assertThat(only(post("take", ""))).containsEntry("attempt", 1);
    }

    @Test
    void theDeadAreListedInPagesLatestDeathFirst() {
        for (var id : List.of("a", "b", "c")) {
            post("enqueue", ",'id':'" + id + "','payload':1");
            post("fail", held(only(post("take", ""))) + ",'dead':true");
        }

        var page = post("dead", ",'limit':2");
        assertThat(page.list("jobs")).extracting(job -> job.get("id")).containsExactly("c", "b");
        var rest = post("dead", ",'limit':2,'before':" + page.body().get("next"));
        assertThat(rest.list("jobs")).extracting(job -> job.get("id")).containsExactly("a");
        assertThat(rest.body()).containsEntry("next", null);
    }

    @Test
    void theJobsOfEachStateAreListedWithoutPayloadsAndLeases() {
        post("enqueue", ",'id':'a','payload':'secret','group':'g'");
        post("enqueue", ",'id':'b','payload':'secret','group':'g'");
        post("enqueue", ",'id':'c','payload':'secret','delayMillis':60000");
        var lease = only(post("take", "")).get("leaseExpiresAt");
        post("enqueue", ",'id':'d','payload':'secret'");
        post("enqueue", ",'id':'e','payload':'secret'");

        var active = post("list", ",'state':'active'");
        assertThat(active.body()).containsOnlyKeys("jobs", "next", "degraded").containsEntry("next", null);
        assertThat(only(active))
                .containsOnlyKeys(
                        "id",
                        "group",
                        "attempt",
                        "maxAttempts",
                        "crashes",
                        "enqueuedAt",
                        "dueAt",
                        "leaseExpiresAt",
                        "expiresAt")
                .containsEntry("id", "a")
                .containsEntry("group", "g")
                .containsEntry("maxAttempts", 3)
                .containsEntry("leaseExpiresAt", lease);
        assertThat(only(post("list", ",'state':'delayed'")))
                .containsEntry("id", "c")
                .containsEntry("leaseExpiresAt", null);
        var page = post("list", ",'state':'due','limit':1");
        assertThat(only(page)).containsEntry("id", "d");
        assertThat(page.body()).containsEntry("next", 1);
        assertThat(only(post("list", ",'state':'due','limit':1,'offset':1"))).containsEntry("id", "e");
        assertThat(only(post("list", ",'state':'blocked'"))).containsEntry("id", "b");
        assertThat(post("list", ",'state':'waiting'").list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly("state");
    }

    @Test
    void severalLeasesEndEachByItself() {
        for (int i = 0; i < 3; i++) {
            post("enqueue", ",'id':'" + i + "','payload':" + i);
        }
        var jobs = post("take", ",'max':20").list("jobs");
        assertThat(jobs).extracting(job -> job.get("payload")).containsExactly(0, 1, 2);
        var lost = "{'id':'1','lease':'other'}";

        var extended = post("extend", ",'leaseMillis':600000,'jobs':[" + object(jobs.get(0)) + "," + lost + "]");
        assertThat(extended.status()).isEqualTo(200);
        assertThat(extended.list("results").get(0))
                .containsOnlyKeys("leaseExpiresAt", "status")
                .containsEntry("status", 200);
        assertLost(extended.list("results").get(1));

        var completed = post("complete", ",'jobs':[" + object(jobs.get(0)) + "," + lost + "]");
        assertThat(completed.list("results").get(0))
                .containsEntry("outcome", "completed")
                .containsEntry("status", 200);
        assertLost(completed.list("results").get(1));

        var failed = post(
                "fail",
                ",'jobs':[%s,{'id':'2','lease':'%s','dead':true}]"
                        .formatted(object(jobs.get(1)), jobs.get(2).get("lease")));
        assertThat(failed.list("results"))
                .extracting(result -> result.get("outcome"))
                .containsExactly("waiting", "dead");
    }

    private static void assertLost(Map<String, Object> result) {
        assertThat(result)
                .containsOnlyKeys("type", "title", "status", "detail")
                .containsEntry("status", 409)
                .containsEntry("type", "urn:gatehouse:problem:lease-lost");
    }

    @Test
    void jobsThatWereNotBegunAreGivenBack() {
        post("enqueue", ",'id':'a','payload':1");
        var given = post("give-back", held(only(post("take", ""))));
        assertThat(given.body()).containsEntry("outcome", "waiting").containsEntry("attended", false);

        var job = only(post("take", ""));
        assertThat(job).containsEntry("attempt", 1);
        assertThat(post("give-back", ",'jobs':[" + object(job) + "]").list("results"))
                .extracting(result -> result.get("outcome"))
                .containsExactly("waiting");
    }

    @ParameterizedTest
    @ValueSource(strings = {"complete", "fail", "extend", "give-back"})
    void aLostLeaseChangesNothing(String operation) {
        post("enqueue", ",'id':'a','payload':1");
        var job = only(post("take", ""));

        assertProblem(post(operation, ",'id':'a','lease':'other'"), 409, "lease-lost");
        assertProblem(post(operation, ",'id':'b','lease':'other'"), 409, "lease-lost");

        assertThat(post("extend", held(job)).status()).isEqualTo(200);
    }

    @Test
    void anExtendedLeaseIsLonger() {
        post("enqueue", ",'id':'a','payload':1");
        var job = only(post("take", ",'leaseMillis':60000"));

        var extended = post("extend", held(job) + ",'leaseMillis':3600000");

        assertThat(extended.body()).containsOnlyKeys("leaseExpiresAt", "degraded");
        assertThat(Duration.between(
                        Instant.parse((String) job.get("leaseExpiresAt")), instant(extended, "leaseExpiresAt")))
                .isGreaterThan(Duration.ofMinutes(50));
    }

    @Test
    void aWaitingJobIsCancelledAndAnActiveOneIsNot() {
        post("enqueue", ",'id':'a','payload':1");
        var cancelled = post("cancel", ",'id':'a'");
        assertThat(cancelled.status()).isEqualTo(204);
        assertThat(cancelled.text()).isEmpty();
        assertThat(cancelled.header("Gatehouse-Attended")).isEqualTo("true");
        assertThat(post("cancel", ",'id':'a'").status()).as("again").isEqualTo(204);

        post("enqueue", ",'id':'a','payload':1");
        post("take", "");
        var active = post("cancel", ",'id':'a'");
        assertProblem(active, 409, "job-active");
        assertThat(active.body()).containsEntry("degraded", false);
    }

    @Test
    void cancellingTheFirstOfAGroupMakesTheNextTakeable() {
        post("enqueue", ",'id':'a','payload':1,'group':'g'");
        post("enqueue", ",'id':'b','payload':2,'group':'g'");
        var first = only(post("take", ",'max':20"));
        post("fail", held(first) + ",'retryInMillis':600000");

        assertThat(post("cancel", ",'id':'a'").header("Gatehouse-Attended")).isEqualTo("false");
        assertThat(only(post("take", ""))).containsEntry("id", "b");
    }

    @Test
    void anAttendingDrainerIsReportedUntilItLeaves() {
        var drain = ",'drainer':'d','attendMillis':60000";
        post("take", drain + ",'max':0");
        assertThat(post("enqueue", ",'id':'a','payload':1").body()).containsEntry("attended", true);
        assertThat(post("counts", "").body()).containsEntry("drainers", 1);
        post("complete", held(only(post("take", drain))));

        assertThat(post("take", drain + ",'leaveWhenEmpty':true").body()).containsEntry("left", true);
        assertThat(post("enqueue", ",'id':'b','payload':1").body()).containsEntry("attended", false);

        post("take", drain + ",'max':0");
        var left = post("leave", ",'drainer':'d'");
        assertThat(left.body())
                .containsOnlyKeys("attended", "nextDueAt", "degraded")
                .containsEntry("attended", false)
                .hasEntrySatisfying("nextDueAt", time -> assertThat(time).isNotNull());
    }

    @Test
    void theJobsOfAQueueAreCounted() {
        post("enqueue", ",'payload':1,'group':'g'");
        post("enqueue", ",'payload':1,'group':'g'");
        post("enqueue", ",'payload':1,'delayMillis':60000");
        post("take", "");

        var counts = post("counts", "").body();

        assertThat(counts)
                .containsOnlyKeys("due", "delayed", "blocked", "active", "dead", "drainers", "oldestDueAt", "degraded")
                .containsEntry("delayed", 1)
                .containsEntry("active", 1)
                .containsEntry("dead", 0);
        assertThat((int) counts.get("due") + (int) counts.get("blocked")).isEqualTo(1);
    }

    @Test
    void aRepeatedRequestHasItsFirstResponse() {
        var first = post("enqueue", ",'id':'a','payload':1,'requestId':'one'");
        var job = only(post("take", ",'requestId':'two'"));
        assertThat(only(post("take", ",'requestId':'two'"))).isEqualTo(job);
        post("complete", held(job));

        assertThat(post("enqueue", ",'id':'a','payload':1,'requestId':'one'").text())
                .isEqualTo(first.text());
        assertThat(post("take", "").list("jobs")).isEmpty();
    }

    @Test
    void tenantsNeverMeet() {
        post("enqueue", ",'id':'a','payload':1");
        var other = TestServer.otherCaller(server);
        var name = "{\"queue\":\"" + queue + "\"";

        assertThat(other.post("/v1/jobs/take", name + "}").list("jobs")).isEmpty();
        assertThat(other.post("/v1/jobs/inspect", name + ",\"id\":\"a\"}").status())
                .isEqualTo(404);
        var job = only(post("take", ""));
        assertProblem(other.post("/v1/jobs/complete", name + held(job).replace('\'', '"') + "}"), 409, "lease-lost");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "enqueue|'x':1|payload x",
                "enqueue|'payload':1,'id':''|id",
                "enqueue|'payload':1,'group':' '|group",
                "enqueue|'payload':1,'groupLimit':0|groupLimit",
                "enqueue|'payload':1,'groupLimit':1001|groupLimit",
                "enqueue|'payload':1,'delayMillis':2592000001|delayMillis",
                "enqueue|'payload':1,'delayMillis':-1|delayMillis",
                "enqueue|'payload':1,'runAt':'tomorrow'|runAt",
                "enqueue|'payload':1,'runAt':'2300-01-01T00:00:00Z'|runAt",
                "enqueue|'payload':1,'runAt':'2030-01-01T00:00:00Z','delayMillis':1|runAt",
                "enqueue|'payload':1,'onDuplicate':'drop'|onDuplicate",
                "enqueue|'payload':1,'maxAttempts':101|maxAttempts",
                "enqueue|'payload':1,'ttlSeconds':0|ttlSeconds",
                "enqueue|'payload':1,'requestId':'é'|requestId",
                "take|'max':21|max",
                "take|'leaseMillis':43200001|leaseMillis",
                "take|'waitMillis':20001|waitMillis",
                "take|'drainer':'d'|attendMillis",
                "take|'attendMillis':1|attendMillis",
                "take|'leaveWhenEmpty':true|leaveWhenEmpty",
                "take|'drainer':'d','attendMillis':1,'leaveWhenEmpty':true,'waitMillis':1|waitMillis",
                "complete|'id':'a'|lease",
                "complete|'lease':'l'|id",
                "complete|'jobs':[]|jobs",
                "complete|'jobs':[{'id':'a'}]|jobs[0].lease",
                "complete|'jobs':[{'id':'a','lease':'l'},{'id':'a','lease':'m'}]|jobs",
                "complete|'jobs':[{'id':'a','lease':'l'}],'id':'a'|id",
                "fail|'id':'a','lease':'l','retryInMillis':-1|retryInMillis",
                "fail|'jobs':[{'id':'a','lease':'l','dead':1}]|jobs[0].dead",
                "extend|'id':'a','lease':'l','leaseMillis':0|leaseMillis",
                "cancel|'id':7|id",
                "dead|'limit':101|limit",
                "dead|'before':0|before",
                "redrive|'ids':[]|ids",
                "redrive|'ids':['a','']|ids[1]",
                "redrive|'ids':['a','a']|ids",
                "leave|'x':1|drainer x",
                "counts|'x':1|x",
            })
    void aMalformedRequestNamesItsFaults(String operation, String members, String fields) {
        var response = post(operation, "," + members);

        assertThat(response.status()).as(response.text()).isEqualTo(400);
        assertThat(response.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactlyInAnyOrder((Object[]) fields.split(" "));
    }

    @Test
    void aLongPayloadOrReasonIsRefused() {
        assertThat(post("enqueue", ",'payload':'" + "x".repeat(200 * 1024 - 2) + "'")
                        .status())
                .isEqualTo(201);
        var payload = post("enqueue", ",'payload':'" + "x".repeat(200 * 1024 - 1) + "'");
        assertThat(payload.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly("payload");
        var reason = post("fail", ",'id':'a','lease':'l','reason':'" + "x".repeat(501) + "'");
        assertThat(reason.list("errors"))
                .extracting(error -> error.get("field"))
                .containsExactly("reason");
    }

    /** Calls an operation on the queue of this test, with further members. */
    private CallerResponse post(String operation, String members) {
        return caller.post("/v1/jobs/" + operation, ("{'queue':'" + queue + "'" + members + "}").replace('\'', '"'));
    }

    private static Map<String, Object> only(CallerResponse response) {
        assertThat(response.list("jobs")).as(response.text()).hasSize(1);
        return response.list("jobs").getFirst();
    }

    private static String held(Map<String, Object> job) {
        return ",'id':'" + job.get("id") + "','lease':'" + job.get("lease") + "'";
    }

    private static String object(Map<String, Object> job) {
        return "{" + held(job).substring(1) + "}";
    }

    private static Instant instant(CallerResponse response, String member) {
        return Instant.parse((String) response.body().get(member));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests policies that the setting {@code GATEHOUSE_POLICIES} declares. */
class DeclaredPoliciesOverHttpTest {

    private static final String POLICIES = "/v1/rate-limits/policies";
    private static final String PLANS = json("""
            {'policies': {'free': {'limit': 1000000, 'windowSeconds': 86400}, 'pro': {'unlimited': true}},
             'tenants': {'other': {'free': {'limit': 7, 'windowSeconds': 60}}}}""");

    @TempDir
    private Path directory;

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static Server server(String url, String policies) throws IOException {
        return TestServer.start("REDIS_URL", url, "GATEHOUSE_POLICIES", policies);
    }

    private static CallerResponse check(Caller caller, String policy, String subject) {
        return caller.check(json("{'limits':[{'policy':'%s','subject':'%s'}]}".formatted(policy, subject)));
    }

    private static CallerResponse get(Caller caller, String path) {
        return caller.send(caller.request(POLICIES + path).GET());
    }

    @Test
    void aDeclaredPolicyIsTheLayerBelowTheStoredOne() throws IOException {
        try (var redis = RedisProcess.start();
                var server = server(redis.url(), PLANS)) {
            var caller = TestServer.caller(server);
            assertThat(get(caller, "/free").body())
                    .containsEntry("source", "declared")
                    .containsEntry("limit", 1_000_000)
                    .containsEntry("whenDown", "local");
            assertThat(get(TestServer.otherCaller(server), "/free").body()).containsEntry("limit", 7);

            caller.call("PUT", POLICIES + "/free", json("{'limit':5,'windowSeconds':60}"));
            caller.call("PUT", POLICIES + "/free/overrides", json("{'subject':'vip','policy':'pro'}"));
            assertThat(get(caller, "/free").body()).containsEntry("source", "stored");
            assertThat(check(caller, "free", "ada").list("limits").getFirst()).containsEntry("limit", 5);
            assertThat(check(caller, "free", "vip").list("limits").getFirst()).containsEntry("limit", null);

            caller.send(caller.request(POLICIES + "/free").DELETE());
            assertThat(get(caller, "/free").body()).containsEntry("source", "declared");
            assertThat(check(caller, "free", "vip").list("limits").getFirst()).containsEntry("limit", 1_000_000);
        }
    }

    @Test
    void listsDeclaredAndStoredPoliciesInPages() throws IOException {
        var names = IntStream.range(0, 150).mapToObj(n -> "d" + n).collect(Collectors.toCollection(TreeSet::new));
        var declared = names.stream()
                .map(name -> "'" + name + "':{'limit':1,'windowSeconds':60}")
                .collect(Collectors.joining(",", "{'policies':{", "}}"));
        try (var redis = RedisProcess.start();
                var server = server(redis.url(), json(declared))) {
            var caller = TestServer.caller(server);
            caller.call("PUT", POLICIES + "/d7", json("{'limit':5,'windowSeconds':60}"));
            caller.call("PUT", POLICIES + "/zz", json("{'limit':5,'windowSeconds':60}"));
            names.add("zz");

            var first = get(caller, "");
            var second = get(caller, "?after=" + first.body().get("next"));

            assertThat(first.list("policies")).hasSize(100);
            assertThat(second.body()).containsEntry("next", null);
            assertThat(first.list("policies"))
                    .extracting(policy -> policy.get("name"))
                    .containsExactlyElementsOf(names.stream().limit(100).toList());
            assertThat(second.list("policies"))
                    .extracting(policy -> policy.get("name"))
                    .containsExactlyElementsOf(names.stream().skip(100).toList());
            assertThat(second.list("policies"))
                    .filteredOn(policy -> policy.get("source").equals("stored"))
                    .extracting(policy -> policy.get("name"))
                    .containsExactly("d7", "zz");
            Caller.assertProblem(get(caller, "?after=a%20b"), 400, "invalid-request");
        }
    }

    @Test
    void checksGoOnWhenRedisLosesItsData() throws Exception {
        try (var redis = RedisProcess.start();
                var server = server(redis.url(), PLANS)) {
            var caller = TestServer.caller(server);
            caller.call("PUT", POLICIES + "/free", json("{'limit':2000000,'windowSeconds':60}"));
            Set<String> responses = new ConcurrentSkipListSet<>();
            var checks = new AtomicInteger();
            Threads.together(5, thread -> {
                if (thread == 0) {
                    for (int flush = 0; flush < 3; flush++) {
                        redis.cli("FLUSHALL");
                        int enough = checks.get() + 20;
                        await().pollInterval(Duration.ofMillis(5)).until(() -> checks.get() > enough);
                        caller.call("PUT", POLICIES + "/free", json("{'limit':2000000,'windowSeconds':60}"));
                    }
                    checks.set(Integer.MIN_VALUE);
                    return;
                }
                while (checks.incrementAndGet() > 0) {
                    var response = check(caller, thread % 2 == 0 ? "free" : "pro", "s" + thread);
                    responses.add(response.status() + " " + response.body().get("allowed"));
                }
            });
            assertThat(responses).containsExactly("200 true");

            redis.cli("FLUSHALL");
            try (var another = server(redis.url(), PLANS)) {
                assertThat(check(TestServer.caller(another), "free", "ada")
                                .list("limits")
                                .getFirst())
                        .containsEntry("limit", 1_000_000);
            }
        }
    }

    @Test
    void decidesWithoutRedis() throws IOException {
        try (var gone = RedisProcess.start()) {
            gone.stop();
            try (var server = server(gone.url(), PLANS)) {
                var caller = TestServer.otherCaller(server);
                var response = check(caller, "free", "ada");
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).containsEntry("degraded", true);
                assertThat(response.list("limits").getFirst()).containsEntry("limit", 7);
                Caller.assertProblem(check(caller, "stored-perhaps", "ada"), 503, "store-unavailable");
                Caller.assertProblem(get(caller, ""), 503, "store-unavailable");
                Caller.assertProblem(get(caller, "/free"), 503, "store-unavailable");
            }
        }
    }

    @Test
    void readsAFileAndServesFromMemoryWithoutRedisByChoice() throws IOException {
        var file = Files.writeString(directory.resolve("policies.json"), PLANS);
        try (var server = TestServer.start("ENABLE_REDIS", "false", "GATEHOUSE_POLICIES", "file:" + file)) {
            var caller = TestServer.caller(server);
            assertThat(check(caller, "free", "ada").list("limits").getFirst()).containsEntry("limit", 1_000_000);
            assertThat(get(caller, "").list("policies"))
                    .extracting(policy -> policy.get("name"), policy -> policy.get("source"))
                    .containsExactly(tuple("free", "declared"), tuple("pro", "declared"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'policies':{'free':{'limit':1}}} | policies.free.windowSeconds is missing",
                "{'policies':{'free':{'limit':-1,'windowSeconds':60}}} | policies.free.limit ",
                "{'policies':{'free':{'limit':1,'windowSeconds':60,'cost':1}}} | policies.free.cost is not a known property",
                "{'policies':{'a b':{'limit':1,'windowSeconds':60}}} | policies.a b must be 1 to 64 characters",
                "{'policies':{'..':{'limit':1,'windowSeconds':60}}} | and not . or ..",
                "{'tenants':{'acme':{'free':{'limit':'1','windowSeconds':60}}}} | tenants.acme.free.limit must be a whole number",
                "{'plans':{}} | plans is not a known property",
                "{'policies': | body is not well-formed JSON at line 1",
                "[] | body must be an object",
                "file:/no/such/file | cannot be read: /no/such/file",
            })
    void anInvalidSettingFailsTheStart(String value, String problem) {
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> TestServer.start("ENABLE_REDIS", "false", "GATEHOUSE_POLICIES", json(value))
                        .close())
                .satisfies(failure -> assertThat(InvalidSetting.causeOf(failure))
                        .hasMessageStartingWith("GATEHOUSE_POLICIES ")
                        .hasMessageContaining(problem));
    }

    @Test
    void atMostAThousandPoliciesAreDeclared() {
        var tooMany = IntStream.range(0, 1_001)
                .mapToObj(n -> "'p" + n + "':{'unlimited':true}")
                .collect(Collectors.joining(",", "{'policies':{", "}}"));

        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> TestServer.start("ENABLE_REDIS", "false", "GATEHOUSE_POLICIES", json(tooMany))
                        .close())
                .satisfies(failure -> assertThat(InvalidSetting.causeOf(failure))
                        .hasMessage("GATEHOUSE_POLICIES has more than 1000 policies of a tenant"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.FailureReason;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.testkit.redis.ContainerCluster;
import dev.gatehouse.testkit.redis.RedisContainer;
import dev.gatehouse.testkit.tls.Certificates;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.Network;

/**
 * The link connects to every kind of Redis that the settings support. The timeouts are long, because the first connection
 * of a cold JVM is slow; {@link OutageContainerIT} tests deadlines.
 */
@Timeout(60)
class RedisLinkContainerIT {

    private static final Script COUNT = Script.of("count", "return {redis.call('INCR', KEYS[1])}");
    private static final Reply<List<Object>> ONE = new Answered<>(List.of(1L));

    @Test
    void standalone() throws Exception {
        try (var redis = RedisContainer.published().start();
                var link = link("REDIS_HOST", redis.host(), "REDIS_PORT", "" + redis.port())) {
            assertThat(count(link, "k")).isEqualTo(ONE);
            assertThat(redis.cli("GET", "k")).isEqualTo("1");
        }
    }

    @Test
    void password() throws Exception {
        try (var redis = RedisContainer.published()
                        .with("--requirepass", "open-sesame")
                        .start();
                var right = link("REDIS_URL", "redis://:open-sesame@" + address(redis));
                var wrong = link("REDIS_URL", "redis://:open-barley@" + address(redis))) {
            assertThat(count(right, "k")).isEqualTo(ONE);
            assertThat(count(wrong, "k")).isEqualTo(new NotSent<>(FailureReason.NOT_CONNECTED));
        }
    }

    @Test
    void userWithRightsToItsOwnKeysOnly() throws Exception {
        try (var redis = RedisContainer.published()
                        .with("--user", "gate", "on", ">open-sesame", "~gh:*", "+@all")
                        .start();
                var link = link("REDIS_URL", "redis://gate:open-sesame@" + address(redis))) {
            assertThat(count(link, "gh:k")).isEqualTo(ONE);
            assertThat(count(link, "k")).isInstanceOf(Refused.class);
        }
    }

    @Test
    void aScriptThatRunsACommandWithoutRightIsNotPermitted() throws Exception {
        try (var redis = RedisContainer.published()
                        .with("--user", "gate", "on", ">open-sesame", "~*", "+@all", "-incr")
                        .start();
                var link = link("REDIS_URL", "redis://gate:open-sesame@" + address(redis))) {
            assertThat(count(link, "k")).isEqualTo(new Refused<>("NOPERM"));
        }
    }

    @Test
    void tls() throws Exception {
        try (var certificates = Certificates.create();
                var redis = RedisContainer.published()
                        .with(certificates.localhost())
                        .start();
                var trusts = link(
                        "REDIS_URL",
                        "rediss://" + address(redis),
                        "REDIS_CA_FILE",
                        certificates.ca().toString());
                var doubts = link(
                        "REDIS_URL",
                        "rediss://" + address(redis),
                        "REDIS_CA_FILE",
                        certificates.unrelatedCa().toString())) {
            assertThat(count(trusts, "k")).isEqualTo(ONE);
            assertThat(count(doubts, "k")).isEqualTo(new NotSent<>(FailureReason.NOT_CONNECTED));
        }
    }

    @Test
    void aReplicaRejectsScripts() throws Exception {
        try (var network = Network.newNetwork();
                var primary =
                        RedisContainer.published().named("primary", network).start();
                var replica = RedisContainer.published()
                        .named("replica", network)
                        .with("--replicaof", "primary", "6379")
                        .start();
                var toPrimary = link("REDIS_URL", "redis://" + address(primary));
                var toReplica = link("REDIS_URL", "redis://" + address(replica))) {
            assertThat(count(toReplica, "k")).isEqualTo(new Refused<>("READONLY"));
            assertThat(count(toPrimary, "k")).isEqualTo(ONE);
        }
    }

    @Test
    void clusterFromOneOfItsNodes() throws Exception {
        try (var cluster = ContainerCluster.start();
                var link = link("REDIS_CLUSTER_NODES", address(cluster.nodes().getFirst()))) {
            var deadline = Deadline.in(link.settings().decisionBudget());
            var calls = IntStream.range(0, 60)
                    .mapToObj(i -> ScriptCall.of(COUNT).key("k" + i))
                    .toList();

            for (var reply : link.runAll(calls, deadline)) {
                assertThat(reply.toCompletableFuture().get(20, SECONDS).map(ScriptReply::values))
                        .isEqualTo(ONE);
            }

            assertThat(link.isClustered()).isTrue();
            var keys = cluster.nodes().stream()
                    .map(node -> Integer.valueOf(node.cli("DBSIZE")))
                    .toList();
            assertThat(keys).doesNotContain(0);
            assertThat(keys.stream().collect(Collectors.summingInt(Integer::intValue)))
                    .isEqualTo(60);
        }
    }

    private static RedisLink link(String... namesAndValues) {
        var environment = IntStream.range(0, namesAndValues.length / 2)
                .boxed()
                .collect(Collectors.toMap(i -> namesAndValues[2 * i], i -> namesAndValues[2 * i + 1]));
        for (var timeout : List.of("REDIS_CONNECTION_TIMEOUT", "REDIS_TLS_TIMEOUT", "REDIS_COMMAND_TIMEOUT")) {
            environment.put(timeout, "3000");
        }
        return RedisLink.to(RedisSettings.fromEnvironment(environment));
    }

    private static String address(RedisContainer redis) {
        return redis.host() + ":" + redis.port();
    }

    private static Reply<List<Object>> count(RedisLink link, String key) throws Exception {
        var deadline = Deadline.in(link.settings().decisionBudget());
        return link.run(ScriptCall.of(COUNT).key(key), deadline)
                .toCompletableFuture()
                .get(20, SECONDS)
                .map(ScriptReply::values);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.testkit.ConcurrentTests;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The link to a Redis that answers reads and rejects writes. */
@ConcurrentTests
class WriteProbeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static List<CircuitState> changesOf(LinkProbe probe) {
        List<CircuitState> changes = new CopyOnWriteArrayList<>();
        probe.link.addOutageListener(new OutageListener() {
            @Override
            public void lost(String reason) {}

            @Override
            public void regained(Duration outage) {}

            @Override
            public void circuit(CircuitState state) {
                changes.add(state);
            }
        });
        return changes;
    }

    private static Reply<String> read(LinkProbe probe) {
        return probe.await(probe.link.call(redis -> redis.get("k"), probe.deadline()));
    }

    /** Reads until probes were admitted, then repairs Redis and continues to read. */
    private static void isOneOutageUntilItWrites(LinkProbe probe, String code, Runnable mend) {
        var changes = changesOf(probe);
        await().atMost(PATIENCE).until(() -> {
            probe.count("k");
            return probe.link.circuitState() == CircuitState.OPEN;
        });

        await().atMost(PATIENCE).until(() -> {
            var read = read(probe);
            return read instanceof Answered
                    && changes.stream().filter(CircuitState.HALF_OPEN::equals).count() >= 2;
        });
        assertThat(changes)
                .doesNotContain(CircuitState.CLOSED)
                .startsWith(CircuitState.OPEN, CircuitState.HALF_OPEN, CircuitState.OPEN);
        assertThat(probe.link.failure()).isEqualTo(LinkFailure.error(code));

        mend.run();

        await().atMost(PATIENCE).until(() -> {
            read(probe);
            return !probe.regained.isEmpty();
        });
        assertThat(probe.link.circuitState()).isEqualTo(CircuitState.CLOSED);
        assertThat(probe.link.failure()).isNull();
        assertThat(probe.lost).containsExactly("it replies with " + code);
        assertThat(probe.regained).hasSize(1);
        assertThat(probe.count("k")).isInstanceOf(Answered.class);
    }

    @Test
    void recoversWhenAFullRedisHasRoomAgain() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.patient(redis.url())) {
            probe.count("k");
            redis.cli("CONFIG", "SET", "maxmemory", "1");

            isOneOutageUntilItWrites(probe, "OOM", () -> redis.cli("CONFIG", "SET", "maxmemory", "0"));

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(redis.cli("KEYS", "*"))
                    .as("keys of expired write probes")
                    .isEqualTo(List.of("k")));
        }
    }

    @Test
    void recoversWhenAReplicaIsPromoted() {
        try (var primary = RedisProcess.start();
                var replica = RedisProcess.setup().replicaOf(primary).start();
                var probe = LinkProbe.patient(replica.url())) {
            isOneOutageUntilItWrites(probe, "READONLY", () -> replica.cli("REPLICAOF", "NO", "ONE"));
        }
    }

    @Test
    void recoversWhenNoReplicasAreRequiredAnyMore() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.patient(redis.url())) {
            redis.cli("CONFIG", "SET", "min-replicas-to-write", "1");

            isOneOutageUntilItWrites(
                    probe, "NOREPLICAS", () -> redis.cli("CONFIG", "SET", "min-replicas-to-write", "0"));
        }
    }

    @Test
    void rejectedWritesAmongReadsOpenTheCircuit() {
        try (var redis = RedisProcess.setup().maxMemory("1").start();
                var probe = LinkProbe.patient(redis.url())) {
            for (var i = 0; i < 3; i++) {
                assertThat(probe.count("k")).isEqualTo(new Refused<>("OOM"));
                assertThat(probe.link.failure()).isEqualTo(LinkFailure.error("OOM"));
                read(probe);
            }
            assertThat(probe.link.circuitState()).isNotEqualTo(CircuitState.CLOSED);
            assertThat(probe.regained).isEmpty();
        }
    }

    @Test
    void readsContinueWhileWritesAreRejected() {
        try (var redis = RedisProcess.setup().maxMemory("1").start();
                var probe = LinkProbe.patient(redis.url())) {
            probe.count("k");
            var changes = changesOf(probe);
            var scripts = redis.calls("evalsha");

            await().atMost(PATIENCE).until(() -> {
                assertThat(read(probe)).isEqualTo(new Answered<>(null));
                return redis.calls("evalsha") >= scripts + 3;
            });

            assertThat(changes).isEmpty();
            assertThat(probe.regained).isEmpty();
            redis.cli("CONFIG", "SET", "maxmemory", "0");
            await().atMost(PATIENCE).until(() -> {
                assertThat(read(probe)).isEqualTo(new Answered<>(null));
                return !probe.regained.isEmpty();
            });
        }
    }

    @Test
    void commandsCountWhenTheWriteProbeIsNotPermitted() {
        try (var redis = RedisProcess.start();
                var probe = LinkProbe.patient("redis://counts:p@" + redis.host() + ":" + redis.port())) {
            redis.cli("ACL", "SETUSER", "counts", "on", ">p", "~*", "+@all", "-set");
            redis.cli("CONFIG", "SET", "maxmemory", "1");
            assertThat(probe.count("k")).isEqualTo(new Refused<>("OOM"));

            redis.cli("CONFIG", "SET", "maxmemory", "0");

            await().atMost(PATIENCE).until(() -> {
                assertThat(probe.count("k")).isInstanceOf(Answered.class);
                return !probe.regained.isEmpty();
            });
        }
    }

    @Test
    void aMissingRightOfOneFunctionIsOneOutageAndTheOthersGoOn() {
        var script = Script.of("field", "return {redis.call('HSET', KEYS[1], 'f', 'v')}");
        try (var redis =
                        RedisProcess.setup().user("app", "p", "~* +@all -@hash").start();
                var probe = LinkProbe.patient("redis://app:p@" + redis.host() + ":" + redis.port())) {
            for (var i = 0; i < 2 * CircuitBreaker.FAILURES_TO_OPEN; i++) {
                assertThat(probe.await(probe.link.run(ScriptCall.of(script).key("h"), probe.deadline())))
                        .isEqualTo(new Refused<>("NOPERM"));
                assertThat(probe.count("k")).isInstanceOf(Answered.class);
            }
            var probes = redis.calls("set");
            await().atMost(PATIENCE).until(() -> {
                assertThat(probe.count("k")).isInstanceOf(Answered.class);
                return redis.calls("set") >= probes + 2;
            });
            assertThat(probe.lost).containsExactly("it replies with NOPERM");
            assertThat(probe.regained).isEmpty();

            redis.cli("ACL", "SETUSER", "app", "+@hash");

            await().atMost(PATIENCE).until(() -> {
                probe.count("k");
                return !probe.regained.isEmpty();
            });
            assertThat(probe.lost).hasSize(1);
            assertThat(redis.cli("KEYS", "*")).isEqualTo(List.of("k"));
        }
    }

    @Test
    void theWriteProbeUsesTheSlotOfTheRejectedWrite() {
        var probe = new WriteProbe(() -> 0);

        probe.recordRejection(ScriptCall.of(LinkProbe.COUNT).key("gh:{acme:Ki3jW0ySVmhC}:rl:api"), "OOM");
        assertThat(probe.call().keys()).containsExactly("gh:{acme:Ki3jW0ySVmhC}:write");

        probe.recordRejection(null, "OOM");
        assertThat(probe.call().keys()).as("of a call after it").containsExactly("gh:{acme:Ki3jW0ySVmhC}:write");

        probe.clear();
        probe.recordRejection(null, "OOM");
        assertThat(probe.call().keys()).containsExactly("gh:{_probe}:write");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.CountingProgram;
import dev.gatehouse.testkit.Threads;
import dev.gatehouse.testkit.process.ChildProcess;
import dev.gatehouse.testkit.process.ScratchDirectory;
import dev.gatehouse.testkit.redis.MovableName;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A failover by DNS, in a JVM that caches names: the name of Redis gets the address of another. */
@Isolated("measures")
class MovedNameTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Each command that begins later succeeds; one that begins earlier may take as long as the machine needs. */
    private static final long BOUND_MILLIS = 2_000;

    /** A command of the program. */
    private record Sent(long beginMillis, boolean succeeded) {

        static Sent of(String line) {
            var words = line.split(" ");
            return new Sent(Long.parseLong(words[0]), Boolean.parseBoolean(words[1]));
        }
    }

    /** The ways in which the Redis that had the name ends to serve. */
    private enum Failover {
        PRIMARY_BECOMES_A_REPLICA,
        PRIMARY_DIES,
        CLUSTER_DIES
    }

    @Test
    void aProgramFollowsTheNameAfterEachFailover() throws Exception {
        Threads.each(Failover.values(), failover -> {
            switch (failover) {
                case PRIMARY_BECOMES_A_REPLICA ->
                    followsToTheReplica(
                            (first, second) -> first.cli("REPLICAOF", second.host(), Integer.toString(second.port())));
                case PRIMARY_DIES -> followsToTheReplica((first, _) -> first.kill());
                case CLUSTER_DIES -> followsToAnotherCluster();
            }
        });
    }

    private static void followsToTheReplica(BiConsumer<RedisProcess, RedisProcess> demotion) {
        try (var first = RedisProcess.start();
                var second = RedisProcess.setup()
                        .host("127.0.0.2")
                        .port(first.port())
                        .replicaOf(first)
                        .start()) {
            follows(first, second, Map.of("REDIS_URL", "redis://" + MovableName.NAME + ":" + first.port()), () -> {
                second.cli("REPLICAOF", "NO", "ONE");
                demotion.accept(first, second);
            });
        }
    }

    private static void followsToAnotherCluster() {
        try (var first = RedisProcess.setup().cluster().start();
                var second = RedisProcess.setup()
                        .cluster()
                        .host("127.0.0.2")
                        .port(first.port())
                        .start()) {
            serveAllSlots(first);
            serveAllSlots(second);
            follows(first, second, Map.of("REDIS_CLUSTER_NODES", MovableName.NAME + ":" + first.port()), first::kill);
        }
    }

    private static void serveAllSlots(RedisProcess node) {
        var all = new String[2 + 16_384];
        all[0] = "CLUSTER";
        all[1] = "ADDSLOTS";
        for (var slot = 0; slot < 16_384; slot++) {
            all[2 + slot] = Integer.toString(slot);
        }
        node.cli(all);
        await().until(() -> ((String) node.cli("CLUSTER", "INFO")).startsWith("cluster_state:ok"));
    }

    private static void follows(
            RedisProcess first, RedisProcess second, Map<String, String> environment, Runnable failover) {
        try (var directory = ScratchDirectory.named("program");
                var name = MovableName.of(first.host())) {
            var command = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    name.jvmOption(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    CountingProgram.class.getName());
            command.environment().putAll(environment);
            command.environment().putAll(Map.of("REDIS_CONNECTION_TIMEOUT", "5000", "REDIS_COMMAND_TIMEOUT", "5000"));
            var program = ChildProcess.start(command, directory);
            try {
                await().atMost(PATIENCE).until(() -> sent(program).stream().anyMatch(Sent::succeeded));
                failover.run();
                var failedOver = System.currentTimeMillis();
                await().atMost(PATIENCE).until(() -> sent(program).stream()
                        .anyMatch(sent -> sent.beginMillis > failedOver && !sent.succeeded));

                name.moveTo(second.host());
                var moved = System.currentTimeMillis();

                await().atMost(PATIENCE)
                        .until(() -> sent(program).stream().anyMatch(sent -> sent.beginMillis > moved + BOUND_MILLIS));
                assertThat(sent(program))
                        .filteredOn(sent -> sent.beginMillis > moved + BOUND_MILLIS)
                        .allMatch(Sent::succeeded);
                assertThat(second.cli("GET", "k")).isNotNull();
            } finally {
                program.kill();
            }
        }
    }

    private static List<Sent> sent(ChildProcess program) {
        var printed = program.stdout();
        return printed.substring(0, printed.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.matches("\\d+ (true|false)"))
                .map(Sent::of)
                .toList();
    }
}

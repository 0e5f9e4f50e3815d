// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.sentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.testkit.redis.RedisContainer;
import dev.gatehouse.testkit.redis.RedisError;
import dev.gatehouse.testkit.redis.SentinelContainer;
import dev.gatehouse.testkit.redis.SentinelRig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A planned failover of Redis and Sentinels in containers. */
@Timeout(180)
class SentinelContainerIT {

    private static final Duration FORMING = Duration.ofSeconds(60);
    /** The promise is two seconds; the rest allows for a busy machine. */
    private static final Duration BACK_WITHIN = Duration.ofSeconds(10);

    private final List<RedisContainer> servers = new ArrayList<>();
    private final List<SentinelContainer> sentinels = new ArrayList<>();

    @BeforeEach
    void start() {
        servers.add(durable().start());
        for (var i = 0; i < 2; i++) {
            servers.add(durable()
                    .with("--replicaof", "127.0.0.1", String.valueOf(master().port()))
                    .start());
        }
        for (var i = 0; i < 3; i++) {
            sentinels.add(SentinelContainer.monitoring(master()));
        }
        await().atMost(FORMING).until(() -> sentinels.stream().allMatch(SentinelContainerIT::isFormed));
    }

    @AfterEach
    void stop() {
        sentinels.forEach(SentinelContainer::close);
        servers.forEach(RedisContainer::close);
    }

    private static RedisContainer durable() {
        return RedisContainer.onHost().with("--min-replicas-to-write", "1", "--min-replicas-max-lag", "10");
    }

    private RedisContainer master() {
        return servers.getFirst();
    }

    private static boolean isFormed(SentinelContainer sentinel) {
        return ((String) sentinel.cli("INFO", "sentinel")).contains("slaves=2,sentinels=3");
    }

    private boolean failsOver() {
        try {
            return "OK".equals(sentinels.getFirst().cli("SENTINEL", "FAILOVER", SentinelRig.MASTER));
        } catch (RedisError notYet) {
            return false;
        }
    }

    /** Returns whether a Sentinel reports another master. */
    private boolean isPromoted() {
        var address = (List<?>) sentinels.getFirst().cli("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SentinelRig.MASTER);
        return !address.get(1).equals(String.valueOf(master().port()));
    }

    @Test
    void followsAPlannedFailover() {
        var addresses = sentinels.stream().map(SentinelContainer::address).collect(Collectors.joining(","));
        try (var probe = SentinelProbes.of(
                Map.of("REDIS_SENTINEL_NODES", addresses, "REDIS_SENTINEL_MASTER", SentinelRig.MASTER))) {
            await().atMost(FORMING).until(() -> probe.count("before") instanceof Answered);

            await().atMost(FORMING).until(this::failsOver);
            await().atMost(FORMING).until(this::isPromoted);

            await().atMost(BACK_WITHIN).until(() -> probe.count("after") instanceof Answered);
            // The old master may decide until the replicas have left it.
            await().atMost(FORMING).until(() -> probe.count("after") instanceof Answered && isOnTheNewMaster());
        }
    }

    /** Returns whether a server other than the old master runs scripts; replicas only run their commands. */
    private boolean isOnTheNewMaster() {
        return servers.stream().skip(1).anyMatch(server -> server.cli("INFO", "commandstats")
                .contains("cmdstat_eval"));
    }

    @Test
    void followsAFrozenMaster() {
        var addresses = sentinels.stream().map(SentinelContainer::address).collect(Collectors.joining(","));
        try (var probe = SentinelProbes.of(
                Map.of("REDIS_SENTINEL_NODES", addresses, "REDIS_SENTINEL_MASTER", SentinelRig.MASTER))) {
            await().atMost(FORMING).until(() -> probe.count("before") instanceof Answered);
            master().pause();
            await().atMost(FORMING).until(this::isPromoted);
            await().atMost(BACK_WITHIN).until(() -> probe.count("after") instanceof Answered);
            master().unpause();
            assertThat(probe.count("after")).isInstanceOf(Answered.class);
        }
    }
}

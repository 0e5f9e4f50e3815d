// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.sentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.redis.LinkProbe;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.NotSent;
import dev.gatehouse.testkit.DeepTest;
import dev.gatehouse.testkit.Rounds;
import dev.gatehouse.testkit.redis.RedisError;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.SentinelRig;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failovers of three Sentinels while a link decides. */
@Timeout(600)
class SentinelFailoverTest {

    /** The promise is two seconds; the rest allows for a busy machine. */
    private static final Duration BACK_WITHIN = Duration.ofSeconds(5);

    private SentinelRig rig;
    private Caller caller;

    @BeforeEach
    void start() {
        rig = SentinelRig.start();
        LinkProbe.warmUp(rig.servers().getFirst());
        caller = new Caller(probe());
    }

    @AfterEach
    void stop() {
        caller.close();
        rig.close();
    }

    private LinkProbe probe() {
        return SentinelProbes.of(
                Map.of("REDIS_SENTINEL_NODES", rig.addresses(), "REDIS_SENTINEL_MASTER", SentinelRig.MASTER));
    }

    /** Increments a counter every few milliseconds, on a thread of its own. */
    private static final class Caller implements AutoCloseable {

        private final LinkProbe probe;
        private final AtomicInteger sent = new AtomicInteger();
        private final AtomicLong lastAnswer = new AtomicLong();
        private final Thread thread;
        private volatile boolean ended;

        Caller(LinkProbe probe) {
            this.probe = probe;
            this.thread = Thread.ofPlatform().start(this::run);
            await().atMost(Duration.ofSeconds(30)).until(() -> lastAnswer.get() != 0);
        }

        private void run() {
            while (!ended) {
                var reply = probe.count("k");
                if (!(reply instanceof NotSent)) {
                    sent.incrementAndGet();
                }
                if (reply instanceof Answered) {
                    lastAnswer.set(System.nanoTime());
                }
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
        }

        @Override
        public void close() {
            ended = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            probe.close();
        }
    }

    /**
     * Waits for the promotion, and then for a decision by the new master. On a busy machine the Sentinels may replace it
     * before, and the time then starts anew.
     */
    private RedisProcess promotedWithin(RedisProcess old, Duration limit) {
        while (true) {
            var promoted = rig.awaitMasterOtherThan(old);
            var at = System.nanoTime();
            await().atMost(limit).until(() -> decides(promoted, at) || !rig.isServing(promoted));
            if (decides(promoted, at)) {
                return promoted;
            }
        }
    }

    private boolean decides(RedisProcess promoted, long since) {
        try {
            // A replica runs the commands of a script, but not the script.
            return promoted.calls("evalsha") > 0 && caller.lastAnswer.get() - since > 0;
        } catch (UncheckedIOException cut) {
            return false;
        }
    }

    /** The counter of a master never exceeds the commands that were sent: none was sent twice. */
    private void nothingIsCountedTwice(RedisProcess master) {
        caller.close();
        assertThat(Integer.parseInt((String) master.cli("GET", "k"))).isLessThanOrEqualTo(caller.sent.get());
    }

    @Test
    @DeepTest
    void followsPlannedFailovers() {
        var master = rig.servers().getFirst();
        for (var round = 0; round < Rounds.of(2, 6); round++) {
            rig.servers().forEach(server -> server.cli("CONFIG", "RESETSTAT"));
            rig.failOver();
            promotedWithin(master, BACK_WITHIN);
            rig.awaitReplica(master);
            master = rig.awaitFormed();
        }
        nothingIsCountedTwice(master);
    }

    @Test
    @DeepTest
    void followsFailoversOfAFrozenMasterWithItsSentinel() {
        // Without this setting a master that has missed its replacement accepts writes.
        rig.servers().forEach(server -> server.cli("CONFIG", "SET", "min-replicas-to-write", "0"));
        var master = rig.servers().getFirst();
        for (var round = 0; round < Rounds.of(1, 3); round++) {
            rig.servers().forEach(server -> server.cli("CONFIG", "RESETSTAT"));
            var sentinel = rig.sentinels().get(round % 3);
            sentinel.freeze();
            master.freeze();
            promotedWithin(master, BACK_WITHIN);

            sentinel.thaw();
            master.thaw();
            writesNothingTo(master);
            // A thawed Sentinel judges nothing for 30 s, and may then promote another replica.
            master = rig.awaitFormed();
        }
        nothingIsCountedTwice(master);
    }

    /** New links, too, do not use a master that does not know of the failover yet. */
    private void writesNothingTo(RedisProcess old) {
        var writes = 0;
        for (var isDemoted = false; !isDemoted; ) {
            try (var fresh = probe()) {
                if (fresh.count("after") instanceof Answered) {
                    writes++;
                }
            }
            try {
                var keys = old.cli("EXISTS", "after");
                isDemoted = "slave".equals(old.info("replication", "role"));
                assertThat(isDemoted || keys.equals(0L))
                        .as("no write to the old master")
                        .isTrue();
            } catch (UncheckedIOException | RedisError cut) {
                // A Sentinel ends the connections to a master that it demotes; the replica then waits for its data.
                isDemoted = true;
            }
        }
        assertThat(writes).isPositive();
        rig.masterOtherThan(old).cli("DEL", "after");
    }

    @Test
    void followsTheFailoverOfAKilledMaster() {
        var master = rig.servers().getFirst();
        rig.servers().forEach(server -> server.cli("CONFIG", "RESETSTAT"));
        master.kill();
        nothingIsCountedTwice(promotedWithin(master, BACK_WITHIN));
    }

    @Test
    void followsAFailoverAfterTheConnectionWasIdle() {
        try (var idle = probe()) {
            assertThat(idle.count("idle")).isInstanceOf(Answered.class);
            var master = rig.servers().getFirst();
            rig.failOver();
            var promoted = rig.awaitMasterOtherThan(master);
            rig.awaitReplica(master);
            await().atMost(BACK_WITHIN).until(() -> idle.count("idle") instanceof Answered);
            assertThat(promoted.cli("EXISTS", "idle")).isEqualTo(1L);
        }
    }
}

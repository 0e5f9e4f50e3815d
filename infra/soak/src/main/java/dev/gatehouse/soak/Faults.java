// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak;

import dev.gatehouse.soak.books.Losses;
import dev.gatehouse.testkit.redis.RedisProcess;
import dev.gatehouse.testkit.redis.SentinelRig;
import java.time.Duration;
import java.util.List;

/** The faults of Redis, in their order. Each returns when Redis serves again. */
final class Faults {

    private static final Duration FROZEN = Duration.ofSeconds(5);
    private static final Duration FULL = Duration.ofSeconds(10);

    /** A fault with its name in the report. */
    record Fault(String name, Runnable inflict) {}

    private final SentinelRig redis;
    private final Losses losses;

    Faults(SentinelRig redis, Losses losses) {
        this.redis = redis;
        this.losses = losses;
        // A restart and a freeze must not become failovers.
        for (var sentinel : redis.sentinels()) {
            sentinel.cli("SENTINEL", "SET", SentinelRig.MASTER, "down-after-milliseconds", "10000");
        }
    }

    /** Returns each fault twice. The restarts come before the failovers, since a restarted server has its first role. */
    List<Fault> all() {
        var restart = new Fault("killed and restarted", this::restart);
        var freeze = new Fault("frozen for %d s".formatted(FROZEN.toSeconds()), this::freeze);
        var fill = new Fault("full for %d s".formatted(FULL.toSeconds()), this::fill);
        return List.of(
                restart,
                freeze,
                fill,
                restart,
                freeze,
                fill,
                new Fault("planned failover", this::failOver),
                new Fault("killed; failover", this::killMaster));
    }

    private RedisProcess master() {
        return redis.servers().stream().filter(redis::isServing).findFirst().orElseThrow();
    }

    private void restart() {
        var master = master();
        master.kill();
        master.restart();
        redis.servers().stream().filter(server -> server != master).forEach(redis::awaitReplica);
    }

    private void freeze() {
        var master = master();
        master.freeze();
        pause(FROZEN);
        master.thaw();
    }

    private void fill() {
        var master = master();
        master.cli("CONFIG", "SET", "maxmemory", "1mb");
        pause(FULL);
        master.cli("CONFIG", "SET", "maxmemory", "0");
    }

    private void failOver() {
        var old = master();
        losses.begin();
        redis.failOver();
        redis.awaitMasterOtherThan(old);
        redis.awaitReplica(old);
        losses.end();
    }

    private void killMaster() {
        var old = master();
        losses.begin();
        old.kill();
        redis.awaitMasterOtherThan(old);
        losses.end();
    }

    private static void pause(Duration length) {
        try {
            Thread.sleep(length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

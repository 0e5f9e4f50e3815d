// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import dev.gatehouse.testkit.process.Poller;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A master, two replicas and three Sentinels on 127.0.0.1. A master without a replica rejects writes. Two Sentinels must agree that the master is down, after half a
 * second without a reply; a replica then takes over within about two seconds. Thread-safe.
 */
public final class SentinelRig implements AutoCloseable {

    /** The name under which the Sentinels monitor the master. */
    public static final String MASTER = "gatehouse";

    private static final int SENTINELS = 3;
    private static final int MAJORITY = 2;
    private static final int REPLICAS = 2;
    private static final Duration FORMING = Duration.ofSeconds(120);

    private final List<RedisProcess> servers = new ArrayList<>();
    private final List<RedisProcess> sentinels = new ArrayList<>();

    private SentinelRig(List<String> lines) {
        try {
            servers.add(durable(lines).start());
            for (var i = 0; i < REPLICAS; i++) {
                servers.add(durable(lines).replicaOf(servers.getFirst()).start());
            }
            for (var i = 0; i < SENTINELS; i++) {
                sentinels.add(monitoring(servers.getFirst(), 2).start());
            }
            awaitFormed();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static RedisSetup durable(List<String> lines) {
        var setup = RedisProcess.setup().config("min-replicas-to-write 1").config("min-replicas-max-lag 10");
        lines.forEach(setup::config);
        return setup;
    }

    /**
     * Starts all servers. Returns when each Sentinel has found the replicas and the other Sentinels.
     *
     * @param lines further lines of redis.conf for master and replicas
     */
    public static SentinelRig start(String... lines) {
        return new SentinelRig(List.of(lines));
    }

    /**
     * Describes a Sentinel that monitors {@code master}.
     *
     * @param quorum the number of Sentinels that must agree that the master is down
     */
    public static RedisSetup monitoring(RedisProcess master, int quorum) {
        return RedisProcess.setup()
                .sentinel()
                .config("sentinel monitor %s %s %d %d".formatted(MASTER, master.host(), master.port(), quorum))
                .config("sentinel down-after-milliseconds %s 500".formatted(MASTER))
                .config("sentinel failover-timeout %s 4000".formatted(MASTER));
    }

    /** Returns the servers, the original master first. */
    public List<RedisProcess> servers() {
        return List.copyOf(servers);
    }

    public List<RedisProcess> sentinels() {
        return List.copyOf(sentinels);
    }

    /** Returns {@code host:port} of the Sentinels, separated by commas. */
    public String addresses() {
        return sentinels.stream()
                .map(sentinel -> sentinel.host() + ":" + sentinel.port())
                .collect(Collectors.joining(","));
    }

    /** Returns a server other than {@code old} that a Sentinel reports as the master; null if none does. */
    public RedisProcess masterOtherThan(RedisProcess old) {
        return reportedBy(1, old);
    }

    /** Returns a server other than {@code old} that at least so many Sentinels report; null if there is none. */
    private RedisProcess reportedBy(int count, RedisProcess old) {
        return servers.stream()
                .filter(server -> server != old && countReports(server) >= count)
                .findFirst()
                .orElse(null);
    }

    private long countReports(RedisProcess server) {
        var port = Integer.toString(server.port());
        return sentinels.stream()
                .filter(sentinel -> port.equals(reportedPort(sentinel)))
                .count();
    }

    /** Starts a planned failover. Returns when a Sentinel has accepted the command. */
    public void failOver() {
        new Poller(FORMING)
                .until(
                        () -> {
                            try {
                                return "OK".equals(sentinels.getFirst().cli("SENTINEL", "FAILOVER", MASTER));
                            } catch (RedisError notYet) {
                                // NOGOODSLAVE or INPROG shortly after a start or a failover.
                                return false;
                            }
                        },
                        () -> "no failover: " + sentinels.getFirst().log());
    }

    /** Waits until a server other than {@code old} {@linkplain #isServing serves}, and returns it. */
    public RedisProcess awaitMasterOtherThan(RedisProcess old) {
        var promoted = new AtomicReference<RedisProcess>();
        new Poller(FORMING)
                .until(
                        () -> {
                            promoted.set(reportedBy(MAJORITY, old));
                            return promoted.get() != null && isServing(promoted.get());
                        },
                        () -> "nothing was promoted: " + logs());
        return promoted.get();
    }

    /**
     * Returns whether a majority of the Sentinels reports {@code server} and it accepts writes. A promoted server without a
     * replica accepts none, and the other replica may have to load all data first.
     */
    public boolean isServing(RedisProcess server) {
        return countReports(server) >= MAJORITY
                && "master".equals(server.info("replication", "role"))
                // Missing if no replicas are required.
                && !"0".equals(server.info("replication", "min_slaves_good_slaves"));
    }

    /** Waits until {@code server} is a replica in sync. */
    public void awaitReplica(RedisProcess server) {
        new Poller(FORMING).until(() -> isReplica(server), () -> "not a replica: " + server.log());
    }

    /** Returns the logs of the Sentinels. */
    public String logs() {
        return sentinels.stream().map(RedisProcess::log).collect(Collectors.joining("\n"));
    }

    private static String reportedPort(RedisProcess sentinel) {
        if (!sentinel.isAlive() || sentinel.isFrozen()) {
            return null;
        }
        return ((List<?>) sentinel.cli("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER))
                .get(1)
                .toString();
    }

    private static boolean isReplica(RedisProcess server) {
        try {
            return "up".equals(server.info("replication", "master_link_status"));
        } catch (UncheckedIOException cut) {
            // A Sentinel ends the connections to a master that it demotes.
            return false;
        }
    }

    /** Waits until all Sentinels report the same master with its replicas, and each other. Returns the master. */
    public RedisProcess awaitFormed() {
        var master = new AtomicReference<RedisProcess>();
        new Poller(FORMING)
                .until(
                        () -> {
                            master.set(formedMaster().orElse(null));
                            return master.get() != null;
                        },
                        this::logs);
        return master.get();
    }

    private Optional<RedisProcess> formedMaster() {
        return servers.stream()
                .filter(server -> sentinels.stream().allMatch(sentinel -> isFormed(sentinel, server)))
                .findFirst();
    }

    private static boolean isFormed(RedisProcess sentinel, RedisProcess master) {
        var line = sentinel.info("sentinel", "master0");
        return line != null
                && line.contains("status=ok,address=%s:%d,".formatted(master.host(), master.port()))
                && line.endsWith("slaves=%d,sentinels=%d".formatted(REPLICAS, SENTINELS));
    }

    /** Ends all servers. Frozen ones end, too. */
    @Override
    public void close() {
        var failures = new ArrayList<AssertionError>();
        Stream.concat(sentinels.stream(), servers.stream()).forEach(server -> {
            try {
                server.close();
            } catch (AssertionError e) {
                failures.add(e);
            }
        });
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }
}

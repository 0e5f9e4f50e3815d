// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import dev.gatehouse.testkit.process.Poller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A real Redis cluster of three masters on 127.0.0.1, each with an optional replica. Each master has a third of the
 * slots, in the order of {@link #masters}. A master that ends is replaced by its replica within about three seconds.
 */
public final class RedisCluster implements AutoCloseable {

    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final Duration FORMING = Duration.ofSeconds(30);

    private final List<RedisProcess> masters = new ArrayList<>();
    private final List<RedisProcess> replicas = new ArrayList<>();

    private RedisCluster(boolean replicated) {
        try {
            for (var i = 0; i < MASTERS; i++) {
                masters.add(RedisProcess.setup().cluster().start());
            }
            for (var i = 0; replicated && i < MASTERS; i++) {
                replicas.add(RedisProcess.setup().cluster().start());
            }
            dealSlots();
            introduce();
            if (replicated) {
                attachReplicas();
            }
            awaitOk();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Starts three masters. Returns when every node reports the cluster as ok. */
    public static RedisCluster start() {
        return new RedisCluster(false);
    }

    /** Starts three masters with one replica each. Returns when every node reports the cluster as ok and is in sync. */
    public static RedisCluster startWithReplicas() {
        return new RedisCluster(true);
    }

    /** Returns the masters at the start of the cluster. */
    public List<RedisProcess> masters() {
        return List.copyOf(masters);
    }

    /** Returns the replicas at the start of the cluster, in the order of their masters. */
    public List<RedisProcess> replicas() {
        return List.copyOf(replicas);
    }

    /** Returns all nodes. */
    public List<RedisProcess> nodes() {
        return Stream.concat(masters.stream(), replicas.stream()).toList();
    }

    /** Returns {@code host:port} of all nodes, separated by commas. */
    public String addresses() {
        return nodes().stream().map(node -> node.host() + ":" + node.port()).collect(Collectors.joining(","));
    }

    /** Returns the original master of the slot of the key. */
    public RedisProcess masterOf(String key) {
        return masters.get(Math.toIntExact(slotOf(key)) * MASTERS / SLOTS);
    }

    /** Returns the slot of the key. */
    public long slotOf(String key) {
        return (Long) anyAlive().cli("CLUSTER", "KEYSLOT", key);
    }

    /** Moves one slot, which must have no keys, to another master, on all live nodes. */
    public void moveSlot(long slot, RedisProcess to) {
        var id = idOf(to);
        var other = masters.stream()
                .filter(node -> node.isAlive() && node != to)
                .findFirst()
                .orElseThrow();
        // The import has a new epoch, so that late gossip of the old owner is ignored.
        to.cli("CLUSTER", "SETSLOT", Long.toString(slot), "IMPORTING", idOf(other));
        to.cli("CLUSTER", "SETSLOT", Long.toString(slot), "NODE", id);
        nodes().stream()
                .filter(node -> node.isAlive() && node != to && !isReplica(node))
                .forEach(node -> node.cli("CLUSTER", "SETSLOT", Long.toString(slot), "NODE", id));
    }

    /** Waits until every live node reports {@code cluster_state:ok} and every replica is in sync. */
    public void awaitOk() {
        var alive = nodes().stream().filter(RedisProcess::isAlive).toList();
        new Poller(FORMING)
                .until(
                        () -> alive.stream().allMatch(RedisCluster::isWell),
                        () -> "the cluster is not well: " + report());
    }

    /**
     * Ends all nodes.
     *
     * @throws AssertionError if a running node has a key of Gatehouse without an expiry
     */
    @Override
    public void close() {
        var failures = new ArrayList<AssertionError>();
        for (var node : nodes()) {
            try {
                node.close();
            } catch (AssertionError e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    private void dealSlots() {
        for (var i = 0; i < MASTERS; i++) {
            var run = slotsOf(i).mapToObj(Integer::toString);
            masters.get(i)
                    .cli(Stream.concat(Stream.of("CLUSTER", "ADDSLOTS"), run).toArray(String[]::new));
        }
        var epoch = 1;
        for (var node : nodes()) {
            node.cli("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(epoch++));
        }
    }

    private static IntStream slotsOf(int master) {
        return IntStream.range(0, SLOTS).filter(slot -> slot * MASTERS / SLOTS == master);
    }

    private void introduce() {
        var nodes = nodes();
        for (var node : nodes) {
            for (var other : nodes) {
                if (node != other) {
                    node.cli("CLUSTER", "MEET", other.host(), Integer.toString(other.port()));
                }
            }
        }
        var ids = nodes.stream().map(RedisCluster::idOf).toList();
        new Poller(FORMING)
                .until(
                        () -> nodes.stream().allMatch(node -> lists(node, ids)),
                        () -> "the nodes do not list each other: " + report());
    }

    private void attachReplicas() {
        for (var i = 0; i < MASTERS; i++) {
            replicas.get(i).cli("CLUSTER", "REPLICATE", idOf(masters.get(i)));
        }
        var ids = replicas.stream().map(RedisCluster::idOf).toList();
        new Poller(FORMING)
                .until(
                        () -> nodes().stream().allMatch(node -> listsAsReplicas(node, ids)),
                        () -> "the replicas are not listed: " + report());
    }

    private static boolean lists(RedisProcess node, List<String> ids) {
        var known = (String) node.cli("CLUSTER", "NODES");
        return !known.contains("handshake") && ids.stream().allMatch(known::contains);
    }

    private static boolean listsAsReplicas(RedisProcess node, List<String> ids) {
        var lines = ((String) node.cli("CLUSTER", "NODES")).lines().toList();
        return ids.stream()
                .allMatch(id -> lines.stream().anyMatch(line -> line.startsWith(id) && line.contains("slave")));
    }

    private static boolean isWell(RedisProcess node) {
        if (!((String) node.cli("CLUSTER", "INFO")).contains("cluster_state:ok")) {
            return false;
        }
        return !isReplica(node) || "up".equals(node.info("replication", "master_link_status"));
    }

    private static boolean isReplica(RedisProcess node) {
        return "slave".equals(node.info("replication", "role"));
    }

    private static String idOf(RedisProcess node) {
        return (String) node.cli("CLUSTER", "MYID");
    }

    private RedisProcess anyAlive() {
        return nodes().stream().filter(RedisProcess::replies).findFirst().orElseThrow();
    }

    private String report() {
        return nodes().stream()
                .filter(RedisProcess::replies)
                .map(node -> node.port() + "\n" + node.cli("CLUSTER", "INFO") + node.cli("CLUSTER", "NODES"))
                .collect(Collectors.joining("\n"));
    }
}

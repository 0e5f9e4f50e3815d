// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Three primaries that share the slots. */
public final class ContainerCluster implements AutoCloseable {

    private final List<RedisContainer> nodes = new ArrayList<>();

    public static ContainerCluster start() {
        var cluster = new ContainerCluster();
        try {
            cluster.form();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void form() {
        var addresses = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            var busPort = String.valueOf(RedisContainer.freePort());
            var node = RedisContainer.onHost().with("--cluster-enabled", "yes", "--cluster-port", busPort);
            nodes.add(node.start());
            addresses.add("127.0.0.1:" + node.port() + "@" + busPort);
        }
        var create = Stream.of(List.of("--cluster", "create"), addresses, List.of("--cluster-yes"));
        nodes.getFirst().cli(create.flatMap(List::stream).toArray(String[]::new));
        // The nodes receive the last slots at different times.
        for (var node : nodes) {
            await().atMost(15, SECONDS).until(() -> node.cli("CLUSTER", "INFO").contains("cluster_state:ok"));
        }
    }

    /** Returns the nodes in the order of their slots. */
    public List<RedisContainer> nodes() {
        return nodes;
    }

    @Override
    public void close() {
        nodes.forEach(RedisContainer::close);
    }
}

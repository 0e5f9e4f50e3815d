// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisClusterTest {

    @Test
    void threeMastersShareTheSlots() {
        try (var cluster = RedisCluster.start()) {
            assertThat(cluster.nodes()).hasSize(3).allSatisfy(node -> assertThat((String) node.cli("CLUSTER", "INFO"))
                    .contains("cluster_state:ok", "cluster_slots_ok:16384", "cluster_size:3"));

            var owner = cluster.masterOf("{alpha}:1");
            var slot = cluster.slotOf("{alpha}:1");
            var other = cluster.masters().stream()
                    .filter(node -> node != owner)
                    .findFirst()
                    .orElseThrow();
            var moved = "MOVED %d 127.0.0.1:%d";
            assertThatThrownBy(() -> other.cli("GET", "{alpha}:1")).hasMessage(moved.formatted(slot, owner.port()));

            cluster.moveSlot(slot, other);

            assertThat(other.cli("SET", "{alpha}:1", "here")).isEqualTo("OK");
            assertThatThrownBy(() -> owner.cli("GET", "{alpha}:1")).hasMessage(moved.formatted(slot, other.port()));
        }
    }

    @Test
    void aReplicaTakesOverFromAKilledMaster() {
        try (var cluster = RedisCluster.startWithReplicas()) {
            assertThat(cluster.addresses().split(",")).hasSize(6);
            var master = cluster.masters().getFirst();
            var replica = cluster.replicas().getFirst();
            assertThat(replica.info("replication", "master_port")).isEqualTo(Integer.toString(master.port()));

            master.kill();

            await().atMost(Duration.ofSeconds(15)).until(() -> "master".equals(replica.info("replication", "role")));
            cluster.awaitOk();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.redis.health.Reported;
import dev.gatehouse.redis.health.ServerInfo;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The statistics that Redis reports; on a cluster, those of one node.
 *
 * @param keys the keys in all databases
 * @param maxMemoryBytes 0 means unlimited
 * @param hitRate hits of all lookups, from 0 to 1
 * @param withheld the reason why a field is null, by the field's name
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "RedisStats")
record RedisStatsResponse(
        @Nullable Long uptimeSeconds,
        @Nullable Long connectedClients,
        @Nullable Long maxClients,
        @Nullable Long usedMemoryBytes,
        @Nullable Long peakMemoryBytes,
        @Nullable Long maxMemoryBytes,
        @Nullable String evictionPolicy,
        @Nullable Long commandsProcessed,
        @Nullable Long commandsPerSecond,
        @Nullable Long keys,
        @Nullable Long keyspaceHits,
        @Nullable Long keyspaceMisses,
        @Nullable Double hitRate,
        @Nullable Long evictedKeys,
        @Nullable Long expiredKeys,
        @Nullable Long slowLogLength,
        Replication replication,
        Map<String, String> withheld) {

    /**
     * The state of replication.
     *
     * @param masterLink up or down; replicas only
     * @param masterSilentSeconds seconds since the last data from the master; replicas only
     */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "RedisReplication")
    record Replication(
            @Nullable String role,
            @Nullable Long connectedReplicas,
            @Nullable String masterLink,
            @Nullable Long masterSilentSeconds) {}

    static RedisStatsResponse of(ServerInfo server) {
        var fields = new Fields(new LinkedHashMap<>());
        var replication = new Replication(
                fields.value("replication.role", server.role()),
                fields.value("replication.connectedReplicas", server.number("connected_slaves")),
                fields.value("replication.masterLink", server.replicaText("master_link_status")),
                fields.value("replication.masterSilentSeconds", server.replicaNumber("master_last_io_seconds_ago")));
        return new RedisStatsResponse(
                fields.value("uptimeSeconds", server.number("uptime_in_seconds")),
                fields.value("connectedClients", server.connectedClients()),
                fields.value("maxClients", server.maxClients()),
                fields.value("usedMemoryBytes", server.usedMemoryBytes()),
                fields.value("peakMemoryBytes", server.number("used_memory_peak")),
                fields.value("maxMemoryBytes", server.maxMemoryBytes()),
                fields.value("evictionPolicy", server.evictionPolicy()),
                fields.value("commandsProcessed", server.number("total_commands_processed")),
                fields.value("commandsPerSecond", server.number("instantaneous_ops_per_sec")),
                fields.value("keys", server.keys()),
                fields.value("keyspaceHits", server.number("keyspace_hits")),
                fields.value("keyspaceMisses", server.number("keyspace_misses")),
                fields.value("hitRate", server.hitRate()),
                fields.value("evictedKeys", server.number("evicted_keys")),
                fields.value("expiredKeys", server.number("expired_keys")),
                fields.value("slowLogLength", server.slowLogLength()),
                replication,
                fields.withheld);
    }

    /** Reads fields and collects the reasons of those that are withheld. */
    private record Fields(Map<String, String> withheld) {

        <T> @Nullable T value(String name, Reported<T> field) {
            if (field.reason() != null) {
                withheld.put(name, field.reason());
            }
            return field.value();
        }
    }
}

package dev.gatehouse.health.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.redis.health.ServerFacts;
import dev.gatehouse.redis.health.Told;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Redis tells of itself. What it does not tell is null, and {@code withheld} says why. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(
        name = "RedisStats",
        description = "What Redis tells of itself; on a cluster, what the node tells that was asked.")
record StatsAnswer(
        @Schema(example = "86400", nullable = true) @Nullable
        Long uptimeSeconds,

        @Schema(example = "12", nullable = true) @Nullable Long connectedClients,

        @Schema(example = "10000", nullable = true) @Nullable
        Long maxClients,

        @Schema(example = "1048576", nullable = true) @Nullable
        Long usedMemoryBytes,

        @Schema(example = "2097152", nullable = true) @Nullable
        Long peakMemoryBytes,

        @Schema(description = "0: there is no limit.", example = "1073741824", nullable = true) @Nullable
        Long maxMemoryBytes,

        @Schema(type = "string", example = "noeviction", nullable = true) @Nullable
        String evictionPolicy,

        @Schema(example = "1000000", nullable = true) @Nullable
        Long commandsProcessed,

        @Schema(example = "250", nullable = true) @Nullable Long commandsPerSecond,

        @Schema(example = "900", nullable = true) @Nullable Long keyspaceHits,

        @Schema(example = "100", nullable = true) @Nullable Long keyspaceMisses,

        @Schema(description = "Hits of all lookups, from 0 to 1.", example = "0.9", nullable = true) @Nullable
        Double hitRate,

        @Schema(example = "0", nullable = true) @Nullable Long evictedKeys,

        @Schema(example = "42", nullable = true) @Nullable Long expiredKeys,

        @Schema(example = "0", nullable = true) @Nullable Long slowLogLength,

        Replication replication,

        @Schema(
                description = "Why a field is null, by its name.",
                example = "{\"slowLogLength\":\"the user may not run SLOWLOG\"}")
        Map<String, String> withheld) {

    /** How it is copied. */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "RedisReplication")
    record Replication(
            @Schema(type = "string", example = "master", nullable = true) @Nullable
            String role,

            @Schema(example = "1", nullable = true) @Nullable
            Long connectedReplicas,

            @Schema(description = "up or down; a replica's alone.", nullable = true) @Nullable
            String masterLink,

            @Schema(description = "A replica's alone.", nullable = true) @Nullable
            Long masterSilentSeconds) {}

    static StatsAnswer of(ServerFacts facts) {
        var reading = new Reading(new LinkedHashMap<>());
        var replication = new Replication(
                reading.of("replication.role", facts.role()),
                reading.of("replication.connectedReplicas", facts.connectedReplicas()),
                reading.of("replication.masterLink", facts.masterLink()),
                reading.of("replication.masterSilentSeconds", facts.masterSilentSeconds()));
        return new StatsAnswer(
                reading.of("uptimeSeconds", facts.uptimeSeconds()),
                reading.of("connectedClients", facts.connectedClients()),
                reading.of("maxClients", facts.maxClients()),
                reading.of("usedMemoryBytes", facts.usedMemoryBytes()),
                reading.of("peakMemoryBytes", facts.peakMemoryBytes()),
                reading.of("maxMemoryBytes", facts.maxMemoryBytes()),
                reading.of("evictionPolicy", facts.evictionPolicy()),
                reading.of("commandsProcessed", facts.commandsProcessed()),
                reading.of("commandsPerSecond", facts.commandsPerSecond()),
                reading.of("keyspaceHits", facts.keyspaceHits()),
                reading.of("keyspaceMisses", facts.keyspaceMisses()),
                reading.of("hitRate", facts.hitRate()),
                reading.of("evictedKeys", facts.evictedKeys()),
                reading.of("expiredKeys", facts.expiredKeys()),
                reading.of("slowLogLength", facts.slowLogLength()),
                replication,
                reading.withheld);
    }

    /** Notes why on its way past what was not told. */
    private record Reading(Map<String, String> withheld) {

        <T> @Nullable T of(String field, Told<T> told) {
            if (told.reason() != null) {
                withheld.put(field, told.reason());
            }
            return told.value();
        }
    }
}

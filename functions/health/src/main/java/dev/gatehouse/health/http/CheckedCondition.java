// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.ServerInfo;
import dev.gatehouse.redis.health.Warning;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A condition of Redis, apart from its operations, that a check examines. The names are part of the HTTP contract. */
enum CheckedCondition {
    CREDENTIALS("Redis rejects a connection without valid credentials, also one that is opened after a failover."),
    LATENCY("A reply that comes after the command timeout is too late: the fallback policy has decided."),
    ROLE("Only a master accepts writes. A replica rejects almost every decision."),
    CLUSTER_MODE("A node of a cluster has a part of the keys, and rejects the others."),
    MEMORY("With a full memory, Redis rejects writes or drops keys, by its eviction policy."),
    EVICTION("If Redis drops a claim, work may run twice; if it drops a counter, a limit may be exceeded."),
    CLIENTS("At its limit, Redis rejects connections, and further functions cannot connect."),
    SLOW_LOG("Redis runs one command at a time. A slow one delays every decision."),
    CLOCK("Leases, limits and sessions end by a clock. If clocks differ, they may end early or late."),
    ENCRYPTION("Without TLS, a third party in the network can read and change all data, and read the password."),
    SENTINELS("After a failover, the functions find the new master only by the Sentinels.");

    final String why;

    /** @param why the consequence if the condition does not hold */
    CheckedCondition(String why) {
        this.why = why;
    }

    /** Returns the identifier used in responses: {@code slow-log}. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the types of the warnings that state that the condition does not hold. */
    Set<Warning.Type> warnings() {
        return switch (this) {
            case CREDENTIALS -> EnumSet.of(Warning.Type.WRONG_PASSWORD);
            case LATENCY -> EnumSet.of(Warning.Type.SLOW_ANSWERS);
            case ROLE -> EnumSet.of(Warning.Type.REPLICA_ASKED_TO_WRITE);
            case CLUSTER_MODE -> EnumSet.of(Warning.Type.CLUSTER_WITHOUT_CLUSTER_MODE);
            case MEMORY -> EnumSet.of(Warning.Type.MEMORY_FULL, Warning.Type.MEMORY_NEAR_LIMIT);
            case EVICTION -> EnumSet.of(Warning.Type.EVICTION_CAN_DROP_CLAIMS);
            case CLIENTS -> EnumSet.of(Warning.Type.CLIENTS_NEAR_LIMIT);
            case SLOW_LOG -> EnumSet.of(Warning.Type.SLOW_LOG_GROWING);
            case CLOCK -> EnumSet.of(Warning.Type.CLOCKS_APART);
            case ENCRYPTION -> EnumSet.of(Warning.Type.NOT_ENCRYPTED);
            case SENTINELS -> EnumSet.of(Warning.Type.SENTINELS_SILENT, Warning.Type.SENTINELS_DISAGREE);
        };
    }

    /** Returns the reason why the condition was not examined; null if it was. */
    @Nullable
    String unexamined(RedisHealth health) {
        if (this == ENCRYPTION || this == SENTINELS) {
            return null;
        }
        return health instanceof Connected connected ? withheld(connected.server()) : "Redis does not reply";
    }

    private @Nullable String withheld(ServerInfo server) {
        return switch (this) {
            case ROLE -> server.role().reason();
            case CLUSTER_MODE -> server.mode().reason();
            case MEMORY -> {
                var used = server.usedMemoryBytes().reason();
                yield used == null ? server.maxMemoryBytes().reason() : used;
            }
            case EVICTION -> server.evictionPolicy().reason();
            case CLIENTS -> {
                var connected = server.connectedClients().reason();
                yield connected == null ? server.maxClients().reason() : connected;
            }
            case SLOW_LOG -> server.slowLogTotal().reason();
            case CLOCK -> server.clockAhead().reason();
            case CREDENTIALS, LATENCY, ENCRYPTION, SENTINELS -> null;
        };
    }
}

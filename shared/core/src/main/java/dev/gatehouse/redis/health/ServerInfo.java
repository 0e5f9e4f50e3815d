// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The state that Redis reports; on a cluster, the state of one node.
 *
 * @param info the fields of {@code INFO}, of all sections
 * @param slowLogLength the entries in the slow log, which drops the oldest
 * @param slowLogTotal the commands that were logged as slow since Redis started
 * @param clockAhead the minimum by which Redis's clock is ahead of this machine's; negative if it is behind
 * @param restrictions the commands that Redis rejects, without which the functions do
 */
public record ServerInfo(
        Reported<Map<String, String>> info,
        Reported<Long> slowLogLength,
        Reported<Long> slowLogTotal,
        Reported<Duration> clockAhead,
        List<Restriction> restrictions) {

    private static final Pattern DATABASE = Pattern.compile("db\\d+");

    /** The start of the field of a database, which exists while it has keys. */
    private static final Pattern KEYS = Pattern.compile("keys=(\\d{1,18}),");

    /** Returns a server that reports nothing, for {@code reason}. */
    static ServerInfo withheld(String reason) {
        return new ServerInfo(
                Reported.withheld(reason),
                Reported.withheld(reason),
                Reported.withheld(reason),
                Reported.withheld(reason),
                List.of());
    }

    /** Returns the server's own version: Valkey also reports the version of Redis that it is compatible with. */
    public Reported<String> version() {
        return text("valkey_version").or(text("redis_version"));
    }

    /** Returns {@code standalone}, {@code cluster} or {@code sentinel}. */
    public Reported<String> mode() {
        return text("server_mode").or(text("redis_mode"));
    }

    /** Returns {@code master} or {@code replica}. */
    public Reported<String> role() {
        return text("role").map(role -> role.equals("slave") ? "replica" : role);
    }

    public Reported<Long> connectedClients() {
        return number("connected_clients");
    }

    public Reported<Long> maxClients() {
        return number("maxclients");
    }

    public Reported<Long> usedMemoryBytes() {
        return number("used_memory");
    }

    /** Returns the memory limit; 0 means unlimited. */
    public Reported<Long> maxMemoryBytes() {
        return number("maxmemory");
    }

    public Reported<String> evictionPolicy() {
        return text("maxmemory_policy");
    }

    /** Returns the number of keys in all databases. */
    public Reported<Long> keys() {
        return info.map(fields -> fields.entrySet().stream()
                .filter(field -> DATABASE.matcher(field.getKey()).matches())
                .mapToLong(field -> keys(field.getValue()))
                .sum());
    }

    private static long keys(String counts) {
        var keys = KEYS.matcher(counts);
        return keys.lookingAt() ? Long.parseLong(keys.group(1)) : 0;
    }

    /** Returns the share of lookups that found a key, from 0 to 1; withheld before the first lookup. */
    public Reported<Double> hitRate() {
        return number("keyspace_hits").flatMap(hits -> number("keyspace_misses").flatMap(misses -> {
            var lookups = hits + misses;
            return lookups == 0 ? Reported.withheld("there were no lookups yet") : Reported.of((double) hits / lookups);
        }));
    }

    /** Returns a text field of {@code INFO} that only replicas have. */
    public Reported<String> replicaText(String field) {
        return ifReplica(text(field));
    }

    /** Returns a number field of {@code INFO} that only replicas have. */
    public Reported<Long> replicaNumber(String field) {
        return ifReplica(number(field));
    }

    private <T> Reported<T> ifReplica(Reported<T> field) {
        return role().flatMap(role -> role.equals("replica") ? field : Reported.withheld("it is not a replica"));
    }

    /** Returns a text field of {@code INFO}. */
    public Reported<String> text(String field) {
        return info.flatMap(fields -> {
            var value = fields.get(field);
            return value == null ? Reported.withheld("INFO does not report it here") : Reported.of(value);
        });
    }

    /** Returns a whole-number field of {@code INFO}. */
    public Reported<Long> number(String field) {
        return text(field).flatMap(value -> {
            try {
                return Reported.of(Long.parseLong(value));
            } catch (NumberFormatException e) {
                return Reported.withheld("INFO does not report a whole number here");
            }
        });
    }
}

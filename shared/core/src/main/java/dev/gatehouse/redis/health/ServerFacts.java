package dev.gatehouse.redis.health;

import java.time.Duration;

/** What Redis tells of itself; on a cluster, what that node tells which was asked. Each fact is told, or why it is not. */
public final class ServerFacts {

    private final Told<Info> info;
    private final Told<Long> slowLogLength;
    private final Told<Long> slowLogTotal;
    private final Told<Duration> clockAhead;

    ServerFacts(Told<Info> info, Told<Long> slowLogLength, Told<Long> slowLogTotal, Told<Duration> clockAhead) {
        this.info = info;
        this.slowLogLength = slowLogLength;
        this.slowLogTotal = slowLogTotal;
        this.clockAhead = clockAhead;
    }

    /** None, all for one {@code reason}. */
    static ServerFacts withheld(String reason) {
        return new ServerFacts(
                Told.withheld(reason), Told.withheld(reason), Told.withheld(reason), Told.withheld(reason));
    }

    /** The version of Redis whose commands it has. */
    public Told<String> version() {
        return text("redis_version");
    }

    /** {@code standalone}, {@code cluster} or {@code sentinel}. */
    public Told<String> mode() {
        return text("redis_mode");
    }

    /** {@code master} or {@code replica}. */
    public Told<String> role() {
        return text("role").map(role -> role.equals("slave") ? "replica" : role);
    }

    public Told<Long> uptimeSeconds() {
        return number("uptime_in_seconds");
    }

    public Told<Long> connectedClients() {
        return number("connected_clients");
    }

    public Told<Long> maxClients() {
        return number("maxclients");
    }

    public Told<Long> usedMemoryBytes() {
        return number("used_memory");
    }

    public Told<Long> peakMemoryBytes() {
        return number("used_memory_peak");
    }

    /** 0 where there is no limit. */
    public Told<Long> maxMemoryBytes() {
        return number("maxmemory");
    }

    public Told<String> evictionPolicy() {
        return text("maxmemory_policy");
    }

    public Told<Long> commandsProcessed() {
        return number("total_commands_processed");
    }

    public Told<Long> commandsPerSecond() {
        return number("instantaneous_ops_per_sec");
    }

    public Told<Long> keyspaceHits() {
        return number("keyspace_hits");
    }

    public Told<Long> keyspaceMisses() {
        return number("keyspace_misses");
    }

    /** From 0 to 1; not told before the first lookup. */
    public Told<Double> hitRate() {
        return keyspaceHits().flatMap(hits -> keyspaceMisses().flatMap(misses -> {
            var lookups = hits + misses;
            return lookups == 0 ? Told.withheld("nothing was looked up yet") : Told.of((double) hits / lookups);
        }));
    }

    public Told<Long> evictedKeys() {
        return number("evicted_keys");
    }

    public Told<Long> expiredKeys() {
        return number("expired_keys");
    }

    public Told<Long> connectedReplicas() {
        return number("connected_slaves");
    }

    /** {@code up} or {@code down}; a replica's alone. */
    public Told<String> masterLink() {
        return role().flatMap(role ->
                role.equals("replica") ? text("master_link_status") : Told.withheld("it is no replica"));
    }

    /** Seconds since the master was last heard; a replica's alone. */
    public Told<Long> masterSilentSeconds() {
        return role().flatMap(role ->
                role.equals("replica") ? number("master_last_io_seconds_ago") : Told.withheld("it is no replica"));
    }

    /** Entries in the slow log, which forgets the oldest. */
    public Told<Long> slowLogLength() {
        return slowLogLength;
    }

    /** How many commands have gone into the slow log since Redis started. */
    public Told<Long> slowLogTotal() {
        return slowLogTotal;
    }

    /** How far Redis's clock is ahead of this machine's, at least; negative where it is behind. */
    public Told<Duration> clockAhead() {
        return clockAhead;
    }

    /** A field of {@code INFO} by its name there. */
    public Told<String> text(String field) {
        return info.flatMap(known -> known.text(field));
    }

    private Told<Long> number(String field) {
        return info.flatMap(known -> known.number(field));
    }
}

package dev.gatehouse.redis.health;

import java.time.Duration;
import java.util.Locale;

/**
 * A condition of Redis that its operator should correct, because it causes errors or soon will.
 *
 * @param what the condition, in one sentence
 * @param advice the remedy, in one sentence
 */
public record Warning(Type type, String what, String advice) {

    private static final String SET_CLUSTER_MODE = "Set REDIS_CLUSTER_MODE=true.";

    /** The kinds of warnings; their names are part of the HTTP contract. */
    public enum Type {
        /** The eviction policy may drop claims, sessions and counters before they expire. */
        EVICTION_CAN_DROP_CLAIMS,
        /** At least 80 % of the memory limit is used. */
        MEMORY_NEAR_LIMIT,
        /** Writes fail because the memory is full. */
        MEMORY_FULL,
        /** Passwords and data cross the network in plain text. */
        NOT_ENCRYPTED,
        /** Redis is a replica, which rejects writes. */
        REPLICA_ASKED_TO_WRITE,
        /** The clocks of Redis and this machine differ by more than a second. */
        CLOCKS_APART,
        /** Redis rejects the credentials. */
        WRONG_PASSWORD,
        /** Redis is a node of a cluster and is used as a standalone server. */
        CLUSTER_WITHOUT_CLUSTER_MODE,
        /** Slow commands were executed recently. */
        SLOW_LOG_GROWING,
        /** At least 80 % of the allowed clients are connected. */
        CLIENTS_NEAR_LIMIT,
        /** An operation took more than half of the command timeout. */
        SLOW_ANSWERS,
        /** Redis rejects an operation that decisions need, with an error that no other type describes. */
        REFUSING;

        /** Returns the identifier used in responses: {@code eviction-can-drop-claims}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Returns true if Redis rejects some or all decisions until this is corrected. */
    public boolean isBlocking() {
        return switch (type) {
            case MEMORY_FULL, REPLICA_ASKED_TO_WRITE, WRONG_PASSWORD, CLUSTER_WITHOUT_CLUSTER_MODE, REFUSING -> true;
            case EVICTION_CAN_DROP_CLAIMS,
                    MEMORY_NEAR_LIMIT,
                    NOT_ENCRYPTED,
                    CLOCKS_APART,
                    SLOW_LOG_GROWING,
                    CLIENTS_NEAR_LIMIT,
                    SLOW_ANSWERS -> false;
        };
    }

    static Warning evictionCanDropClaims(String policy) {
        return new Warning(
                Type.EVICTION_CAN_DROP_CLAIMS,
                "The eviction policy is " + policy + ", which may drop claims and counters before they expire.",
                "Set maxmemory-policy to noeviction, or to volatile-ttl, which drops the keys closest to expiry.");
    }

    static Warning memoryNearLimit(long usedBytes, long limitBytes) {
        return new Warning(
                Type.MEMORY_NEAR_LIMIT,
                "Redis uses " + usedBytes * 100 / limitBytes + " % of its memory limit of " + new MemorySize(limitBytes)
                        + ".",
                "Raise maxmemory or take a larger node before writes fail or keys are dropped.");
    }

    static Warning memoryFull() {
        return new Warning(
                Type.MEMORY_FULL,
                "Redis rejects writes because its memory is full.",
                "Raise maxmemory or take a larger node; until then decisions are made without Redis.");
    }

    static Warning notEncrypted(String host) {
        return new Warning(
                Type.NOT_ENCRYPTED,
                "The connection to " + host + " leaves this machine and is not encrypted.",
                "Turn on TLS in Redis and use rediss:// in REDIS_URL, or REDIS_SSL=true.");
    }

    static Warning replicaAskedToWrite() {
        return new Warning(
                Type.REPLICA_ASKED_TO_WRITE,
                "This Redis is a read-only replica and rejects writes.",
                "Point REDIS_URL to the primary endpoint; after a failover, check what its name resolves to.");
    }

    /** @param ahead the time by which Redis's clock is ahead of this machine's; negative if it is behind */
    static Warning clocksApart(Duration ahead) {
        return new Warning(
                Type.CLOCKS_APART,
                String.format(
                        Locale.ROOT,
                        "Redis's clock is %.1f s %s this machine's.",
                        ahead.abs().toMillis() / 1000.0,
                        ahead.isNegative() ? "behind" : "ahead of"),
                "Synchronise both (NTP, chrony); until then set REDIS_CLOCK=redis, so that all use one clock.");
    }

    static Warning wrongPassword(String why) {
        return new Warning(
                Type.WRONG_PASSWORD,
                "Redis rejects the credentials: " + why + ".",
                "Check the user and password of REDIS_URL, or the secret it comes from, against Redis's ACL.");
    }

    static Warning clusterWithoutClusterMode() {
        return new Warning(
                Type.CLUSTER_WITHOUT_CLUSTER_MODE,
                "This Redis is a node of a cluster and is used as a standalone server, so it rejects most keys.",
                SET_CLUSTER_MODE);
    }

    static Warning slowLogGrowing(long commands) {
        return new Warning(
                Type.SLOW_LOG_GROWING,
                commands + (commands == 1 ? " slow command was" : " slow commands were")
                        + " logged within the last minutes.",
                "Check SLOWLOG GET: another client of this Redis delays every decision meanwhile.");
    }

    static Warning clientsNearLimit(long connected, long limit) {
        return new Warning(
                Type.CLIENTS_NEAR_LIMIT,
                connected + " of at most " + limit + " clients are connected.",
                "Raise maxclients, limit the functions' concurrency, or find the client that leaks connections.");
    }

    /** Warns of an operation that took {@code slowest} with a command timeout of {@code allowed}. */
    public static Warning slowAnswers(Duration slowest, Duration allowed) {
        return new Warning(
                Type.SLOW_ANSWERS,
                "The slowest operation took " + slowest.toMillis() + " ms of the command timeout of "
                        + allowed.toMillis() + " ms.",
                "Look for slow commands, swapping and distance (another region or zone), or raise REDIS_COMMAND_TIMEOUT.");
    }

    /** Warns of {@code check}, which Redis rejects with {@code code}. */
    public static Warning refusing(HealthCheck check, String code) {
        var what = code.equals(CheckResult.OTHER_ANSWER)
                ? "Redis returned an unexpected reply to " + check.id() + "."
                : "Redis rejects " + check.id() + " with " + code + ".";
        return new Warning(
                Type.REFUSING,
                what,
                switch (code) {
                    case "NOPERM" ->
                        "Grant the user what the functions use: ~gh:* +@read +@write +@scripting +@connection +time +info +slowlog.";
                    case "MISCONF" -> "Redis cannot write its snapshot: check its log and disk.";
                    case "LOADING" -> "Redis loads its data; wait until it has.";
                    case "CLUSTERDOWN" -> "A part of the cluster has no master: check CLUSTER NODES.";
                    case "MASTERDOWN", "NOREPLICAS" -> "The replication is broken: check INFO replication.";
                    case "MOVED", "ASK", "CROSSSLOT" -> SET_CLUSTER_MODE;
                    case "BUSY" -> "A script does not end: SCRIPT KILL, and find its owner.";
                    case CheckResult.OTHER_ANSWER -> "Check for a proxy in between that differs from Redis.";
                    default -> "Look for this error in Redis's log.";
                });
    }
}

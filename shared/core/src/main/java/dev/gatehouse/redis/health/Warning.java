// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

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
        EVICTION_CAN_DROP_CLAIMS(
                false,
                "The eviction policy is %s, which may drop claims and counters before they expire.",
                "Set maxmemory-policy to noeviction, or to volatile-ttl, which drops the keys closest to expiry."),
        MEMORY_NEAR_LIMIT(
                false,
                "Redis uses %d %% of its memory limit of %s.",
                "Raise maxmemory or take a larger node before writes fail or keys are dropped."),
        MEMORY_FULL(
                true,
                "Redis rejects writes because its memory is full.",
                "Raise maxmemory or take a larger node; until then decisions are made without Redis."),
        NOT_ENCRYPTED(
                false,
                "The connection to %s leaves this machine and is not encrypted.",
                "Turn on TLS in Redis and use rediss:// in REDIS_URL, or REDIS_SSL=true."),
        REPLICA_ASKED_TO_WRITE(
                true,
                "This Redis is a read-only replica and rejects writes.",
                "Point REDIS_URL to the primary endpoint; after a failover, check what its name resolves to."),
        CLOCKS_APART(
                false,
                "Redis's clock is %.1f s %s this machine's.",
                "Synchronise both (NTP, chrony); until then set REDIS_CLOCK=redis, so that all use one clock."),
        WRONG_PASSWORD(
                true,
                "Redis rejects the credentials: %s.",
                "Check the user and password of REDIS_URL, or the secret it comes from, against Redis's ACL."),
        CLUSTER_WITHOUT_CLUSTER_MODE(
                true,
                "This Redis is a node of a cluster and is used as a standalone server, so it rejects most keys.",
                SET_CLUSTER_MODE),
        SLOW_LOG_GROWING(
                false,
                "Slow commands that were logged within the last minutes: %d.",
                "Check SLOWLOG GET: another client of this Redis delays every decision meanwhile."),
        CLIENTS_NEAR_LIMIT(
                false,
                "%d of at most %d clients are connected.",
                "Raise maxclients, limit the functions' concurrency, or find the client that leaks connections."),
        SLOW_ANSWERS(
                false,
                "The slowest operation took %d ms of the command timeout of %d ms.",
                "Look for slow commands, swapping and distance (another region or zone), or raise REDIS_COMMAND_TIMEOUT."),
        SENTINELS_SILENT(
                false,
                "Of the Sentinels, %d of %d report no master: %s.",
                "Check these Sentinels, REDIS_SENTINEL_NODES and the Sentinels' password: a failover needs a majority."),
        SENTINELS_DISAGREE(
                false,
                "The Sentinels report different masters: %s.",
                "During a failover this passes; otherwise compare SENTINEL CKQUORUM and their logs."),
        /** Redis rejects an operation that decisions need, with an error that no other type describes. */
        REFUSING(true, "Redis rejects %s with %s.", "Look for this error in Redis's log.");

        private final boolean blocking;
        private final String what;
        private final String advice;

        Type(boolean blocking, String what, String advice) {
            this.blocking = blocking;
            this.what = what;
            this.advice = advice;
        }

        /** Returns the identifier used in responses: {@code eviction-can-drop-claims}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Returns the usual remedy, in one sentence. */
        public String advice() {
            return advice;
        }
    }

    /** Returns true if Redis rejects some or all decisions until this is corrected. */
    public boolean isBlocking() {
        return type.blocking;
    }

    /** @param details the values in the sentence that describes {@code type} */
    static Warning of(Type type, Object... details) {
        return new Warning(type, String.format(Locale.ROOT, type.what, details), type.advice);
    }

    /** Warns of {@code check}, which Redis rejects with {@code code}. */
    public static Warning refusing(HealthCheck check, String code) {
        if (code.equals(CheckResult.UNEXPECTED)) {
            return new Warning(
                    Type.REFUSING,
                    "Redis returned an unexpected reply to " + check.id() + ".",
                    "Check for a proxy in between that differs from Redis.");
        }
        var rejects = of(Type.REFUSING, check.id(), code);
        return new Warning(
                Type.REFUSING,
                rejects.what,
                switch (code) {
                    case "NOPERM" ->
                        "Find the command in ACL LOG, and grant the user what the functions use: ~gh:* +@read +@write +@scripting +@connection +time +role +info +slowlog.";
                    case "MISCONF" -> "Redis cannot write its snapshot: check its log and disk.";
                    case "LOADING" -> "Redis loads its data; wait until it has.";
                    case "CLUSTERDOWN" -> "A part of the cluster has no master: check CLUSTER NODES.";
                    case "MASTERDOWN", "NOREPLICAS" -> "The replication is broken: check INFO replication.";
                    case "MOVED", "ASK", "CROSSSLOT" -> SET_CLUSTER_MODE;
                    case "BUSY" -> "A script does not end: SCRIPT KILL, and find its owner.";
                    default -> rejects.advice;
                });
    }
}

package dev.gatehouse.redis.health;

import dev.gatehouse.redis.health.Warning.ClientsNearLimit;
import dev.gatehouse.redis.health.Warning.ClocksApart;
import dev.gatehouse.redis.health.Warning.ClusterWithoutClusterMode;
import dev.gatehouse.redis.health.Warning.EvictionCanDropClaims;
import dev.gatehouse.redis.health.Warning.MemoryFull;
import dev.gatehouse.redis.health.Warning.MemoryNearLimit;
import dev.gatehouse.redis.health.Warning.NotEncrypted;
import dev.gatehouse.redis.health.Warning.Refusing;
import dev.gatehouse.redis.health.Warning.ReplicaAskedToWrite;
import dev.gatehouse.redis.health.Warning.SlowAnswers;
import dev.gatehouse.redis.health.Warning.SlowLogGrowing;
import dev.gatehouse.redis.health.Warning.WrongPassword;
import java.time.Duration;
import java.util.Locale;

/** How a sign of trouble is told. */
record Wording(String name, String what, String advice) {

    private static final String SET_CLUSTER_MODE = "Set REDIS_CLUSTER_MODE=true.";

    static Wording of(Warning sign) {
        return switch (sign) {
            case EvictionCanDropClaims(var policy) ->
                new Wording(
                        "eviction-can-drop-claims",
                        "The eviction policy is " + policy
                                + ", by which Redis may drop claims and counts that still live.",
                        "Set maxmemory-policy to noeviction, or to volatile-ttl, which drops first what would end first.");
            case MemoryNearLimit(var used, var limit) ->
                new Wording(
                        "memory-near-limit",
                        "Redis uses " + used * 100 / limit + " % of its memory limit of " + Bytes.told(limit) + ".",
                        "Raise maxmemory or take a larger node, before writes fail or keys are dropped.");
            case MemoryFull() ->
                new Wording(
                        "memory-full",
                        "Redis refuses to write, for its memory is full.",
                        "Raise maxmemory or take a larger node; until then decisions are made without Redis.");
            case NotEncrypted(var host) ->
                new Wording(
                        "not-encrypted",
                        "The connection to " + host + " leaves this machine and is not encrypted.",
                        "Turn on TLS in Redis and write rediss:// in REDIS_URL, or REDIS_SSL=true.");
            case ReplicaAskedToWrite() ->
                new Wording(
                        "replica-asked-to-write",
                        "This Redis is a read-only replica and is asked to write.",
                        "Point REDIS_URL to the primary endpoint; after a failover, check where its name leads.");
            case ClocksApart(var ahead) ->
                new Wording(
                        "clocks-apart",
                        "Redis's clock is " + seconds(ahead) + (ahead.isNegative() ? " behind" : " ahead of")
                                + " this machine's.",
                        "Have both synchronised (NTP, chrony); until then set REDIS_CLOCK=redis, so that all go by one clock.");
            case WrongPassword(var why) ->
                new Wording(
                        "wrong-password",
                        "Redis does not let us in: " + why + ".",
                        "Check the user and password of REDIS_URL, or the secret it comes from, against Redis's ACL.");
            case ClusterWithoutClusterMode() ->
                new Wording(
                        "cluster-without-cluster-mode",
                        "This Redis is a node of a cluster and is used as if it were alone, so that most keys are refused.",
                        SET_CLUSTER_MODE);
            case SlowLogGrowing(var commands) ->
                new Wording(
                        "slow-log-growing",
                        commands + (commands == 1 ? " slow command was" : " slow commands were")
                                + " logged within the last minutes.",
                        "Look at SLOWLOG GET: who else uses this Redis holds up every decision meanwhile.");
            case ClientsNearLimit(var connected, var limit) ->
                new Wording(
                        "clients-near-limit",
                        connected + " clients are connected of the " + limit + " that Redis takes.",
                        "Raise maxclients, limit the functions' concurrency, or find who leaves connections open.");
            case SlowAnswers(var slowest, var allowed) ->
                new Wording(
                        "slow-answers",
                        "The slowest operation took " + slowest.toMillis() + " ms of the " + allowed.toMillis()
                                + " ms that a command may take.",
                        "Look for slow commands, swapping and distance (another region or zone), or raise REDIS_COMMAND_TIMEOUT.");
            case Refusing(var trial, var code) -> new Wording("refusing", refusal(trial, code), adviceOn(code));
        };
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.abs().toMillis() / 1000.0);
    }

    private static String refusal(HealthCheck trial, String code) {
        return code.equals(CheckResult.OTHER_ANSWER)
                ? "Redis did not answer to " + trial.word() + " what it should have."
                : "Redis refuses " + trial.word() + " with " + code + ".";
    }

    private static String adviceOn(String code) {
        return switch (code) {
            case "NOPERM" ->
                "Grant the user what the functions use: ~gh:* +@read +@write +@scripting +@connection +time +info +slowlog.";
            case "MISCONF" -> "Redis cannot write its snapshot: look at its log and disk.";
            case "LOADING" -> "It loads its data; wait until it has.";
            case "CLUSTERDOWN" -> "A part of the cluster has no master: look at CLUSTER NODES.";
            case "MASTERDOWN", "NOREPLICAS" -> "Its replication is broken: look at INFO replication.";
            case "MOVED", "ASK", "CROSSSLOT" -> SET_CLUSTER_MODE;
            case "BUSY" -> "A script runs and does not end: SCRIPT KILL, and find whose it is.";
            case CheckResult.OTHER_ANSWER -> "See what stands between: a proxy may not be as Redis is.";
            default -> "Look into Redis's log for this error.";
        };
    }
}

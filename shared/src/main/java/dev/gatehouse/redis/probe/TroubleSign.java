package dev.gatehouse.redis.probe;

import java.time.Duration;
import java.util.Locale;

/** Something that whoever runs Redis should mend: it hurts already, or will. Told in one sentence, and how to mend it in another. */
public sealed interface TroubleSign {

    /** A word for it that does not change: {@code eviction-can-drop-claims}. */
    String name();

    /** What is the matter. */
    String what();

    /** What to do about it. */
    String advice();

    /** Whether no decision, or not every one, can be made on Redis before it is mended. */
    default boolean stops() {
        return switch (this) {
            case MemoryFull _, ReplicaAskedToWrite _, WrongPassword _, ClusterWithoutClusterMode _, Refusing _ -> true;
            case EvictionCanDropClaims _,
                    MemoryNearLimit _,
                    NotEncrypted _,
                    ClocksApart _,
                    SlowLogGrowing _,
                    ClientsNearLimit _,
                    SlowAnswers _ -> false;
        };
    }

    /** Redis may drop claims, sessions and counts that still live when its memory is full. */
    record EvictionCanDropClaims(String policy) implements TroubleSign {

        @Override
        public String name() {
            return "eviction-can-drop-claims";
        }

        @Override
        public String what() {
            return "The eviction policy is " + policy + ", by which Redis may drop claims and counts that still live.";
        }

        @Override
        public String advice() {
            return "Set maxmemory-policy to noeviction, or to volatile-ttl, which drops first what would end first.";
        }
    }

    /** Four fifths of the memory limit are used, or more. */
    record MemoryNearLimit(long usedBytes, long limitBytes) implements TroubleSign {

        @Override
        public String name() {
            return "memory-near-limit";
        }

        @Override
        public String what() {
            return "Redis uses " + usedBytes * 100 / limitBytes + " % of its memory limit of " + Bytes.told(limitBytes)
                    + ".";
        }

        @Override
        public String advice() {
            return "Raise maxmemory or take a larger node, before writes fail or keys are dropped.";
        }
    }

    /** Writes fail, for the memory is full. */
    record MemoryFull() implements TroubleSign {

        @Override
        public String name() {
            return "memory-full";
        }

        @Override
        public String what() {
            return "Redis refuses to write, for its memory is full.";
        }

        @Override
        public String advice() {
            return "Raise maxmemory or take a larger node; until then decisions are made without Redis.";
        }
    }

    /** Passwords and data go over the network as they are. */
    record NotEncrypted(String host) implements TroubleSign {

        @Override
        public String name() {
            return "not-encrypted";
        }

        @Override
        public String what() {
            return "The connection to " + host + " leaves this machine and is not encrypted.";
        }

        @Override
        public String advice() {
            return "Turn on TLS in Redis and write rediss:// in REDIS_URL, or REDIS_SSL=true.";
        }
    }

    /** It is a replica, which does not take writes. */
    record ReplicaAskedToWrite() implements TroubleSign {

        @Override
        public String name() {
            return "replica-asked-to-write";
        }

        @Override
        public String what() {
            return "This Redis is a read-only replica and is asked to write.";
        }

        @Override
        public String advice() {
            return "Point REDIS_URL to the primary endpoint; after a failover, check where its name leads.";
        }
    }

    /**
     * Redis and this machine disagree on the time by more than a second.
     *
     * @param ahead how far Redis's clock is ahead of this machine's; negative where it is behind
     */
    record ClocksApart(Duration ahead) implements TroubleSign {

        @Override
        public String name() {
            return "clocks-apart";
        }

        @Override
        public String what() {
            var side = ahead.isNegative() ? "behind" : "ahead of";
            return String.format(
                    Locale.ROOT,
                    "Redis's clock is %.1f s %s this machine's.",
                    ahead.abs().toMillis() / 1000.0,
                    side);
        }

        @Override
        public String advice() {
            return "Have both synchronised (NTP, chrony); until then set REDIS_CLOCK=redis, so that all go by one clock.";
        }
    }

    /**
     * Redis does not know us by what it was told.
     *
     * @param why in words
     */
    record WrongPassword(String why) implements TroubleSign {

        @Override
        public String name() {
            return "wrong-password";
        }

        @Override
        public String what() {
            return "Redis does not let us in: " + why + ".";
        }

        @Override
        public String advice() {
            return "Check the user and password of REDIS_URL, or the secret it comes from, against Redis's ACL.";
        }
    }

    /** It is one node of a cluster, taken for all of it. */
    record ClusterWithoutClusterMode() implements TroubleSign {

        @Override
        public String name() {
            return "cluster-without-cluster-mode";
        }

        @Override
        public String what() {
            return "This Redis is a node of a cluster and is used as if it were alone, so that most keys are refused.";
        }

        @Override
        public String advice() {
            return "Set REDIS_CLUSTER_MODE=true.";
        }
    }

    /**
     * Redis has been busy with slow commands.
     *
     * @param commands how many came into the slow log lately
     */
    record SlowLogGrowing(long commands) implements TroubleSign {

        @Override
        public String name() {
            return "slow-log-growing";
        }

        @Override
        public String what() {
            return commands + (commands == 1 ? " slow command was" : " slow commands were")
                    + " logged within the last minutes.";
        }

        @Override
        public String advice() {
            return "Look at SLOWLOG GET: who else uses this Redis holds up every decision meanwhile.";
        }
    }

    /** Four fifths of the clients that Redis takes are connected, or more. */
    record ClientsNearLimit(long connected, long limit) implements TroubleSign {

        @Override
        public String name() {
            return "clients-near-limit";
        }

        @Override
        public String what() {
            return connected + " clients are connected of the " + limit + " that Redis takes.";
        }

        @Override
        public String advice() {
            return "Raise maxclients, limit the functions' concurrency, or find who leaves connections open.";
        }
    }

    /** An operation took more than half of what a command may take. */
    record SlowAnswers(Duration slowest, Duration allowed) implements TroubleSign {

        @Override
        public String name() {
            return "slow-answers";
        }

        @Override
        public String what() {
            return "The slowest operation took " + slowest.toMillis() + " ms of the " + allowed.toMillis()
                    + " ms that a command may take.";
        }

        @Override
        public String advice() {
            return "Look for slow commands, swapping and distance (another region or zone), or raise REDIS_COMMAND_TIMEOUT.";
        }
    }

    /** Redis answers an operation that every decision needs with some other error. */
    record Refusing(Trial trial, String code) implements TroubleSign {

        @Override
        public String name() {
            return "refusing";
        }

        @Override
        public String what() {
            return code.equals(Finding.OTHER_ANSWER)
                    ? "Redis did not answer to " + trial.word() + " what it should have."
                    : "Redis refuses " + trial.word() + " with " + code + ".";
        }

        @Override
        public String advice() {
            return switch (code) {
                case "NOPERM" ->
                    "Grant the user what the functions use: ~gh:* +@read +@write +@scripting +@connection +time +info +slowlog.";
                case "MISCONF" -> "Redis cannot write its snapshot: look at its log and disk.";
                case "LOADING" -> "It loads its data; wait until it has.";
                case "CLUSTERDOWN" -> "A part of the cluster has no master: look at CLUSTER NODES.";
                case "MASTERDOWN", "NOREPLICAS" -> "Its replication is broken: look at INFO replication.";
                case "MOVED", "ASK", "CROSSSLOT" -> new ClusterWithoutClusterMode().advice();
                case "BUSY" -> "A script runs and does not end: SCRIPT KILL, and find whose it is.";
                case Finding.OTHER_ANSWER -> "See what stands between: a proxy may not be as Redis is.";
                default -> "Look into Redis's log for this error.";
            };
        }
    }
}

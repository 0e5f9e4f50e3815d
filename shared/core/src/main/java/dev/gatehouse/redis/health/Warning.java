package dev.gatehouse.redis.health;

import java.time.Duration;

/** Something that whoever runs Redis should mend: it hurts already, or will. Told in one sentence, and how to mend it in another. */
public sealed interface Warning {

    /** Redis may drop claims, sessions and counts that still live when its memory is full. */
    record EvictionCanDropClaims(String policy) implements Warning {}

    /** Four fifths of the memory limit are used, or more. */
    record MemoryNearLimit(long usedBytes, long limitBytes) implements Warning {}

    /** Writes fail, for the memory is full. */
    record MemoryFull() implements Warning {}

    /** Passwords and data go over the network as they are. */
    record NotEncrypted(String host) implements Warning {}

    /** It is a replica, which does not take writes. */
    record ReplicaAskedToWrite() implements Warning {}

    /**
     * Redis and this machine disagree on the time by more than a second.
     *
     * @param ahead how far Redis's clock is ahead of this machine's; negative where it is behind
     */
    record ClocksApart(Duration ahead) implements Warning {}

    /**
     * Redis does not know us by what it was told.
     *
     * @param why in words
     */
    record WrongPassword(String why) implements Warning {}

    /** It is one node of a cluster, taken for all of it. */
    record ClusterWithoutClusterMode() implements Warning {}

    /**
     * Redis has been busy with slow commands.
     *
     * @param commands how many came into the slow log lately
     */
    record SlowLogGrowing(long commands) implements Warning {}

    /** Four fifths of the clients that Redis takes are connected, or more. */
    record ClientsNearLimit(long connected, long limit) implements Warning {}

    /** An operation took more than half of what a command may take. */
    record SlowAnswers(Duration slowest, Duration allowed) implements Warning {}

    /** Redis answers an operation that every decision needs with some other error. */
    record Refusing(HealthCheck trial, String code) implements Warning {}

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

    /** A word for it that does not change: {@code eviction-can-drop-claims}. */
    default String name() {
        return Wording.of(this).name();
    }

    /** What is the matter. */
    default String what() {
        return Wording.of(this).what();
    }

    /** What to do about it. */
    default String advice() {
        return Wording.of(this).advice();
    }
}

package dev.gatehouse.redis.health;

import java.util.List;

/** The health of Redis, as found by one check. */
public sealed interface RedisHealth {

    /** Returns the warnings, most severe first. */
    List<Warning> warnings();

    /** Returns the commands that Redis rejects and the functions do without. */
    default List<Restriction> restrictions() {
        return this instanceof Connected connected ? connected.server.restrictions() : List.of();
    }

    /** Returns true if Redis can serve decisions, or is disabled by choice. */
    boolean isServing();

    /**
     * Redis replies.
     *
     * @param results up to the first check that did not pass
     */
    record Connected(List<CheckResult> results, ServerInfo server, List<Warning> warnings) implements RedisHealth {

        @Override
        public boolean isServing() {
            return results.stream().allMatch(CheckResult::passed);
        }
    }

    /**
     * Redis does not reply.
     *
     * @param error the reason in one line, without secrets
     */
    record Disconnected(String error, List<Warning> warnings) implements RedisHealth {

        @Override
        public boolean isServing() {
            return false;
        }
    }

    /** Redis is disabled by choice: decisions are made in this process's memory. */
    record Absent() implements RedisHealth {

        @Override
        public boolean isServing() {
            return true;
        }

        @Override
        public List<Warning> warnings() {
            return List.of();
        }
    }

    /** Returns {@code healthy}, {@code degraded} if Redis replies with warnings, {@code disconnected} or {@code disabled}. */
    default String status() {
        return switch (this) {
            case Connected connected -> connected.isServing() && connected.warnings.isEmpty() ? "healthy" : "degraded";
            case Disconnected _ -> "disconnected";
            case Absent _ -> "disabled";
        };
    }
}

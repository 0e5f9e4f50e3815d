// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import dev.gatehouse.redis.sentinel.SentinelReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
     * @param sentinels the replies of the Sentinels; null if there are none or they were not queried
     */
    record Connected(
            List<CheckResult> results,
            ServerInfo server,
            List<Warning> warnings,
            @Nullable SentinelReport sentinels) implements RedisHealth {

        @Override
        public boolean isServing() {
            return results.stream().allMatch(CheckResult::passed);
        }
    }

    /**
     * Redis does not reply.
     *
     * @param error the reason in one line, without secrets
     * @param sentinels the replies of the Sentinels; null if there are none or they were not queried
     */
    record Disconnected(
            String error, List<Warning> warnings, @Nullable SentinelReport sentinels) implements RedisHealth {

        public Disconnected(String error, List<Warning> warnings) {
            this(error, warnings, null);
        }

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

package dev.gatehouse.redis.health;

import java.util.List;

/** How Redis is, as one look found it. */
public sealed interface RedisHealth {

    /** What should be mended; the worst first. */
    List<Warning> signs();

    /**
     * It answers.
     *
     * @param findings of the trials, up to the first that did not pass
     */
    record Connected(List<CheckResult> findings, ServerFacts facts, List<Warning> signs) implements RedisHealth {

        @Override
        public boolean serves() {
            return findings.stream().allMatch(CheckResult::passed);
        }
    }

    /**
     * It does not answer.
     *
     * @param error why, in one line without secrets
     */
    record Disconnected(String error, List<Warning> signs) implements RedisHealth {

        @Override
        public boolean serves() {
            return false;
        }
    }

    /** There is none, by choice: everything is decided in this process's memory. */
    record Absent() implements RedisHealth {

        @Override
        public boolean serves() {
            return true;
        }

        @Override
        public List<Warning> signs() {
            return List.of();
        }
    }

    /** Whether decisions can be made as they are meant to be made. */
    boolean serves();

    /** {@code healthy}, {@code degraded} if it answers and something is the matter, {@code disconnected}, {@code disabled}. */
    default String status() {
        return switch (this) {
            case Connected connected -> connected.serves() && connected.signs.isEmpty() ? "healthy" : "degraded";
            case Disconnected _ -> "disconnected";
            case Absent _ -> "disabled";
        };
    }
}

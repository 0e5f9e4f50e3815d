package dev.gatehouse.health.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.redis.health.CheckResult;
import dev.gatehouse.redis.health.CheckResult.Passed;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Absent;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.ServerFacts;
import dev.gatehouse.redis.health.Warning;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How Redis is. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "RedisHealth", description = "How Redis is.")
record RedisAnswer(
        @Schema(
                type = "string",
                description = "degraded: it answers, and something is the matter; see troubles.",
                allowableValues = {"healthy", "degraded", "disconnected", "disabled"})
        String status,

        @Schema(description = "Whether it answers.", example = "true")
        boolean connected,

        @Schema(
                type = "string",
                description = "Why it does not.",
                example = "the connection was refused",
                nullable = true)
        @Nullable
        String error,

        @Schema(
                type = "string",
                description = "Its address, the password masked.",
                example = "rediss://:***@cache.example:6379/0",
                nullable = true)
        @Nullable
        String url,

        @Schema(description = "What it is.", nullable = true) @Nullable
        Server server,

        @Schema(description = "How long each operation took; null for one that was not done.", nullable = true)
        @Nullable
        Latencies latencyMillis,

        @Schema(description = "What was done.", example = "[\"ping\",\"set\",\"get\",\"delete\"]", nullable = true)
        @Nullable
        List<String> operations,

        @Schema(
                type = "string",
                description = "Whether decisions ask Redis (closed), or are spared it for a moment.",
                allowableValues = {"closed", "open", "half-open"},
                nullable = true)
        @Nullable
        String circuit,

        @Schema(description = "What should be mended.") List<FailureReason> troubles) {

    /** What Redis is, as far as it tells. */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "RedisServer")
    record Server(
            @Schema(type = "string", example = "7.2.4", nullable = true) @Nullable
            String version,

            @Schema(type = "string", example = "standalone", nullable = true) @Nullable
            String mode,

            @Schema(type = "string", example = "master", nullable = true) @Nullable
            String role) {

        static Server of(ServerFacts facts) {
            return new Server(
                    facts.version().value(), facts.mode().value(), facts.role().value());
        }
    }

    /** Milliseconds of each operation. */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "RedisLatencies")
    record Latencies(
            @Schema(example = "0.41", nullable = true) @Nullable
            Double ping,

            @Schema(example = "0.44", nullable = true) @Nullable
            Double set,

            @Schema(example = "0.39", nullable = true) @Nullable
            Double get,

            @Schema(example = "0.42", nullable = true) @Nullable
            Double delete) {

        static Latencies of(List<CheckResult> findings) {
            return new Latencies(
                    of(findings, HealthCheck.PING),
                    of(findings, HealthCheck.SET),
                    of(findings, HealthCheck.GET),
                    of(findings, HealthCheck.DELETE));
        }

        private static @Nullable Double of(List<CheckResult> findings, HealthCheck trial) {
            for (var finding : findings) {
                if (finding instanceof Passed(var passed, var latency) && passed == trial) {
                    return Math.round(latency.toNanos() / 1e3) / 1e3;
                }
            }
            return null;
        }
    }

    /** A sign of trouble, and what to do about it. */
    @Serdeable.Serializable
    @Schema(name = "RedisTrouble")
    record FailureReason(
            @Schema(type = "string", description = "A word for it that does not change.", example = "memory-near-limit")
            String name,

            @Schema(description = "What is the matter.") String what,

            @Schema(description = "What to do about it.") String advice) {

        static List<FailureReason> of(RedisHealth health) {
            return health.signs().stream().map(FailureReason::of).toList();
        }

        private static FailureReason of(Warning sign) {
            return new FailureReason(sign.name(), sign.what(), sign.advice());
        }
    }

    static RedisAnswer of(RedisHealth health, String url, @Nullable String circuit) {
        var status = health.status();
        var troubles = FailureReason.of(health);
        return switch (health) {
            case Connected known ->
                new RedisAnswer(
                        status,
                        true,
                        null,
                        url,
                        Server.of(known.facts()),
                        Latencies.of(known.findings()),
                        done(known.findings()),
                        circuit,
                        troubles);
            case Disconnected gone ->
                new RedisAnswer(status, false, gone.error(), url, null, null, null, circuit, troubles);
            case Absent _ -> new RedisAnswer(status, false, null, null, null, null, null, null, troubles);
        };
    }

    private static List<String> done(List<CheckResult> findings) {
        return findings.stream()
                .filter(CheckResult::passed)
                .map(finding -> finding.trial().word())
                .toList();
    }
}

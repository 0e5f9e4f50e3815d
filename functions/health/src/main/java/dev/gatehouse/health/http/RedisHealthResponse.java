// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.redis.OutageListener.CircuitState;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.health.CheckResult;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Absent;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.Restriction;
import dev.gatehouse.redis.health.ServerInfo;
import dev.gatehouse.redis.health.Warning;
import dev.gatehouse.redis.sentinel.SentinelReply;
import dev.gatehouse.redis.sentinel.SentinelReport;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The health of Redis.
 *
 * @param status healthy; degraded: it replies, and troubles lists what is wrong; disconnected; disabled by choice
 * @param connected whether it replies
 * @param error the reason why it does not reply
 * @param url its address, the password masked
 * @param server its version, mode and role; null where it withholds them
 * @param latencyMillis the duration of each operation; null for one that was not performed
 * @param operations the operations that succeeded
 * @param circuit the state of the circuit breaker
 * @param sentinels the replies of the Sentinels; null if there are none
 * @param troubles the conditions to correct
 * @param restrictions the commands that it rejects and the functions do without
 * @param checks the result of each check, the operations first; none if Redis is disabled
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "RedisHealth")
record RedisHealthResponse(
        @Schema(
                type = "string",
                allowableValues = {"healthy", "degraded", "disconnected", "disabled"})
        String status,

        boolean connected,
        @Nullable String error,
        @Nullable String url,
        @Nullable Server server,
        @Nullable Latencies latencyMillis,
        @Nullable List<String> operations,

        @Schema(
                type = "string",
                allowableValues = {"closed", "open", "half-open"})
        @Nullable
        String circuit,

        @Nullable Sentinels sentinels,
        List<Trouble> troubles,
        List<RejectedCommand> restrictions,
        List<RedisCheckResponse> checks) {

    /** The version and role that Redis reports, and its mode: standalone, cluster, or sentinel if Sentinels report it. */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "RedisServer")
    record Server(
            @Nullable String version,
            @Nullable String mode,
            @Nullable String role) {

        static Server of(ServerInfo server, boolean bySentinels) {
            return new Server(
                    server.version().value(),
                    bySentinels ? "sentinel" : server.mode().value(),
                    server.role().value());
        }
    }

    /**
     * The Sentinels, which report the address of Redis.
     *
     * @param master the name under which they monitor it
     * @param agree whether those that report an address report the same one
     */
    @Serdeable.Serializable
    @Schema(name = "RedisSentinels")
    record Sentinels(String master, boolean agree, List<Sentinel> replies) {

        static @Nullable Sentinels of(@Nullable SentinelReport report) {
            return report == null
                    ? null
                    : new Sentinels(
                            report.master(),
                            report.agree(),
                            report.replies().stream().map(Sentinel::of).toList());
        }
    }

    /**
     * The reply of one Sentinel.
     *
     * @param address the address of the Sentinel
     * @param master the address that it reports; null if there was none
     * @param error the reason why there was none
     */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "RedisSentinel")
    record Sentinel(
            String address,
            @Nullable String master,
            @Nullable String error) {

        private static Sentinel of(SentinelReply reply) {
            var master = reply.master();
            return new Sentinel(
                    reply.sentinel().toString(), master == null ? null : master.toString(), reply.problem());
        }
    }

    /** The duration of each operation in milliseconds. */
    @Serdeable.Serializable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "RedisLatencies")
    record Latencies(
            @Nullable Double ping,
            @Nullable Double set,
            @Nullable Double get,
            @Nullable Double delete) {

        static Latencies of(List<CheckResult> results) {
            return new Latencies(
                    of(results, HealthCheck.PING),
                    of(results, HealthCheck.SET),
                    of(results, HealthCheck.GET),
                    of(results, HealthCheck.DELETE));
        }

        private static @Nullable Double of(List<CheckResult> results, HealthCheck check) {
            for (var result : results) {
                if (result.check() == check && result.reply() instanceof Answered<Duration>(var latency)) {
                    return Math.round(latency.toNanos() / 1e3) / 1e3;
                }
            }
            return null;
        }
    }

    /**
     * A condition that should be corrected.
     *
     * @param name a stable identifier, such as memory-near-limit
     * @param what the condition
     * @param advice the remedy
     */
    @Serdeable.Serializable
    @Schema(name = "RedisTrouble")
    record Trouble(String name, String what, String advice) {

        private static Trouble of(Warning warning) {
            return new Trouble(warning.type().id(), warning.what(), warning.advice());
        }
    }

    /**
     * A command that Redis rejects and the functions do without.
     *
     * @param name a stable identifier, such as time-in-scripts
     * @param what the command, and the effect
     */
    @Serdeable.Serializable
    @Schema(name = "RedisRestriction")
    record RejectedCommand(String name, String what) {

        private static RejectedCommand of(Restriction restriction) {
            return new RejectedCommand(restriction.type().id(), restriction.what());
        }
    }

    static RedisHealthResponse of(RedisHealth health, String url, @Nullable CircuitState state) {
        var circuit = state == null ? null : state.toString();
        var status = health.status();
        var troubles = health.warnings().stream().map(Trouble::of).toList();
        var restrictions =
                health.restrictions().stream().map(RejectedCommand::of).toList();
        var checks = RedisCheckResponse.allOf(health);
        return switch (health) {
            case Connected connected ->
                new RedisHealthResponse(
                        status,
                        true,
                        null,
                        url,
                        Server.of(connected.server(), connected.sentinels() != null),
                        Latencies.of(connected.results()),
                        operations(connected.results()),
                        circuit,
                        Sentinels.of(connected.sentinels()),
                        troubles,
                        restrictions,
                        checks);
            case Disconnected disconnected ->
                new RedisHealthResponse(
                        status,
                        false,
                        disconnected.error(),
                        url,
                        null,
                        null,
                        null,
                        circuit,
                        Sentinels.of(disconnected.sentinels()),
                        troubles,
                        restrictions,
                        checks);
            case Absent _ ->
                new RedisHealthResponse(
                        status, false, null, null, null, null, null, null, null, troubles, restrictions, checks);
        };
    }

    private static List<String> operations(List<CheckResult> results) {
        return results.stream()
                .filter(CheckResult::passed)
                .map(result -> result.check().id())
                .toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.health.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.health.CheckResult;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Absent;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.Warning;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The result of one check of Redis.
 *
 * @param name a stable identifier, such as memory
 * @param result passed, failed or not-checked
 * @param reason the reason why it was not checked; null if it was
 * @param troubles the names of the troubles that it found
 * @param why the consequence of a failure
 */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
@Schema(name = "RedisCheck")
record RedisCheckResponse(
        String name,

        @Schema(
                type = "string",
                allowableValues = {"passed", "failed", "not-checked"})
        String result,

        @Nullable String reason,
        List<String> troubles,
        String why) {

    /** The warnings of a rejected operation. */
    private static final Set<Warning.Type> REJECTED = EnumSet.of(
            Warning.Type.REFUSING,
            Warning.Type.MEMORY_FULL,
            Warning.Type.REPLICA_ASKED_TO_WRITE,
            Warning.Type.CLUSTER_WITHOUT_CLUSTER_MODE,
            Warning.Type.WRONG_PASSWORD);

    /** Returns the operations first, in their order; nothing if Redis is disabled. */
    static List<RedisCheckResponse> allOf(RedisHealth health) {
        if (health instanceof Absent) {
            return List.of();
        }
        var results = health instanceof Connected connected ? connected.results() : List.<CheckResult>of();
        var checks = new ArrayList<RedisCheckResponse>();
        checks.add(script(results, health));
        for (var operation : HealthCheck.OPERATIONS) {
            checks.add(operation(operation, results, health));
        }
        for (var condition : CheckedCondition.values()) {
            if (condition != CheckedCondition.SENTINELS || hasSentinels(health)) {
                checks.add(condition(condition, health));
            }
        }
        return checks;
    }

    private static boolean hasSentinels(RedisHealth health) {
        return switch (health) {
            case Connected connected -> connected.sentinels() != null;
            case RedisHealth.Disconnected disconnected -> disconnected.sentinels() != null;
            case Absent _ -> false;
        };
    }

    /** Returns the result of the script, which precedes the operations and is among the results only if it did not pass. */
    private static RedisCheckResponse script(List<CheckResult> results, RedisHealth health) {
        var check = HealthCheck.SCRIPT;
        return results.stream().noneMatch(result -> result.check() == check) && !results.isEmpty()
                ? new RedisCheckResponse(check.id(), "passed", null, List.of(), why(check))
                : operation(check, results, health);
    }

    private static RedisCheckResponse operation(HealthCheck check, List<CheckResult> results, RedisHealth health) {
        for (var result : results) {
            if (result.check() == check) {
                var rejected =
                        result.reply() instanceof Refused<Duration> ? names(health, REJECTED) : List.<String>of();
                return new RedisCheckResponse(
                        check.id(), result.passed() ? "passed" : "failed", null, rejected, why(check));
            }
        }
        var reason = health instanceof Connected ? "an operation before it did not pass" : "Redis does not reply";
        return new RedisCheckResponse(check.id(), "not-checked", reason, List.of(), why(check));
    }

    private static RedisCheckResponse condition(CheckedCondition condition, RedisHealth health) {
        var found = names(health, condition.warnings());
        var unexamined = found.isEmpty() ? condition.unexamined(health) : null;
        var result = found.isEmpty() ? unexamined == null ? "passed" : "not-checked" : "failed";
        return new RedisCheckResponse(condition.id(), result, unexamined, found, condition.why);
    }

    private static List<String> names(RedisHealth health, Set<Warning.Type> types) {
        return health.warnings().stream()
                .map(Warning::type)
                .filter(types::contains)
                .map(Warning.Type::id)
                .distinct()
                .toList();
    }

    private static String why(HealthCheck check) {
        return switch (check) {
            case SCRIPT ->
                "Each decision is a script. Redis must run it, with each kind of command that the functions use.";
            case PING -> "Redis must reply on the connection of the functions.";
            case SET -> "Claims, limits, sessions and everything else are written with an expiry.";
            case GET -> "A decision is right only if Redis returns what was written.";
            case DELETE -> "Releases, revocations and invalidations remove keys.";
            default -> throw new IllegalArgumentException(check.id());
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import dev.gatehouse.redis.LinkFailure;
import dev.gatehouse.redis.Reply.Answered;
import dev.gatehouse.redis.Reply.Refused;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.sentinel.SentinelReply;
import dev.gatehouse.redis.sentinel.SentinelReport;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Derives warnings from the results of a check. */
final class Diagnostics {

    private static final Set<String> SAFE_POLICIES = Set.of("noeviction", "volatile-ttl");
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);

    private final RedisSettings settings;
    private final Set<Warning> warnings = new LinkedHashSet<>();

    Diagnostics(RedisSettings settings) {
        this.settings = settings;
    }

    List<Warning> warnings() {
        return List.copyOf(warnings);
    }

    private void warn(Warning.Type type, Object... details) {
        warnings.add(Warning.of(type, details));
    }

    Diagnostics addFailure(@Nullable LinkFailure failure) {
        if (failure != null
                && !failure.connected()
                && failure.code() != null
                && !failure.code().equals("LOADING")) {
            warn(Warning.Type.WRONG_PASSWORD, failure.reason());
        }
        return this;
    }

    Diagnostics addResults(List<CheckResult> results) {
        var slowest = Duration.ZERO;
        for (var result : results) {
            if (result.reply() instanceof Refused<Duration>(var code)) {
                addRefusal(result.check(), code);
            } else if (result.reply() instanceof Answered<Duration>(var latency) && latency.compareTo(slowest) > 0) {
                slowest = latency;
            }
        }
        var allowed = settings.timeouts().command();
        if (slowest.compareTo(allowed.dividedBy(2)) > 0) {
            warn(Warning.Type.SLOW_ANSWERS, slowest.toMillis(), allowed.toMillis());
        }
        return this;
    }

    private void addRefusal(HealthCheck check, String code) {
        switch (code) {
            case "READONLY" -> warn(Warning.Type.REPLICA_ASKED_TO_WRITE);
            case "OOM" -> warn(Warning.Type.MEMORY_FULL);
            case "MOVED", "ASK", "CROSSSLOT" -> warn(Warning.Type.CLUSTER_WITHOUT_CLUSTER_MODE);
            case "NOAUTH" -> warn(Warning.Type.WRONG_PASSWORD, "it requires a password and none is set");
            default -> warnings.add(Warning.refusing(check, code));
        }
    }

    /** @param slowCommands the number of commands that were logged as slow recently */
    Diagnostics addServerInfo(ServerInfo server, long slowCommands) {
        if ("replica".equals(server.role().value())) {
            warn(Warning.Type.REPLICA_ASKED_TO_WRITE);
        }
        // Serverless has one address for the whole cluster.
        if (!settings.cluster()
                && "cluster".equals(server.mode().value())
                && RedisProvider.of(settings, server) != RedisProvider.ELASTICACHE_SERVERLESS) {
            warn(Warning.Type.CLUSTER_WITHOUT_CLUSTER_MODE);
        }
        var policy = server.evictionPolicy().value();
        if (policy != null && !SAFE_POLICIES.contains(policy)) {
            warn(Warning.Type.EVICTION_CAN_DROP_CLAIMS, policy);
        }
        var used = server.usedMemoryBytes().value();
        var limit = server.maxMemoryBytes().value();
        if (used != null && limit != null && isNear(used, limit)) {
            warn(Warning.Type.MEMORY_NEAR_LIMIT, used * 100 / limit, new MemorySize(limit));
        }
        var clients = server.connectedClients().value();
        var maxClients = server.maxClients().value();
        if (clients != null && maxClients != null && isNear(clients, maxClients)) {
            warn(Warning.Type.CLIENTS_NEAR_LIMIT, clients, maxClients);
        }
        var ahead = server.clockAhead().value();
        if (ahead != null && ahead.abs().compareTo(CLOCK_TOLERANCE) > 0) {
            warn(Warning.Type.CLOCKS_APART, ahead.abs().toMillis() / 1e3, ahead.isNegative() ? "behind" : "ahead of");
        }
        if (slowCommands > 0) {
            warn(Warning.Type.SLOW_LOG_GROWING, slowCommands);
        }
        return this;
    }

    /** Returns true from 80 % on; a limit of 0 means unlimited. */
    private static boolean isNear(long used, long limit) {
        return limit > 0 && used >= limit - limit / 5;
    }

    Diagnostics addSentinels(@Nullable SentinelReport sentinels) {
        if (sentinels == null) {
            return this;
        }
        var failures = sentinels.failures();
        if (!failures.isEmpty()) {
            var list = failures.stream().map(SentinelReply::toString).collect(Collectors.joining("; "));
            warn(
                    Warning.Type.SENTINELS_SILENT,
                    failures.size(),
                    sentinels.replies().size(),
                    list);
        }
        if (sentinels.masters().size() > 1) {
            warn(Warning.Type.SENTINELS_DISAGREE, sentinels);
        }
        return this;
    }

    Diagnostics addSettings() {
        var sentinels = settings.sentinel();
        if (settings.tls() == null || (sentinels != null && sentinels.tls() == null)) {
            settings.nodes().stream()
                    .map(RedisSettings.Node::host)
                    .filter(host -> !isLoopback(host))
                    .findFirst()
                    .ifPresent(host -> warn(Warning.Type.NOT_ENCRYPTED, host));
        }
        return this;
    }

    /** Compares the name only: resolving it takes time, and the result may change. */
    private static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.startsWith("127.")
                || host.equals("::1")
                || host.equals("0:0:0:0:0:0:0:1");
    }
}

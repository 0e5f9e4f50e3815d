package dev.gatehouse.redis.health;

import dev.gatehouse.redis.LinkFailure;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.CheckResult.Passed;
import dev.gatehouse.redis.health.CheckResult.Refused;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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

    Diagnostics addFailure(LinkFailure failure) {
        if (!failure.connected() && failure.code() != null && !failure.code().equals("LOADING")) {
            warnings.add(Warning.wrongPassword(failure.why()));
        }
        return this;
    }

    Diagnostics addResults(List<CheckResult> results) {
        var slowest = Duration.ZERO;
        for (var result : results) {
            if (result instanceof Refused(var check, var code)) {
                warnings.add(refusal(check, code));
            }
            if (result instanceof Passed passed && passed.latency().compareTo(slowest) > 0) {
                slowest = passed.latency();
            }
        }
        var allowed = settings.timeouts().command();
        if (slowest.compareTo(allowed.dividedBy(2)) > 0) {
            warnings.add(Warning.slowAnswers(slowest, allowed));
        }
        return this;
    }

    private static Warning refusal(HealthCheck check, String code) {
        return switch (code) {
            case "READONLY" -> Warning.replicaAskedToWrite();
            case "OOM" -> Warning.memoryFull();
            case "MOVED", "ASK", "CROSSSLOT" -> Warning.clusterWithoutClusterMode();
            case "NOAUTH" -> Warning.wrongPassword("it requires a password and none is set");
            default -> Warning.refusing(check, code);
        };
    }

    /** @param slowCommands the number of commands that were logged as slow recently */
    Diagnostics addServerInfo(ServerInfo server, long slowCommands) {
        if ("replica".equals(server.role().value())) {
            warnings.add(Warning.replicaAskedToWrite());
        }
        // Serverless has one address for the whole cluster.
        if (!settings.cluster()
                && "cluster".equals(server.mode().value())
                && RedisProvider.of(settings, server) != RedisProvider.ELASTICACHE_SERVERLESS) {
            warnings.add(Warning.clusterWithoutClusterMode());
        }
        var policy = server.evictionPolicy().value();
        if (policy != null && !SAFE_POLICIES.contains(policy)) {
            warnings.add(Warning.evictionCanDropClaims(policy));
        }
        var used = server.usedMemoryBytes().value();
        var limit = server.maxMemoryBytes().value();
        if (used != null && limit != null && isNear(used, limit)) {
            warnings.add(Warning.memoryNearLimit(used, limit));
        }
        var clients = server.connectedClients().value();
        var maxClients = server.maxClients().value();
        if (clients != null && maxClients != null && isNear(clients, maxClients)) {
            warnings.add(Warning.clientsNearLimit(clients, maxClients));
        }
        var ahead = server.clockAhead().value();
        if (ahead != null && ahead.abs().compareTo(CLOCK_TOLERANCE) > 0) {
            warnings.add(Warning.clocksApart(ahead));
        }
        if (slowCommands > 0) {
            warnings.add(Warning.slowLogGrowing(slowCommands));
        }
        return this;
    }

    /** Returns true from 80 % on; a limit of 0 means unlimited. */
    private static boolean isNear(long used, long limit) {
        return limit > 0 && used >= limit - limit / 5;
    }

    Diagnostics addSettings() {
        if (settings.tls() == null) {
            settings.nodes().stream()
                    .map(RedisSettings.Node::host)
                    .filter(host -> !isLoopback(host))
                    .findFirst()
                    .ifPresent(host -> warnings.add(Warning.notEncrypted(host)));
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

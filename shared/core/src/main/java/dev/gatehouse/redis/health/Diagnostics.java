package dev.gatehouse.redis.health;

import dev.gatehouse.redis.LinkFailure;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.CheckResult.Passed;
import dev.gatehouse.redis.health.CheckResult.Refused;
import dev.gatehouse.redis.health.Warning.ClientsNearLimit;
import dev.gatehouse.redis.health.Warning.ClocksApart;
import dev.gatehouse.redis.health.Warning.ClusterWithoutClusterMode;
import dev.gatehouse.redis.health.Warning.EvictionCanDropClaims;
import dev.gatehouse.redis.health.Warning.MemoryFull;
import dev.gatehouse.redis.health.Warning.MemoryNearLimit;
import dev.gatehouse.redis.health.Warning.NotEncrypted;
import dev.gatehouse.redis.health.Warning.Refusing;
import dev.gatehouse.redis.health.Warning.ReplicaAskedToWrite;
import dev.gatehouse.redis.health.Warning.SlowAnswers;
import dev.gatehouse.redis.health.Warning.SlowLogGrowing;
import dev.gatehouse.redis.health.Warning.WrongPassword;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads signs of trouble out of what a look found. */
final class Diagnostics {

    private static final Set<String> SAFE_POLICIES = Set.of("noeviction", "volatile-ttl");
    private static final Duration MOST_APART = Duration.ofSeconds(1);

    private final RedisSettings settings;
    private final Set<Warning> signs = new LinkedHashSet<>();

    Diagnostics(RedisSettings settings) {
        this.settings = settings;
    }

    List<Warning> signs() {
        return List.copyOf(signs);
    }

    Diagnostics in(LinkFailure failure) {
        if (!failure.connected() && failure.code() != null && !failure.code().equals("LOADING")) {
            signs.add(new WrongPassword(failure.why()));
        }
        return this;
    }

    Diagnostics in(List<CheckResult> findings) {
        var slowest = Duration.ZERO;
        for (var finding : findings) {
            if (finding instanceof Refused(var trial, var code)) {
                signs.add(refusal(trial, code));
            }
            if (finding instanceof Passed passed && passed.latency().compareTo(slowest) > 0) {
                slowest = passed.latency();
            }
        }
        var allowed = settings.timeouts().command();
        if (slowest.compareTo(allowed.dividedBy(2)) > 0) {
            signs.add(new SlowAnswers(slowest, allowed));
        }
        return this;
    }

    private static Warning refusal(HealthCheck trial, String code) {
        return switch (code) {
            case "READONLY" -> new ReplicaAskedToWrite();
            case "OOM" -> new MemoryFull();
            case "MOVED", "ASK", "CROSSSLOT" -> new ClusterWithoutClusterMode();
            case "NOAUTH" -> new WrongPassword("it asks for a password and none is set");
            default -> new Refusing(trial, code);
        };
    }

    Diagnostics in(ServerFacts facts, long slowCommands) {
        if ("replica".equals(facts.role().value())) {
            signs.add(new ReplicaAskedToWrite());
        }
        // Behind Serverless's one address there is no other node to ask.
        if (!settings.cluster()
                && "cluster".equals(facts.mode().value())
                && RedisService.of(settings, facts) != RedisService.ELASTICACHE_SERVERLESS) {
            signs.add(new ClusterWithoutClusterMode());
        }
        var policy = facts.evictionPolicy().value();
        if (policy != null && !SAFE_POLICIES.contains(policy)) {
            signs.add(new EvictionCanDropClaims(policy));
        }
        var used = facts.usedMemoryBytes().value();
        var limit = facts.maxMemoryBytes().value();
        if (used != null && limit != null && isNear(used, limit)) {
            signs.add(new MemoryNearLimit(used, limit));
        }
        var clients = facts.connectedClients().value();
        var mostClients = facts.maxClients().value();
        if (clients != null && mostClients != null && isNear(clients, mostClients)) {
            signs.add(new ClientsNearLimit(clients, mostClients));
        }
        var ahead = facts.clockAhead().value();
        if (ahead != null && ahead.abs().compareTo(MOST_APART) > 0) {
            signs.add(new ClocksApart(ahead));
        }
        if (slowCommands > 0) {
            signs.add(new SlowLogGrowing(slowCommands));
        }
        return this;
    }

    /** Four fifths or more; of no limit nothing is near. */
    private static boolean isNear(long used, long limit) {
        return limit > 0 && used >= limit - limit / 5;
    }

    Diagnostics inSettings() {
        if (settings.tls() == null) {
            settings.nodes().stream()
                    .map(RedisSettings.Node::host)
                    .filter(host -> !isLoopback(host))
                    .findFirst()
                    .ifPresent(host -> signs.add(new NotEncrypted(host)));
        }
        return this;
    }

    /** By its name alone: to look it up would take time, and tell of now only. */
    private static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.startsWith("127.")
                || host.equals("::1")
                || host.equals("0:0:0:0:0:0:0:1");
    }
}

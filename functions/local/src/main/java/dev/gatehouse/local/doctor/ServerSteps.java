// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.MemorySize;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisProvider;
import dev.gatehouse.redis.health.Reported;
import dev.gatehouse.redis.health.Restriction;
import dev.gatehouse.redis.health.ServerInfo;
import dev.gatehouse.redis.health.Warning;
import java.util.stream.Collectors;

/** Reports the server information of Redis, with the warnings about it. */
final class ServerSteps {

    private final RedisSettings settings;
    private final Report report;

    ServerSteps(RedisSettings settings, Report report) {
        this.settings = settings;
        this.report = report;
    }

    /** Ends the step of the server, and adds one for each property. */
    void run(Connected health) {
        var server = health.server();
        report.ok(server(server));
        step("mode", health, Warning.Type.CLUSTER_WITHOUT_CLUSTER_MODE, mode(server));
        step("role", health, Warning.Type.REPLICA_ASKED_TO_WRITE, server.role());
        step("encryption", health, Warning.Type.NOT_ENCRYPTED, encryption());
        step("eviction", health, Warning.Type.EVICTION_CAN_DROP_CLAIMS, server.evictionPolicy());
        step("memory", health, Warning.Type.MEMORY_NEAR_LIMIT, memory(server));
        step("clients", health, Warning.Type.CLIENTS_NEAR_LIMIT, clients(server));
        step("clock", health, Warning.Type.CLOCKS_APART, clock(server));
        restrictions(server);
    }

    private void restrictions(ServerInfo server) {
        report.begin("restrictions");
        if (server.restrictions().isEmpty()) {
            report.ok("none that the functions notice");
        } else {
            report.note(server.restrictions().stream().map(Restriction::what).collect(Collectors.joining(" ")));
        }
    }

    /** Adds the steps of API keys, which have no expiry and must survive a restart. */
    void runForApiKeys(ServerInfo server) {
        report.begin("persistence");
        var appendOnly = server.text("aof_enabled").value();
        switch (appendOnly) {
            case null -> report.note("not reported; API keys must survive a restart");
            case "1" -> report.ok("append-only file");
            default ->
                report.fail(
                        "Redis may lose API keys in a restart: it has no append-only file.",
                        "Set appendonly yes, or use a service that persists its data.");
        }
        report.begin("key eviction");
        var policy = server.evictionPolicy().value();
        if (policy == null) {
            report.note("not reported; the policy must not be one of all keys");
        } else if (policy.startsWith("allkeys")) {
            report.fail(
                    "The eviction policy is " + policy + ", which may drop API keys.",
                    Warning.Type.EVICTION_CAN_DROP_CLAIMS.advice());
        } else {
            report.ok(policy + ", which drops no key without an expiry");
        }
    }

    private void step(String name, Connected health, Warning.Type type, Reported<String> value) {
        report.begin(name);
        var warning =
                health.warnings().stream().filter(each -> each.type() == type).findFirst();
        if (warning.isPresent()) {
            report.add(warning.get());
        } else if (value.value() == null) {
            report.note("not reported: " + value.reason());
        } else {
            report.ok(value.value());
        }
    }

    private String server(ServerInfo server) {
        var service = RedisProvider.of(settings, server).title();
        var version = server.version().value();
        return version == null ? service + ", which does not report its version" : service + ", version " + version;
    }

    private Reported<String> mode(ServerInfo server) {
        var sentinels = settings.sentinel();
        return sentinels != null
                ? new Reported<>("sentinel, the master " + sentinels.master(), null)
                : server.mode().map(mode -> settings.cluster() ? mode + ", as it is used" : mode);
    }

    private Reported<String> encryption() {
        return new Reported<>(settings.tls() == null ? "none, and none is needed on this machine" : "TLS", null);
    }

    private static Reported<String> memory(ServerInfo server) {
        return server.usedMemoryBytes().flatMap(used -> server.maxMemoryBytes()
                .map(limit -> new MemorySize(used)
                        + (limit == 0 ? " used, without a limit" : " used of " + new MemorySize(limit))));
    }

    private static Reported<String> clients(ServerInfo server) {
        return server.connectedClients().flatMap(connected -> server.maxClients()
                .map(limit -> connected + " connected of " + limit + " at most"));
    }

    private static Reported<String> clock(ServerInfo server) {
        return server.clockAhead()
                .map(ahead -> ahead.isZero()
                        ? "the same as this machine's"
                        : "apart from this machine's by " + Millis.of(ahead.abs()));
    }
}

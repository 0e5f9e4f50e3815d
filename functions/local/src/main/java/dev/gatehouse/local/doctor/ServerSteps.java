package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.MemorySize;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisProvider;
import dev.gatehouse.redis.health.Reported;
import dev.gatehouse.redis.health.ServerInfo;
import dev.gatehouse.redis.health.Warning;

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
        return server.mode().map(mode -> settings.cluster() ? mode + ", as it is used" : mode);
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

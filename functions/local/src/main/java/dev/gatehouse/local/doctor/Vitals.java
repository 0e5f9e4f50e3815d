package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.health.Bytes;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisService;
import dev.gatehouse.redis.health.ServerFacts;
import dev.gatehouse.redis.health.Told;
import dev.gatehouse.redis.health.Warning;
import dev.gatehouse.redis.health.Warning.ClientsNearLimit;
import dev.gatehouse.redis.health.Warning.ClocksApart;
import dev.gatehouse.redis.health.Warning.ClusterWithoutClusterMode;
import dev.gatehouse.redis.health.Warning.EvictionCanDropClaims;
import dev.gatehouse.redis.health.Warning.MemoryNearLimit;
import dev.gatehouse.redis.health.Warning.NotEncrypted;
import dev.gatehouse.redis.health.Warning.ReplicaAskedToWrite;

/** What Redis tells of itself, and whether that is as it should be. */
final class Vitals {

    private final RedisSettings settings;
    private final Page page;

    Vitals(RedisSettings settings, Page page) {
        this.settings = settings;
        this.page = page;
    }

    /** Ends the step that was begun for the server, and makes one of each vital sign. */
    void tell(Connected health) {
        var facts = health.facts();
        page.ok(server(facts));
        step("mode", health, ClusterWithoutClusterMode.class, mode(facts));
        step("role", health, ReplicaAskedToWrite.class, facts.role());
        step("encryption", health, NotEncrypted.class, encryption());
        step("eviction", health, EvictionCanDropClaims.class, facts.evictionPolicy());
        step("memory", health, MemoryNearLimit.class, memory(facts));
        step("clients", health, ClientsNearLimit.class, clients(facts));
        step("clock", health, ClocksApart.class, clock(facts));
    }

    private void step(String name, Connected health, Class<? extends Warning> sign, Told<String> told) {
        page.begin(name);
        var trouble = health.signs().stream().filter(sign::isInstance).findFirst();
        if (trouble.isPresent()) {
            var found = trouble.get();
            if (found.stops()) {
                page.fail(found.what(), found.advice());
            } else {
                page.warn(found.what(), found.advice());
            }
        } else if (told.value() == null) {
            page.note("not told: " + told.reason());
        } else {
            page.ok(told.value());
        }
    }

    private String server(ServerFacts facts) {
        var service = RedisService.of(settings, facts).title();
        var version = facts.version().value();
        return version == null ? service + ", which does not tell its version" : service + ", version " + version;
    }

    private Told<String> mode(ServerFacts facts) {
        return facts.mode().map(mode -> settings.cluster() ? mode + ", as it is used" : mode);
    }

    private Told<String> encryption() {
        return new Told<>(settings.tls() == null ? "none, and none is needed on this machine" : "TLS", null);
    }

    private static Told<String> memory(ServerFacts facts) {
        return facts.usedMemoryBytes().flatMap(used -> facts.maxMemoryBytes()
                .map(limit ->
                        new Bytes(used) + (limit == 0 ? " used, without a limit" : " used of " + new Bytes(limit))));
    }

    private static Told<String> clients(ServerFacts facts) {
        return facts.connectedClients().flatMap(connected -> facts.maxClients()
                .map(limit -> connected + " connected of " + limit + " at most"));
    }

    private static Told<String> clock(ServerFacts facts) {
        return facts.clockAhead()
                .map(ahead -> ahead.isZero()
                        ? "the same as this machine's"
                        : "apart from this machine's by " + Millis.of(ahead.abs()));
    }
}

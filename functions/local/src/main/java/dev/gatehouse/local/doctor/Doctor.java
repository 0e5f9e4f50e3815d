// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.LinkFailure;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.health.HealthCheck;
import dev.gatehouse.redis.health.RedisHealth;
import dev.gatehouse.redis.health.RedisHealth.Connected;
import dev.gatehouse.redis.health.RedisHealth.Disconnected;
import dev.gatehouse.redis.health.RedisProbe;
import dev.gatehouse.redis.health.Warning;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Checks step by step whether the functions can work with a Redis. The first failed step is the one to correct. */
final class Doctor {

    /** The first connection on a cold JVM may exceed the connection timeout. */
    private static final int ATTEMPTS = 4;

    private final RedisSettings settings;
    private final Report report;
    private final Duration benchmark;
    private final boolean apiKeys;

    /**
     * @param benchmark the duration of the throughput measurement
     * @param apiKeys whether Redis must not lose keys without an expiry
     */
    Doctor(RedisSettings settings, Report report, Duration benchmark, boolean apiKeys) {
        this.settings = settings;
        this.report = report;
        this.benchmark = benchmark;
        this.apiKeys = apiKeys;
    }

    /** Runs the steps up to the first that the next ones depend on, and returns the exit code: 0 if all passed. */
    int examine() {
        report.title("Gatehouse's doctor looks at " + settings.maskedUrl());
        try (var link = RedisLink.to(settings)) {
            for (var node : nodes(link)) {
                if (!new NetworkSteps(settings, node, report).run()) {
                    return report.verdict();
                }
            }
            if (report.hasFailures()) {
                return report.verdict();
            }
            var probe = new RedisProbe(link);
            if (authenticates(probe, link)) {
                examine(probe, link);
            }
        }
        return report.verdict();
    }

    /** Returns the servers to connect to; with Sentinels the master that they report, if any. */
    private List<Node> nodes(RedisLink link) {
        if (settings.sentinel() == null) {
            return settings.nodes();
        }
        var master = new SentinelSteps(link, report).run();
        return master == null ? List.of() : List.of(master);
    }

    private boolean authenticates(RedisProbe probe, RedisLink link) {
        report.begin("authentication");
        RedisHealth health = checkScript(probe);
        for (int i = 1; i < ATTEMPTS && health instanceof Disconnected && mayRecover(link.failure()); i++) {
            report.progress();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            health = checkScript(probe);
        }
        if (!(health instanceof Disconnected disconnected)) {
            report.ok(identity());
            return true;
        }
        var blocking =
                disconnected.warnings().stream().filter(Warning::isBlocking).findFirst();
        if (blocking.isPresent()) {
            report.add(blocking.get());
        } else {
            var failure = link.failure();
            var why = failure == null ? disconnected.error() : failure.reason();
            report.fail("No answer to the first command: " + why + ".", adviceOnSilence());
        }
        return false;
    }

    private RedisHealth checkScript(RedisProbe probe) {
        return joined(probe.checkScript(Deadline.in(settings.decisionBudget())));
    }

    /** Returns whether a retry may succeed: Redis repeats an error reply, except while it loads. */
    private static boolean mayRecover(@Nullable LinkFailure failure) {
        return failure == null || failure.code() == null || failure.code().equals("LOADING");
    }

    private String identity() {
        var credentials = settings.credentials();
        if (credentials == null) {
            return "without a password";
        }
        return credentials.user() == null ? "with a password" : "as the user " + credentials.user();
    }

    private String adviceOnSilence() {
        if (settings.sentinel() != null) {
            return "Check the reported address, and whether Redis there is a master and is reachable from here.";
        }
        if (settings.tls() == null
                && new NetworkSteps(settings, settings.nodes().getFirst(), report).acceptsTls()) {
            return "It speaks TLS on this port: write rediss://.";
        }
        return settings.cluster()
                ? "Check that this is a cluster, and that the addresses its nodes announce are reachable: CLUSTER SLOTS."
                : "Check whether Redis listens there, and whether it hangs or loads its data.";
    }

    private void examine(RedisProbe probe, RedisLink link) {
        report.begin("server");
        var time = settings.decisionBudget().plus(probe.extraTime(HealthCheck.OPERATIONS));
        var health = joined(probe.check(HealthCheck.OPERATIONS, Deadline.in(time)));
        if (health instanceof Disconnected disconnected) {
            report.fail(
                    "The connection was lost: " + disconnected.error() + ".",
                    "Run the doctor again; check Redis's log if it persists.");
            return;
        }
        if (health instanceof Connected connected) {
            var server = new ServerSteps(settings, report);
            server.run(connected);
            if (settings.sentinel() != null) {
                new SentinelSteps(link, report).runForReplicas(connected.server());
            }
            if (apiKeys) {
                server.runForApiKeys(connected.server());
            }
            new OperationSteps(link, report).run(connected);
            new SpeedSteps(link, report, benchmark).run(connected);
            for (var warning : connected.warnings()) {
                if (!report.contains(warning.what())) {
                    var id = warning.type().id();
                    report.begin(id.length() > Report.NAME ? "also" : id);
                    report.add(warning);
                }
            }
        }
    }

    static <T extends @Nullable Object> T joined(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}

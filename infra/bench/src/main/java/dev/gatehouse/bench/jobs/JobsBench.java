// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.jobs;

import dev.gatehouse.bench.Comparison;
import dev.gatehouse.bench.Comparison.Heading;
import dev.gatehouse.bench.Series;
import dev.gatehouse.bench.StartedPrograms;
import dev.gatehouse.bench.SuiteReport;
import dev.gatehouse.bench.jobs.CommandCounter.Commands;
import dev.gatehouse.bench.jobs.GatehouseJobs.WhenIdle;
import dev.gatehouse.jobs.TakeOptions;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Measures job queues on one Redis: enqueue, take and complete by eight workers, and the commands that they send. */
final class JobsBench {

    private static final String PER_SECOND = "jobs a second";
    private static final String SENT = "sent";
    private static final String ALL = "sent, and in scripts";

    /** MONITOR slows Redis, so commands are counted in runs that are not timed. */
    private static final int COUNTED_MILLIS = 500;

    /** Passes before workers that were started have sent the commands of their start. */
    private static final int SETTLE_SECONDS = 3;

    private static final int IDLE_SECONDS = 60;

    private final RedisProcess redis;
    private final List<JobSystem> systems;

    private JobsBench(RedisProcess redis, List<JobSystem> systems) {
        this.redis = redis;
        this.systems = systems;
    }

    /**
     * Runs the suite.
     *
     * @param arguments the rounds; the seconds of enqueueing in each; the systems beside the baseline ({@code all}, or some
     *     of {@code ours,go,node}); the directory for the results
     */
    public static void main(String[] arguments) throws Exception {
        var rounds = Integer.parseInt(arguments[0]);
        var seconds = Integer.parseInt(arguments[1]);
        var systems = new ArrayList<JobSystem>();
        try (var redis = RedisProcess.start()) {
            start(redis.url(), List.of(arguments[2].split(",")), systems);
            var bench = new JobsBench(redis, systems);
            var comparisons = new ArrayList<>(bench.throughput(rounds, seconds));
            comparisons.addAll(bench.commandsOfJobs());
            comparisons.addAll(bench.idleCommands());
            var settings = new LinkedHashMap<String, Object>();
            settings.put("workers", JobSystem.WORKERS);
            settings.put("rounds", rounds);
            settings.put("seconds", seconds);
            new SuiteReport("jobs", redis.info("server", "redis_version"), settings, comparisons)
                    .publish(Path.of(arguments[3]));
        } finally {
            systems.forEach(JobSystem::close);
        }
    }

    /** Starts the baseline and the chosen systems that are available. Each has its own database. */
    private static void start(String url, List<String> only, List<JobSystem> systems) throws IOException {
        systems.add(new RedisLists(url, systems.size() + 1));
        if (isNamed("ours", only)) {
            systems.add(new GatehouseJobs("Gatehouse", url, systems.size() + 1, 1, WhenIdle.LEAVE));
            systems.add(new GatehouseJobs(
                    "Gatehouse, takes of %d, waits while idle".formatted(TakeOptions.MAX_JOBS),
                    url,
                    systems.size() + 1,
                    TakeOptions.MAX_JOBS,
                    WhenIdle.WAIT));
        }
        if (isNamed("node", only)) {
            var node = StartedPrograms.installNodePeers();
            if (node.isPresent()) {
                var program = node.get().directory().resolve("jobs.mjs").toString();
                var command = List.of(node.get().node().toString(), program);
                var name = "BullMQ 6.7.0, Node " + node.get().version();
                systems.add(new PeerProcess(name, url, systems.size() + 1, command));
            }
        }
        if (isNamed("go", only)) {
            startGo(url, systems);
        }
    }

    private static void startGo(String url, List<JobSystem> systems) throws IOException {
        var go = StartedPrograms.find("go", "asynq");
        if (go.isEmpty()) {
            return;
        }
        var program = Files.createDirectories(Path.of("target/jobs"))
                .resolve("asynq")
                .toAbsolutePath()
                .toString();
        try {
            StartedPrograms.run(Path.of("peers/go"), go.get().toString(), "build", "-o", program, "./asynq");
            systems.add(new PeerProcess("asynq 0.26.0, Go", url, systems.size() + 1, List.of(program)));
        } catch (IOException e) {
            System.out.printf("skipping asynq: %s%n", e);
        }
    }

    private static boolean isNamed(String key, List<String> only) {
        return only.contains("all") || only.contains(key);
    }

    private List<Comparison> throughput(int rounds, int seconds) throws Exception {
        var headings = List.of(
                new Heading(PER_SECOND, "enqueue, take and complete"),
                new Heading(PER_SECOND, "enqueue"),
                new Heading(PER_SECOND, "take and complete"));
        return Comparison.alternately(
                systems, rounds, headings, system -> system.run(seconds * 1000).rates());
    }

    private List<Comparison> commandsOfJobs() throws Exception {
        var sent = new ArrayList<Series>();
        var all = new ArrayList<Series>();
        for (var system : systems) {
            var jobs = new long[1];
            var counts = CommandCounter.count(
                    redis, () -> jobs[0] = system.run(COUNTED_MILLIS).jobs());
            var commands = counts.getOrDefault(system.database(), Commands.NONE);
            sent.add(Series.of(system, List.of((double) commands.sent() / jobs[0])));
            all.add(Series.of(system, List.of((double) commands.all() / jobs[0])));
        }
        var quantity = "Redis commands of a job";
        return List.of(new Comparison(quantity, SENT, sent), new Comparison(quantity, ALL, all));
    }

    private List<Comparison> idleCommands() throws Exception {
        System.out.printf("counting the commands of idle systems for %d s%n", IDLE_SECONDS);
        for (var system : systems) {
            system.startIdling();
        }
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        var counts = CommandCounter.count(redis, () -> {
            for (var second = 0; second < IDLE_SECONDS; second++) {
                redis.cli("PING");
                TimeUnit.SECONDS.sleep(1);
            }
        });
        var sent = new ArrayList<Series>();
        var all = new ArrayList<Series>();
        for (var system : systems) {
            var commands = counts.getOrDefault(system.database(), Commands.NONE);
            sent.add(Series.of(system, List.of((double) commands.sent() * 60 / IDLE_SECONDS)));
            all.add(Series.of(system, List.of((double) commands.all() * 60 / IDLE_SECONDS)));
        }
        var quantity = "Redis commands of an idle minute";
        return List.of(new Comparison(quantity, SENT, sent), new Comparison(quantity, ALL, all));
    }
}

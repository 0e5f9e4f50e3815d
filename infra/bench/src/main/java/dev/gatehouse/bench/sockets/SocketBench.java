// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.sockets;

import dev.gatehouse.bench.Comparison;
import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.bench.Series;
import dev.gatehouse.bench.SuiteReport;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Opens many WebSockets on one server, 100 in a channel, publishes ten messages a second in each channel, and measures the time
 * of each delivery and the memory of the idle WebSockets. Fails if Gatehouse loses, doubles or disorders a message.
 */
final class SocketBench {

    private static final int WARM_UP_SOCKETS = 200;
    private static final int WARM_UP_SECONDS = 5;
    private static final double MICROS_PER_MILLI = 1000;
    private static final double KIB = 1024;

    /** The figures of one run of one server. */
    private record Run(LoadResult load, double heapKib, double residentKib) {}

    private SocketBench() {}

    /**
     * Runs the suite.
     *
     * @param arguments the rounds; the seconds of the load; the number of WebSockets; the directory for the results
     */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        int seconds = Integer.parseInt(arguments[1]);
        int sockets = Integer.parseInt(arguments[2]);
        var baseline = new ArrayList<Run>();
        var ours = new ArrayList<Run>();
        String version;
        try (var redis = RedisProcess.start()) {
            version = redis.info("server", "redis_version");
            for (int round = 0; round < rounds; round++) {
                try (var server = broadcast(redis.url())) {
                    baseline.add(run(server, sockets, seconds));
                }
                try (var server = gatehouse(redis.url())) {
                    ours.add(run(server, sockets, seconds));
                }
            }
        }
        var settings = new LinkedHashMap<String, Object>();
        settings.put("sockets", sockets);
        settings.put("rounds", rounds);
        settings.put("seconds", seconds);
        new SuiteReport("sockets", version, settings, comparisons(baseline, ours)).publish(Path.of(arguments[3]));
        if (!ours.stream().allMatch(run -> run.load.isComplete())) {
            System.exit(1);
        }
    }

    private static SocketServer broadcast(String redisUrl) throws IOException {
        var bare = find(Path.of("peers/bare/target"), "gatehouse-peer-bare-[^/]*T");
        return new SocketServer(
                "broadcast by Micronaut",
                Role.BASELINE,
                SocketProtocol.BROADCAST,
                List.of(
                        "-cp",
                        bare + File.pathSeparator + bare.resolve("lib/*"),
                        "dev.gatehouse.bench.peer.BareServer"),
                redisUrl);
    }

    private static SocketServer gatehouse(String redisUrl) throws IOException {
        var jar = find(Path.of("../../functions/local/target"), "gatehouse-local-[^/]*T\\.jar");
        return new SocketServer(
                "Gatehouse", Role.OURS, SocketProtocol.GATEHOUSE, List.of("-jar", jar.toString()), redisUrl);
    }

    private static Path find(Path target, String name) throws IOException {
        try (var files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no build output in " + target))
                    .toAbsolutePath();
        }
    }

    private static Run run(SocketServer server, int sockets, int seconds) throws IOException, InterruptedException {
        server.awaitReady();
        try (var warmUp = server.open(WARM_UP_SOCKETS)) {
            warmUp.run(WARM_UP_SECONDS);
        }
        var jvm = server.figures();
        double heap = jvm.liveHeapBytes();
        double resident = jvm.residentBytes();
        try (var clients = server.open(sockets)) {
            double heapKib = (jvm.liveHeapBytes() - heap) / sockets / KIB;
            double residentKib = (jvm.residentBytes() - resident) / sockets / KIB;
            var load = clients.run(seconds);
            System.out.printf("%s: %s, heap %.1f KiB, RSS %.1f KiB%n", server.name(), load, heapKib, residentKib);
            return new Run(load, heapKib, residentKib);
        }
    }

    private static List<Comparison> comparisons(List<Run> baseline, List<Run> ours) {
        return List.of(
                comparison("p50 of a delivery, ms", baseline, ours, run -> run.load.p50Micros() / MICROS_PER_MILLI),
                comparison("p99 of a delivery, ms", baseline, ours, run -> run.load.p99Micros() / MICROS_PER_MILLI),
                comparison("heap of an idle WebSocket, KiB", baseline, ours, Run::heapKib),
                comparison("RSS of an idle WebSocket, KiB", baseline, ours, Run::residentKib));
    }

    private static Comparison comparison(
            String quantity, List<Run> baseline, List<Run> ours, ToDoubleFunction<Run> figure) {
        return new Comparison(
                quantity,
                "WebSockets",
                List.of(
                        new Series(
                                "broadcast by Micronaut",
                                Role.BASELINE,
                                baseline.stream().mapToDouble(figure).boxed().toList()),
                        new Series(
                                "Gatehouse",
                                Role.OURS,
                                ours.stream().mapToDouble(figure).boxed().toList())));
    }
}

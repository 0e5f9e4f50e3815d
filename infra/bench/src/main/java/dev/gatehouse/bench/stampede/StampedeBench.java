// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.stampede;

import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.bench.Comparison;
import dev.gatehouse.bench.Comparison.Heading;
import dev.gatehouse.bench.Contestant;
import dev.gatehouse.bench.SuiteReport;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Starts processes that all get one missing value at the same time, and counts their loads. */
final class StampedeBench {

    private static final int PROCESSES = 16;

    /** Leaves time for every process to read its line. */
    private static final long LEAD_MILLIS = 300;

    private final List<Child> children;
    private int questions;

    private StampedeBench(List<Child> children) {
        this.children = children;
    }

    /** A way to get the value. */
    private record Way(String name, Role role, String cache) implements Contestant {}

    private record Child(Process process, BufferedReader output, Writer input) {

        static Child start(String redis) throws IOException {
            var builder = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-Xmx96m",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-cp",
                            System.getProperty("java.class.path"),
                            StampedeProcess.class.getName(),
                            redis)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(BenchRedis.SETTINGS);
            var process = builder.start();
            return new Child(process, process.inputReader(), process.outputWriter());
        }

        void write(String line) throws IOException {
            input.write(line + "\n");
            input.flush();
        }

        String read() throws IOException {
            var line = output.readLine();
            if (line == null) {
                throw new IOException("a process has ended");
            }
            return line;
        }
    }

    /**
     * Runs the suite.
     *
     * @param arguments the rounds; two that are not used; the directory for the results
     */
    public static void main(String[] arguments) throws Exception {
        var rounds = Integer.parseInt(arguments[0]);
        var children = new ArrayList<Child>();
        try (var redis = RedisProcess.start()) {
            for (var i = 0; i < PROCESSES; i++) {
                children.add(Child.start(redis.url()));
            }
            for (var child : children) {
                child.read();
            }
            var ways = List.of(
                    new Way("no cache", Contestant.Role.BASELINE, SlowAnswers.NONE),
                    new Way("Micronaut Redis 6.9.0, @Cacheable", Contestant.Role.PEER, SlowAnswers.PEER),
                    new Way("Gatehouse, @Cacheable", Contestant.Role.OURS, SlowAnswers.OURS));
            var headings = List.of(
                    new Heading("stampede on one key", "loads"),
                    new Heading("stampede on one key", "ms until all have the value"));
            var comparisons = Comparison.alternately(ways, rounds, headings, new StampedeBench(children)::measure);
            var settings = new LinkedHashMap<String, Object>();
            settings.put("processes", PROCESSES);
            settings.put("rounds", rounds);
            new SuiteReport("stampede", redis.info("server", "redis_version"), settings, comparisons)
                    .publish(Path.of(arguments[3]));
        } finally {
            children.forEach(child -> child.process.destroyForcibly());
        }
    }

    private List<Double> measure(Way way) throws IOException {
        questions++;
        var start = System.currentTimeMillis() + LEAD_MILLIS;
        for (var child : children) {
            child.write(way.cache + " question-" + questions + " " + start);
        }
        var loads = 0L;
        var last = start;
        for (var child : children) {
            var words = child.read().split(" ", -1);
            loads += Long.parseLong(words[0]);
            last = Math.max(last, Long.parseLong(words[1]));
        }
        return List.of((double) loads, (double) (last - start));
    }
}

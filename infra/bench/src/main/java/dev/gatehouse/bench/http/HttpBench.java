// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatehouse.bench.BaselineScript;
import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.bench.BenchSessions;
import dev.gatehouse.bench.Comparison;
import dev.gatehouse.bench.Comparison.Heading;
import dev.gatehouse.bench.Comparison.Measurement;
import dev.gatehouse.bench.StartedPrograms;
import dev.gatehouse.bench.SuiteReport;
import dev.gatehouse.session.RedisSessions;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Measures servers over HTTP with wrk on 32 connections; wrk, the servers and Redis share the machine. */
final class HttpBench {

    private static final int CONNECTIONS = 32;
    /** The JVM compiles a new path for about ten seconds under load. */
    private static final int WARM_UP_SECONDS = 15;

    private static final String PER_SECOND = "requests per second";
    private static final Path BODIES = Path.of("target/http");

    private final Path wrk;
    private final int seconds;
    private final UnaryOperator<String> ourTokens;
    private int runs;

    private HttpBench(Path wrk, int seconds, UnaryOperator<String> ourTokens) {
        this.wrk = wrk;
        this.seconds = seconds;
        this.ourTokens = ourTokens;
    }

    /**
     * Runs the suite.
     *
     * @param arguments the rounds; the seconds of each measurement; the servers beside the baseline ({@code all}, or some
     *     of {@code ours,go,node}); the directory for the results
     */
    public static void main(String[] arguments) throws Exception {
        var wrk = StartedPrograms.find("wrk", "the HTTP suite");
        if (wrk.isEmpty()) {
            System.exit(1);
        }
        var rounds = Integer.parseInt(arguments[0]);
        var seconds = Integer.parseInt(arguments[1]);
        try (var redis = RedisProcess.start();
                var link = BenchRedis.link(redis.url());
                var servers = new RunningServers(redis.url(), List.of(arguments[2].split(",")))) {
            createSessions(redis);
            var sessions = new BenchSessions(new RedisSessions(link), HttpPackage.TENANT);
            var bench = new HttpBench(
                    wrk.get(), seconds, subject -> sessions.of(subject).text());
            var comparisons = new ArrayList<Comparison>();
            for (var scenario : Scenario.values()) {
                comparisons.addAll(bench.run(scenario, servers.all(), rounds));
            }
            comparisons.sort((one, other) -> other.quantity().compareTo(one.quantity()));
            var settings = new LinkedHashMap<String, Object>();
            settings.put("connections", CONNECTIONS);
            settings.put("rounds", rounds);
            settings.put("seconds", seconds);
            var report = new SuiteReport("http", redis.info("server", "redis_version"), settings, comparisons);
            var results = Path.of(arguments[3]);
            report.publish(results);
            report.publishChart(results, "Requests per second over HTTP, and as a share of the baseline", PER_SECOND);
            // Closing would check the expiry of each of millions of keys.
            redis.kill();
        }
    }

    /** Creates the sessions that the baseline and the peers look up. */
    private static void createSessions(RedisProcess redis) {
        try (var client = redis.connect()) {
            Scenario.subjects()
                    .forEach(subject -> client.call(
                            "HSET",
                            "session:{" + subject + "}",
                            "d",
                            BaselineScript.SESSION_DIGEST,
                            "e",
                            "9000000000000000",
                            "u",
                            subject,
                            "a",
                            "{\"theme\":\"dark\"}"));
        }
    }

    private List<Comparison> run(Scenario scenario, List<HttpServer> servers, int rounds) throws Exception {
        var bodies = new HashMap<HttpServer, Path>();
        for (var server : servers) {
            var lines = scenario.bodies(
                    server.name().equals(RunningServers.OURS)
                            ? ourTokens
                            : subject -> subject + "." + BaselineScript.SESSION_DIGEST);
            bodies.put(server, Files.write(BODIES.resolve(scenario + "-" + servers.indexOf(server) + ".txt"), lines));
            server.verify(scenario, lines.getFirst().replace("@", uniquePrefix()));
        }
        Measurement<HttpServer> measurement = server -> measure(
                scenario, server, Optional.ofNullable(bodies.get(server)).orElseThrow(), seconds);
        for (var server : servers) {
            measure(scenario, server, Optional.ofNullable(bodies.get(server)).orElseThrow(), WARM_UP_SECONDS);
        }
        var headings = List.of(
                new Heading(PER_SECOND, scenario.title()),
                new Heading("p50, ms", scenario.title()),
                new Heading("p99, ms", scenario.title()));
        return Comparison.alternately(servers, rounds, headings, measurement);
    }

    private List<Double> measure(Scenario scenario, HttpServer server, Path bodies, int seconds) throws IOException {
        var command = Stream.concat(
                Stream.of(
                        wrk.toString(),
                        "-t1",
                        "-c" + CONNECTIONS,
                        "-d" + seconds + "s",
                        "-s" + BaselineScript.DIRECTORY.resolve("wrk.lua"),
                        server.url(scenario),
                        "--",
                        scenario.path(),
                        HttpPackage.KEY,
                        bodies.toString()),
                scenario.isUnique() ? Stream.of(uniquePrefix()) : Stream.of());
        var output = StartedPrograms.run(Path.of("."), command.toArray(String[]::new));
        var result = new ObjectMapper().readTree(output.substring(output.lastIndexOf('{')));
        require(result, scenario, server);
        return List.of(
                result.get("requests").asLong() * 1e6 / result.get("micros").asLong(),
                result.get("p50Micros").asLong() / 1e3,
                result.get("p99Micros").asLong() / 1e3);
    }

    private static void require(JsonNode result, Scenario scenario, HttpServer server) {
        var requests = result.get("requests").asLong();
        var failed = result.get("failed").asLong();
        var asExpected = scenario.status() < 400 ? failed == 0 : failed == requests;
        if (!asExpected || result.get("broken").asLong() > 0 || requests == 0) {
            throw new IllegalStateException("%s, %s: %s".formatted(server.name(), scenario.title(), result));
        }
    }

    /** Returns a key prefix of fixed length that is unique to the run. */
    private String uniquePrefix() {
        runs++;
        return "run-%06d-".formatted(runs);
    }
}

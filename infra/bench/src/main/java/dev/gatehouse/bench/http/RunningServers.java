// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.http;

import dev.gatehouse.bench.BaselineScript;
import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.bench.Contestant.Role;
import dev.gatehouse.bench.StartedPrograms;
import dev.gatehouse.testkit.lambda.HttpPackage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The servers of a run, all on one Redis. */
final class RunningServers implements AutoCloseable {

    static final String OURS = "Gatehouse";

    private static final Path TARGET = Path.of("target/http");
    private static final List<String> JVM = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final Map<String, String> environment;
    private final List<HttpServer> servers = new ArrayList<>();

    /**
     * Starts the baseline and the chosen servers that are available.
     *
     * @param only some of {@code ours}, {@code go} and {@code node}, or {@code all}
     */
    RunningServers(String redisUrl, List<String> only) throws IOException, InterruptedException {
        environment = new HashMap<>(BenchRedis.SETTINGS);
        environment.put("REDIS_URL", redisUrl);
        environment.put(
                "BENCH_SCRIPTS", BaselineScript.DIRECTORY.toAbsolutePath().toString());
        environment.put("GATEHOUSE_API_KEYS", HttpPackage.TENANT + "=" + digest(HttpPackage.KEY));
        Files.createDirectories(TARGET);
        try {
            var bare = find(Path.of("peers/bare/target"), "gatehouse-peer-bare-[^/]*T");
            start(
                    "bare Micronaut handler",
                    Role.BASELINE,
                    java(
                            "-cp",
                            bare + File.pathSeparator + bare.resolve("lib/*"),
                            "dev.gatehouse.bench.peer.BareServer"));
            if (isNamed("ours", only)) {
                var jar = find(Path.of("../../functions/local/target"), "gatehouse-local-[^/]*T\\.jar");
                start(OURS, Role.OURS, java("-jar", jar.toString()));
            }
            if (isNamed("go", only)) {
                startGo();
            }
            if (isNamed("node", only)) {
                var node = StartedPrograms.installNodePeers();
                if (node.isPresent()) {
                    var program = node.get().directory().resolve("server.mjs").toString();
                    start(
                            "Node fastify, rate-limiter-flexible",
                            Role.PEER,
                            List.of(node.get().node().toString(), program));
                }
            }
            for (var server : servers) {
                server.awaitReady();
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    List<HttpServer> all() {
        return servers;
    }

    private static boolean isNamed(String key, List<String> only) {
        return only.contains("all") || only.contains(key);
    }

    private void startGo() throws IOException {
        var go = StartedPrograms.find("go", "the Go servers");
        if (go.isEmpty()) {
            return;
        }
        try {
            var target = TARGET.toAbsolutePath() + "/";
            StartedPrograms.run(Path.of("peers/go"), go.get().toString(), "build", "-o", target, "./...");
            start("Go fiber, rueidis", Role.PEER, List.of(target + "fiber"));
            start("Go net/http, redis_rate", Role.PEER, List.of(target + "nethttp"));
        } catch (IOException e) {
            System.out.printf("skipping the Go servers: %s%n", e);
        }
    }

    private void start(String name, Role role, List<String> command) throws IOException {
        var log = TARGET.resolve(name.replaceAll("[^A-Za-z]+", "-") + ".log");
        servers.add(new HttpServer(name, role, command, environment, log));
    }

    private static List<String> java(String... arguments) {
        return Stream.concat(JVM.stream(), Stream.of(arguments)).toList();
    }

    private static Path find(Path target, String name) throws IOException {
        try (var files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no build output in " + target))
                    .toAbsolutePath();
        }
    }

    private static String digest(String key) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        servers.forEach(HttpServer::close);
    }
}

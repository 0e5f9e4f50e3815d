// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.http;

import dev.gatehouse.bench.Contestant;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.process.LoopbackPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server in a separate process on the loopback interface. */
final class HttpServer implements Contestant, AutoCloseable {

    private static final Duration START = Duration.ofMinutes(2);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String name;
    private final Role role;
    private final int port;
    private final Path log;
    private final Process process;

    /**
     * Starts a server, whose port is in {@code PORT} and {@code MICRONAUT_SERVER_PORT}.
     *
     * @param log the file for its output
     */
    HttpServer(String name, Role role, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        this.name = name;
        this.role = role;
        this.port = LoopbackPort.free().number();
        this.log = log;
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        var all = new HashMap<>(environment);
        all.put("PORT", Integer.toString(port));
        all.put("MICRONAUT_SERVER_PORT", Integer.toString(port));
        all.put("MICRONAUT_SERVER_HOST", "127.0.0.1");
        builder.environment().putAll(all);
        process = builder.start();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Role role() {
        return role;
    }

    String url(Scenario scenario) {
        return "http://127.0.0.1:" + port + scenario.path();
    }

    /** Waits until the server admits a check. */
    void awaitReady() throws IOException, InterruptedException {
        var end = System.nanoTime() + START.toNanos();
        var body = Scenario.HOT.bodies(subject -> subject).getFirst();
        while (process.isAlive() && System.nanoTime() - end < 0) {
            try {
                if (post(Scenario.HOT, body).statusCode() == Scenario.HOT.status()) {
                    return;
                }
            } catch (IOException e) {
                // The server does not listen yet.
            }
            Thread.sleep(100);
        }
        throw new IOException("%s is not ready: %s".formatted(name, Files.readString(log)));
    }

    /**
     * Sends a request, twice unless it is unique, and checks the last response.
     *
     * @throws IllegalStateException if the status is unexpected or the decision is degraded
     */
    void verify(Scenario scenario, String body) throws IOException, InterruptedException {
        if (!scenario.isUnique()) {
            post(scenario, body);
        }
        var response = post(scenario, body);
        if (response.statusCode() != scenario.status() || response.body().contains("\"degraded\":true")) {
            throw new IllegalStateException(
                    "%s, %s: %d %s".formatted(name, scenario.title(), response.statusCode(), response.body()));
        }
    }

    private HttpResponse<String> post(Scenario scenario, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url(scenario)))
                .header("Content-Type", "application/json")
                .header("X-Api-Key", HttpPackage.KEY)
                .timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.sockets;

import dev.gatehouse.bench.BenchRedis;
import dev.gatehouse.bench.Contestant;
import dev.gatehouse.testkit.lambda.HttpPackage;
import dev.gatehouse.testkit.process.JvmFigures;
import dev.gatehouse.testkit.process.LoopbackPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A server with WebSockets, in a process of its own, and the processes of its clients. */
final class SocketServer implements Contestant, AutoCloseable {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");
    private static final Path LOGS = Path.of("target/sockets");
    private static final Duration START = Duration.ofMinutes(2);

    private final String name;
    private final Role role;
    private final SocketProtocol protocol;
    private final int port = LoopbackPort.free().number();
    private final Process process;

    /**
     * Starts a server.
     *
     * @param command the arguments of the JVM
     */
    SocketServer(String name, Role role, SocketProtocol protocol, List<String> command, String redisUrl)
            throws IOException {
        this.name = name;
        this.role = role;
        this.protocol = protocol;
        var all = new ArrayList<>(List.of(
                JAVA.resolve("java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        all.addAll(command);
        Files.createDirectories(LOGS);
        var builder = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(LOGS.resolve(protocol + ".log").toFile());
        var environment = builder.environment();
        environment.putAll(BenchRedis.SETTINGS);
        environment.put("REDIS_URL", redisUrl);
        environment.put("MICRONAUT_SERVER_PORT", Integer.toString(port));
        environment.put("MICRONAUT_SERVER_HOST", "127.0.0.1");
        environment.put("GATEHOUSE_API_KEYS", HttpPackage.TENANT + "=" + digest(HttpPackage.KEY));
        environment.put("GATEHOUSE_TENANT", HttpPackage.TENANT);
        environment.put("GATEHOUSE_CHANNELS", "room:*=join,publish");
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

    /** Waits until the server accepts connections. */
    void awaitReady() throws IOException, InterruptedException {
        var end = System.nanoTime() + START.toNanos();
        while (process.isAlive() && System.nanoTime() - end < 0) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                // The server does not listen yet.
            }
            Thread.sleep(100);
        }
        throw new IOException(name + " is not ready, see " + LOGS);
    }

    /** Starts clients, and waits until all have joined. */
    Clients open(int sockets) throws IOException {
        return new Clients(sockets);
    }

    /** The clients of this server. */
    final class Clients implements AutoCloseable {

        private final Process clients;
        private final BufferedReader output;

        private Clients(int sockets) throws IOException {
            clients = new ProcessBuilder(
                            JAVA.resolve("java").toString(),
                            "-Xmx1g",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SocketLoad.class.getName(),
                            protocol.name(),
                            Integer.toString(port),
                            Integer.toString(sockets),
                            HttpPackage.KEY)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            output = clients.inputReader();
            var line = output.readLine();
            if (!SocketLoad.JOINED.equals(line)) {
                close();
                throw new IOException("the clients of " + name + " did not join: " + line);
            }
        }

        /** Publishes for some seconds. */
        LoadResult run(int seconds) throws IOException {
            var input = clients.outputWriter();
            input.write(seconds + "\n");
            input.flush();
            return LoadResult.of(String.valueOf(output.readLine()));
        }

        @Override
        public void close() {
            clients.destroyForcibly();
        }
    }

    /** Returns what its process uses. */
    JvmFigures figures() {
        return JvmFigures.of(process.pid());
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
        process.destroyForcibly();
    }
}

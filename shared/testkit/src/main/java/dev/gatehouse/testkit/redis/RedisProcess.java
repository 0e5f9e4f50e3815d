// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import dev.gatehouse.testkit.process.ChildProcess;
import dev.gatehouse.testkit.process.Poller;
import dev.gatehouse.testkit.process.ScratchDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A real redis-server on 127.0.0.1, a child of this JVM. It persists nothing, so a restart loses the data; a cluster
 * node keeps its place in the cluster. Thread-safe. A method that changes the state of the process returns when the
 * change has taken effect.
 */
public final class RedisProcess implements AutoCloseable {

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofSeconds(20);

    private final RedisSetup setup;
    private final ScratchDirectory directory;
    private ChildProcess process;
    private boolean frozen;

    RedisProcess(RedisSetup setup) {
        this.setup = setup;
        this.directory = ScratchDirectory.named("redis");
        try {
            launch();
        } catch (RuntimeException e) {
            end();
            throw e;
        }
    }

    /** Starts a server with default settings on a free port. */
    public static RedisProcess start() {
        return setup().start();
    }

    /** Describes a server to start. */
    public static RedisSetup setup() {
        return new RedisSetup();
    }

    public String host() {
        return setup.host();
    }

    public int port() {
        return setup.port();
    }

    /** Returns the URL, {@code rediss://} for a server with TLS, with the password if there is one. */
    public String url() {
        return "%s://%s%s:%d"
                .formatted(
                        setup.hasTls() ? "rediss" : "redis",
                        setup.password().map(password -> ":" + password + "@").orElse(""),
                        host(),
                        port());
    }

    public synchronized long pid() {
        return process.pid();
    }

    public synchronized boolean isAlive() {
        return process.isAlive();
    }

    public synchronized boolean isFrozen() {
        return frozen;
    }

    /** Returns the server's log since its first start. */
    public synchronized String log() {
        return process.stdout() + process.stderr();
    }

    /** Sends SIGTERM: the server closes its connections and ends. */
    public synchronized void stop() {
        thaw();
        process.end(Duration.ofSeconds(5));
    }

    /** Sends SIGKILL: the server ends at once, like a crash. */
    public synchronized void kill() {
        process.kill();
        frozen = false;
    }

    /** Sends SIGSTOP: connections stay open, the system still accepts new ones, and there are no replies. */
    public synchronized void freeze() {
        process.signal("STOP");
        frozen = true;
    }

    /** Sends SIGCONT: a frozen server continues with the waiting commands. No effect on a server that is not frozen. */
    public synchronized void thaw() {
        if (frozen) {
            process.signal("CONT");
            frozen = false;
        }
    }

    /** Stops the server if it runs, and starts it without data on the same port. */
    public synchronized void restart() {
        if (process.isAlive()) {
            stop();
        }
        launch();
    }

    /**
     * Runs one command on a connection of its own.
     *
     * @return the reply: String, Long, List or null
     * @throws RedisError for an error reply
     * @throws UncheckedIOException if there is no reply within five seconds
     */
    public Object cli(String... command) {
        try (var client = connect()) {
            return client.call(command);
        }
    }

    /** Opens a connection, with TLS and password if this server requires them. */
    public RespConnection connect() {
        return setup.connect(ANSWER);
    }

    /** Returns a field of a section of INFO, such as {@code info("clients", "connected_clients")}; null if absent. */
    public String info(String section, String field) {
        return infoFields(section)
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1))
                .findFirst()
                .orElse(null);
    }

    /** Returns the version of the server. Valkey also reports that of a compatible Redis. */
    public String version() {
        var valkey = info("server", "valkey_version");
        return valkey == null ? info("server", "redis_version") : valkey;
    }

    /** Returns the number of calls of a command, also by scripts, since the start or CONFIG RESETSTAT. */
    public long calls(String command) {
        var stats = info("commandstats", "cmdstat_" + command.toLowerCase(Locale.ROOT));
        return stats == null ? 0 : Long.parseLong(stats.substring("calls=".length(), stats.indexOf(',')));
    }

    /** Returns the lines of CLIENT LIST, without this connection and replicas. */
    public List<String> clients() {
        try (var client = connect()) {
            var own = "id=" + client.call("CLIENT", "ID") + " ";
            var lines = (String) client.call("CLIENT", "LIST", "TYPE", "NORMAL");
            return lines.lines()
                    .filter(Predicate.not(line -> line.startsWith(own)))
                    .toList();
        }
    }

    /**
     * Ends the server and deletes its directory.
     *
     * @throws AssertionError if it runs and has a key of Gatehouse, {@code gh:…}, without an expiry
     */
    @Override
    public synchronized void close() {
        try {
            if (process.isAlive() && !frozen && !setup.isSentinel()) {
                ExpiryCheck.at(this);
            }
        } finally {
            end();
        }
    }

    private void end() {
        if (process != null && process.isAlive()) {
            process.kill();
        }
        directory.close();
    }

    /** Returns whether this server, and no other on its port, replies. */
    boolean replies() {
        try {
            return "PONG".equals(cli("PING")) && Long.toString(pid()).equals(info("server", "process_id"));
        } catch (UncheckedIOException | RedisError e) {
            return false;
        }
    }

    Stream<String> infoFields(String section) {
        return ((String) cli(setup.nameOf("INFO"), section)).lines();
    }

    private List<String> command(String configuration) {
        var server = RedisBinary.get().path().toString();
        return setup.isSentinel() ? List.of(server, configuration, "--sentinel") : List.of(server, configuration);
    }

    private void launch() {
        var configuration = directory.resolve("redis.conf");
        try {
            Files.writeString(configuration, setup.configuration(directory.path()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = ChildProcess.start(
                new ProcessBuilder(command(configuration.toString()))
                        .directory(directory.path().toFile()),
                directory);
        frozen = false;
        new Poller(START).until(() -> replies() || !process.isAlive(), () -> "redis-server is not ready: " + log());
        if (!process.isAlive()) {
            throw new IllegalStateException("redis-server ended at its start: " + log());
        }
        if (setup.isReplica()) {
            new Poller(START)
                    .until(
                            () -> "up".equals(info("replication", "master_link_status")),
                            () -> "the replica does not reach its master: " + log());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import com.github.dockerjava.api.DockerClient;
import dev.gatehouse.testkit.tls.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * A Redis server in a container. It keeps its port through {@link #kill} and {@link #restart}.
 *
 * <p>The system property {@code gatehouse.redis.image} names the image, which accepts the flags of the official image.
 */
public final class RedisContainer implements AutoCloseable {

    static final DockerImageName IMAGE =
            DockerImageName.parse(System.getProperty("gatehouse.redis.image", "redis:7-alpine"));

    private static final int INSIDE = 6379;

    private final GenericContainer<?> container = new GenericContainer<>(IMAGE);
    private final List<String> flags = new ArrayList<>(List.of("--protected-mode", "no", "--save", ""));
    private final int port;
    private final int portInside;

    private RedisContainer(int port, int portInside) {
        this.port = port;
        this.portInside = portInside;
        container.waitingFor(
                Wait.forLogMessage(".*Ready to accept connections.*", 1).withStartupTimeout(Duration.ofSeconds(30)));
    }

    /** Starts a server in a network of containers, with a published port. */
    public static RedisContainer published() {
        var redis = new RedisContainer(freePort(), INSIDE);
        redis.container.withExposedPorts(INSIDE).setPortBindings(List.of(redis.port + ":" + INSIDE));
        return redis;
    }

    /**
     * Starts a server on the loopback of the engine's host, where clients reach the address that it announces. Linux
     * only.
     */
    public static RedisContainer onHost() {
        var port = freePort();
        var redis = new RedisContainer(port, port);
        redis.container.withNetworkMode("host");
        return redis.with("--bind", "127.0.0.1");
    }

    public RedisContainer with(String... moreFlags) {
        flags.addAll(List.of(moreFlags));
        return this;
    }

    /** Serves TLS only, and requires no client certificate. */
    public RedisContainer with(Certificates.Server identity) {
        return copying(identity.certificate(), "/tls/server.crt")
                .copying(identity.key(), "/tls/server.key")
                .copying(identity.ca(), "/tls/ca.crt")
                .with("--port", "0", "--tls-port", String.valueOf(portInside), "--tls-auth-clients", "no")
                .with("--tls-cert-file", "/tls/server.crt", "--tls-key-file", "/tls/server.key")
                .with("--tls-ca-cert-file", "/tls/ca.crt");
    }

    private RedisContainer copying(Path file, String pathInside) {
        container.withCopyFileToContainer(MountableFile.forHostPath(file, 0444), pathInside);
        return this;
    }

    public RedisContainer named(String alias, Network network) {
        container.withNetwork(network).withNetworkAliases(alias);
        return this;
    }

    public RedisContainer start() {
        // With TLS the same port is the TLS port.
        if (!flags.contains("--tls-port")) {
            flags.addAll(List.of("--port", String.valueOf(portInside)));
        }
        container.withCommand(flags.toArray(String[]::new)).start();
        return this;
    }

    public String host() {
        return container.getHost();
    }

    public int port() {
        return port;
    }

    /** Opens a plain connection that shares no code with the tested code. */
    public RespConnection connect() {
        return RespConnection.connect(host(), port, Duration.ofSeconds(5));
    }

    /** Returns whether the server replies on a new connection. */
    public boolean replies() {
        try (var client = RespConnection.connect(host(), port, Duration.ofSeconds(1))) {
            return client.call("PING").equals("PONG");
        } catch (UncheckedIOException silence) {
            return false;
        } catch (RedisError error) {
            // NOAUTH shows a running server, LOADING one that is not ready.
            return !error.code().equals("LOADING");
        }
    }

    /** Returns the output of the image's own redis-cli; {@code args} are its flags and the command. */
    public String cli(String... args) {
        var command = new ArrayList<>(List.of("redis-cli", "-p", String.valueOf(portInside)));
        command.addAll(List.of(args));
        try {
            var result = container.execInContainer(command.toArray(String[]::new));
            if (result.getExitCode() != 0) {
                throw new IllegalStateException(command + " failed: " + result.getStdout() + result.getStderr());
            }
            return result.getStdout().strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Freezes the server: connections stay open and get no reply. */
    public void pause() {
        docker().pauseContainerCmd(container.getContainerId()).exec();
    }

    public void unpause() {
        docker().unpauseContainerCmd(container.getContainerId()).exec();
    }

    /** Ends the server at once, like a crash. Returns when it has ended. */
    public void kill() {
        docker().killContainerCmd(container.getContainerId()).exec();
        docker().waitContainerCmd(container.getContainerId()).start().awaitStatusCode(10, TimeUnit.SECONDS);
    }

    /** Starts a killed server again, on its port and without its data. Returns before it replies. */
    public void restart() {
        docker().startContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void close() {
        container.stop();
    }

    /**
     * Returns a port on which no process listens, below the range of outgoing connections, so that a killed server
     * finds its port still free.
     */
    public static int freePort() {
        for (var attempt = 0; attempt < 1_000; attempt++) {
            try (var socket = new ServerSocket(ThreadLocalRandom.current().nextInt(22_500, 32_000))) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                continue;
            }
        }
        throw new IllegalStateException("no free port from 22500 to 31999");
    }

    private DockerClient docker() {
        return container.getDockerClient();
    }
}

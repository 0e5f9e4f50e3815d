// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;

/** A Sentinel in a container, on the loopback of the engine's host. Linux only. */
public final class SentinelContainer implements AutoCloseable {

    private static final String CONFIGURATION = "/tmp/sentinel.conf";

    private final GenericContainer<?> container = new GenericContainer<>(RedisContainer.IMAGE);
    private final int port = RedisContainer.freePort();

    private SentinelContainer() {}

    /** Starts a Sentinel that monitors {@code master} as {@link SentinelRig#MASTER}, with a quorum of 2. */
    public static SentinelContainer monitoring(RedisContainer master) {
        var sentinel = new SentinelContainer();
        var configuration = """
                port %d
                bind 127.0.0.1
                protected-mode no
                sentinel monitor %2$s 127.0.0.1 %3$d 2
                sentinel down-after-milliseconds %2$s 1000
                sentinel failover-timeout %2$s 10000
                """.formatted(sentinel.port, SentinelRig.MASTER, master.port());
        sentinel.container
                .withNetworkMode("host")
                // The server rewrites the file, under another user in some images.
                .withCopyToContainer(Transferable.of(configuration, 0666), CONFIGURATION)
                .withCommand(CONFIGURATION, "--sentinel")
                .waitingFor(Wait.forLogMessage(".*\\+monitor master.*", 1).withStartupTimeout(Duration.ofSeconds(30)))
                .start();
        return sentinel;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Runs one command on a connection of its own, and returns the reply. */
    public Object cli(String... command) {
        try (var client = RespConnection.connect("127.0.0.1", port, Duration.ofSeconds(5))) {
            return client.call(command);
        }
    }

    @Override
    public void close() {
        container.stop();
    }
}

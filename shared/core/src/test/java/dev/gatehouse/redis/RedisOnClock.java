// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.testkit.redis.RedisCluster;
import dev.gatehouse.testkit.redis.RedisContainer;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Redis, and a link to it whose scripts use a test's clock, in microseconds. Both start when they are first used. A static
 * field with {@code @RegisterExtension} closes them after the tests of its class; a class of jqwik calls {@link #close}.
 */
public final class RedisOnClock implements AfterAllCallback, AutoCloseable {

    private enum Kind {
        SERVER,
        CLUSTER,
        CONTAINER
    }

    private final Kind kind;
    private final LongSupplier micros;
    private @Nullable RedisProcess server;
    private @Nullable RedisCluster cluster;
    private @Nullable RedisContainer container;
    private @Nullable RedisLink link;

    private RedisOnClock(Kind kind, LongSupplier micros) {
        this.kind = kind;
        this.micros = micros;
    }

    /** Describes one server. */
    public static RedisOnClock server(LongSupplier micros) {
        return new RedisOnClock(Kind.SERVER, micros);
    }

    /** Describes a cluster of three nodes. */
    public static RedisOnClock cluster(LongSupplier micros) {
        return new RedisOnClock(Kind.CLUSTER, micros);
    }

    /** Describes the Redis of the container suite, which is newer than the embedded one. */
    public static RedisOnClock container(LongSupplier micros) {
        return new RedisOnClock(Kind.CONTAINER, micros);
    }

    /** Returns the link, the same one each time. */
    public synchronized RedisLink link() {
        if (link == null) {
            link = switch (kind) {
                case SERVER -> LinkOnClock.toServer(server().port(), micros);
                case CLUSTER ->
                    LinkOnClock.toCluster(
                            cluster().masters().stream().map(RedisProcess::port).toList(), micros);
                case CONTAINER -> LinkOnClock.toServer(container().port(), micros);
            };
        }
        return link;
    }

    /** Returns the server, if this is no cluster. */
    public synchronized RedisProcess server() {
        if (server == null) {
            server = RedisProcess.start();
        }
        return server;
    }

    /** Returns the cluster, if this is one. */
    public synchronized RedisCluster cluster() {
        if (cluster == null) {
            cluster = RedisCluster.start();
        }
        return cluster;
    }

    private RedisContainer container() {
        if (container == null) {
            container = RedisContainer.published().start();
        }
        return container;
    }

    /** Runs a command on the server, as {@link RedisProcess#cli}. */
    public Object cli(String... command) {
        return server().cli(command);
    }

    /** Returns how often the server has run a command, as {@link RedisProcess#calls}. */
    public long calls(String command) {
        return server().calls(command);
    }

    /** Deletes a key, as Redis does that evicts it. */
    public void delete(String key) {
        (kind == Kind.CLUSTER ? cluster().masterOf(key) : server()).cli("DEL", key);
    }

    /**
     * Closes the link and ends Redis, as far as they were started.
     *
     * @throws AssertionError if Redis holds a key of Gatehouse without an expiry
     */
    @Override
    public synchronized void close() {
        if (link != null) {
            link.close();
        }
        if (server != null) {
            server.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        if (container != null) {
            container.close();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import dev.gatehouse.redis.config.CredentialsSource;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.Node;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Opens Lettuce connections that one caller has for itself, with the address, TLS, credentials and timeouts of the
 * settings. The first one creates clients and threads, apart from those of the link.
 *
 * <p>Each command has the timeout of its connection, by default the command timeout of the settings. Nothing is sent again
 * after a reconnection but subscriptions.
 */
public final class DedicatedConnections implements AutoCloseable {

    private static final long CLOSING_MILLIS = 2_000;

    private final RedisSettings settings;
    private @Nullable Clients clients;
    private boolean closed;

    public DedicatedConnections(RedisSettings settings) {
        this.settings = settings;
    }

    /**
     * Opens a connection to the Redis that stores {@code key}: on a cluster, the primary of its slot. It does not reconnect,
     * since a transaction or a selected database would be lost without a trace. With Sentinels it opens to the master, after
     * a lookup.
     *
     * @return a stage that fails with {@link ConnectFailure}
     */
    public CompletionStage<StatefulRedisConnection<String, String>> open(String key) {
        return open(clients -> clients.connect(key));
    }

    /**
     * Opens a connection for subscriptions. It reconnects and subscribes again; messages in between are lost. With Sentinels
     * each reconnection looks up the master.
     *
     * @return a stage that fails with {@link ConnectFailure}
     */
    public CompletionStage<StatefulRedisPubSubConnection<String, String>> openPubSub() {
        return open(Clients::connectPubSub);
    }

    private <C extends StatefulConnection<String, String>> CompletionStage<C> open(
            Function<Clients, CompletionStage<C>> opening) {
        return withCredentials(settings, () -> opening.apply(clients()))
                .exceptionallyCompose(thrown -> CompletableFuture.failedStage(ConnectFailure.of(thrown)))
                .thenApply(connection -> {
                    connection.setTimeout(settings.timeouts().command());
                    return connection;
                });
    }

    /** Tries again after a lost handshake, and if Redis rejects the password and there is another. */
    private static <T> CompletionStage<T> withCredentials(
            RedisSettings settings, Supplier<CompletionStage<T>> opening) {
        return attempt(settings, opening)
                .exceptionallyCompose(thrown -> ConnectFailure.isLostHandshake(thrown)
                        ? attempt(settings, opening)
                        : CompletableFuture.failedStage(thrown))
                .exceptionallyCompose(thrown -> {
                    var source = settings.credentials();
                    if (source == null || !ConnectFailure.of(thrown).isWrongPassword()) {
                        return CompletableFuture.failedStage(thrown);
                    }
                    return source.renew()
                            .thenCompose(renewed ->
                                    renewed ? attempt(settings, opening) : CompletableFuture.failedStage(thrown));
                });
    }

    private static <T> CompletionStage<T> attempt(RedisSettings settings, Supplier<CompletionStage<T>> opening) {
        try {
            var source = settings.credentials();
            return source == null ? opening.get() : source.prepare().thenCompose(_ -> opening.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private synchronized Clients clients() {
        if (closed) {
            throw new ConnectFailure("the client is closed", true);
        }
        if (!settings.enabled()) {
            throw new ConnectFailure("it is disabled", true);
        }
        if (clients == null) {
            clients = new Clients(settings);
        }
        return clients;
    }

    /** Closes all connections and stops the threads. */
    @Override
    public void close() {
        Clients opened;
        synchronized (this) {
            closed = true;
            opened = clients;
            clients = null;
        }
        if (opened != null) {
            opened.close();
        }
    }

    /** The clients of Lettuce, which share one set of threads. */
    private static final class Clients implements AutoCloseable {

        private final RedisSettings settings;
        private final DeadlineTimer timer = new DeadlineTimer();
        private final ClientResources resources;
        private final @Nullable MasterConnector masters;
        private final RedisClient fixed;
        private final AbstractRedisClient reconnecting;

        Clients(RedisSettings settings) {
            this.settings = settings;
            timer.start();
            this.resources =
                    ClientConfiguration.resources(settings, null, timer).build();
            var sentinels = settings.sentinel();
            this.masters = sentinels == null
                    ? null
                    : new MasterConnector(
                            settings, sentinels, new SentinelClient(settings, sentinels, resources, timer), timer);
            this.fixed = configured(RedisClient.create(resources), false);
            this.reconnecting = settings.cluster()
                    ? ClientConfiguration.client(settings, resources)
                    : configured(
                            masters == null
                                    ? RedisClient.create(resources)
                                    : new MasterClient(resources, () -> masterAddress(masters)),
                            true);
        }

        private RedisClient configured(RedisClient client, boolean reconnects) {
            client.setOptions(ClientConfiguration.common(settings, ClientOptions.builder())
                    .autoReconnect(reconnects)
                    .replayFilter(_ -> true)
                    .timeoutOptions(TimeoutOptions.enabled())
                    .build());
            return client;
        }

        CompletionStage<StatefulRedisConnection<String, String>> connect(String key) {
            return masters == null ? node(key).thenCompose(this::connect) : masters.openAnother(this::connect);
        }

        private CompletionStage<StatefulRedisConnection<String, String>> connect(RedisURI uri) {
            // Lettuce's ConnectionFuture does not support exceptionallyCompose.
            return fixed.connectAsync(StringCodec.UTF8, uri).toCompletableFuture();
        }

        /** Returns the address of a master that has just replied to {@code ROLE}. */
        private CompletionStage<RedisURI> masterAddress(MasterConnector masters) {
            return withCredentials(settings, () -> {
                var tried = new AtomicReference<RedisURI>();
                return masters.openAnother(uri -> {
                            tried.set(uri);
                            return connect(uri);
                        })
                        .thenCompose(StatefulConnection::closeAsync)
                        .thenApply(_ -> tried.get());
            });
        }

        private CompletionStage<RedisURI> node(String key) {
            if (!(reconnecting instanceof RedisClusterClient cluster)) {
                return CompletableFuture.completedFuture(
                        ClientConfiguration.uris(settings).getFirst());
            }
            return cluster.refreshPartitionsAsync().thenApply(_ -> {
                var node = cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
                if (node == null) {
                    throw new ConnectFailure("no node of the cluster serves the slot", false);
                }
                var uri = node.getUri();
                return ClientConfiguration.uri(settings, new Node(uri.getHost(), uri.getPort()));
            });
        }

        CompletionStage<StatefulRedisPubSubConnection<String, String>> connectPubSub() {
            return switch (reconnecting) {
                case RedisClusterClient cluster ->
                    cluster.refreshPartitionsAsync()
                            .thenCompose(_ -> cluster.connectPubSubAsync(StringCodec.UTF8))
                            .thenApply(connection -> connection);
                case RedisClient client ->
                    client.connectPubSubAsync(StringCodec.UTF8, reconnectingUri())
                            .toCompletableFuture();
                case AbstractRedisClient other -> throw new IllegalStateException("unknown client " + other);
            };
        }

        private RedisURI reconnectingUri() {
            var uri = ClientConfiguration.uris(settings).getFirst();
            var source = settings.credentials();
            if (source != null) {
                uri.setCredentialsProvider(renewing(source));
            }
            return uri;
        }

        /** Returns a provider that reads rotated credentials again for each reconnection. */
        private static RedisCredentialsProvider renewing(CredentialsSource source) {
            var opened = new AtomicBoolean();
            return () -> Mono.fromCompletionStage(() -> {
                var renewal =
                        opened.compareAndSet(false, true) ? CompletableFuture.completedFuture(false) : source.renew();
                return renewal.thenCompose(_ -> source.prepare()).thenApply(_ -> {
                    var current = source.now();
                    return RedisCredentials.just(current.user(), current.password());
                });
            });
        }

        @Override
        public void close() {
            if (masters != null) {
                masters.close();
            }
            CompletableFuture.allOf(
                            fixed.shutdownAsync(0, 1, TimeUnit.SECONDS),
                            reconnecting.shutdownAsync(0, 1, TimeUnit.SECONDS))
                    .completeOnTimeout(null, CLOSING_MILLIS, TimeUnit.MILLISECONDS)
                    .handle((_, _) -> null)
                    .join();
            // First, since a timeout that finds its thread gone logs an error.
            timer.stop().forEach(Runnable::run);
            var last = masters == null ? resources : masters.resources();
            var _ = last.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }
}

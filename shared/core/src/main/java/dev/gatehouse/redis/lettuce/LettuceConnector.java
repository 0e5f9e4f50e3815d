// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.sentinel.SentinelReport;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.micronaut.configuration.lettuce.ClientResourcesMutator;
import io.micronaut.configuration.lettuce.DefaultRedisConfiguration;
import io.micronaut.configuration.lettuce.MetricsClientResourceMutator;
import io.micronaut.context.annotation.Primary;
import io.micronaut.retry.annotation.Retryable;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to Redis with Lettuce, one at a time. The first {@link #open} creates the client and its threads. A
 * process that never calls Redis, or is about to be snapshotted, has neither.
 *
 * <p>As a Micronaut bean it retries: {@link Retryable} is in effect on beans only.
 */
@Singleton
public class LettuceConnector implements AutoCloseable {

    private static final Duration CLOSING = Duration.ofSeconds(2);
    private static final int MAX_COMMANDS_PER_FLUSH = 256;

    private final RedisSettings settings;
    private final DeadlineTimer timer;
    private final @Nullable ClientResources base;
    private final List<ClientResourcesMutator> mutators;
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private @Nullable AbstractRedisClient client;
    private @Nullable MasterConnector masters;
    private @Nullable ClientResources resources;
    private volatile CompletableFuture<?> openingEnded = CompletableFuture.completedFuture(null);
    private volatile boolean closed;

    public LettuceConnector(RedisSettings settings, DeadlineTimer timer) {
        this(settings, timer, null, List.of());
    }

    /**
     * @param base the application's client resources, which are shared; null to create separate ones
     * @param mutators the application's changes to the resources, applied after those of Gatehouse
     */
    @Inject
    LettuceConnector(
            RedisSettings settings,
            DeadlineTimer timer,
            @Nullable @Primary ClientResources base,
            List<ClientResourcesMutator> mutators) {
        this.settings = settings;
        this.timer = timer;
        this.base = base;
        this.mutators = mutators;
    }

    /**
     * Opens a connection. Never throws; the stage fails with {@link ConnectFailure} within
     * {@link RedisSettings#openingBudget()} per attempt.
     */
    @Retryable(
            attempts = "2",
            delay = "25ms",
            multiplier = "3.0",
            jitter = "0.9",
            predicate = PassingConnectFailure.class)
    public CompletionStage<RedisConnection> open() {
        return open(this::connect);
    }

    /** Opens a connection for subscriptions, like {@link #open} without retries. A connector opens one kind of connection only. */
    public CompletionStage<StatefulRedisPubSubConnection<String, String>> openPubSub() {
        return open(this::connectPubSub);
    }

    private <T> CompletionStage<T> open(Supplier<CompletionStage<T>> connect) {
        var opening = attempt(connect)
                .exceptionallyCompose(thrown -> afterLostHandshake(thrown, connect))
                .exceptionallyCompose(thrown -> withRenewedCredentials(thrown, connect))
                .exceptionallyCompose(thrown -> {
                    closeStrayChannels();
                    return CompletableFuture.failedStage(ConnectFailure.of(thrown));
                });
        var ended = new CompletableFuture<Void>();
        openingEnded = ended;
        opening.whenComplete((_, _) -> ended.complete(null));
        return opening;
    }

    /** Never throws: the retry's scheduler would drop an exception, and the opening would never end. */
    private <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> connect) {
        try {
            var source = settings.credentials();
            return source == null ? connect.get() : source.prepare().thenCompose(_ -> connect.get());
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private <T> CompletionStage<T> withRenewedCredentials(Throwable thrown, Supplier<CompletionStage<T>> connect) {
        var source = settings.credentials();
        if (source == null || !ConnectFailure.of(thrown).isWrongPassword()) {
            return CompletableFuture.failedStage(thrown);
        }
        closeStrayChannels();
        return source.renew()
                .thenCompose(renewed -> renewed ? attempt(connect) : CompletableFuture.failedStage(thrown));
    }

    private <T> CompletionStage<T> afterLostHandshake(Throwable thrown, Supplier<CompletionStage<T>> connect) {
        if (!ConnectFailure.isLostHandshake(thrown)) {
            return CompletableFuture.failedStage(thrown);
        }
        closeStrayChannels();
        return attempt(connect);
    }

    /**
     * Queries all Sentinels. The stage completes within {@link RedisSettings#sentinelBudget}; it fails if the connector is
     * closed or the settings have no Sentinels.
     */
    public CompletionStage<SentinelReport> querySentinels() {
        if (settings.sentinel() == null) {
            return CompletableFuture.failedStage(new IllegalStateException("there are no Sentinels"));
        }
        try {
            return masters().report();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private synchronized MasterConnector masters() {
        var _ = client();
        return Objects.requireNonNull(masters);
    }

    /** Closes connections that failed openings left behind. Call it only while there should be no connection. */
    private void closeStrayChannels() {
        for (var channel : channels) {
            var _ = channel.close();
        }
    }

    /** Synchronized with {@link #close}, so that no connection opens after it. */
    private synchronized CompletionStage<RedisConnection> connect() {
        return switch (client()) {
            case RedisClusterClient cluster ->
                cluster.refreshPartitionsAsync()
                        .thenCompose(_ -> cluster.connectAsync(StringCodec.UTF8))
                        .thenApply(RedisConnection::new);
            case RedisClient standalone
            when masters != null ->
                masters.open(uri -> standalone.connectAsync(StringCodec.UTF8, uri))
                        .thenApply(RedisConnection::new);
            case RedisClient standalone ->
                // Lettuce's ConnectionFuture does not support exceptionallyCompose.
                standalone
                        .connectAsync(
                                StringCodec.UTF8,
                                ClientConfiguration.uris(settings).getFirst())
                        .toCompletableFuture()
                        .thenApply(RedisConnection::new);
            case AbstractRedisClient other -> throw new IllegalStateException("unknown client " + other);
        };
    }

    private synchronized CompletionStage<StatefulRedisPubSubConnection<String, String>> connectPubSub() {
        return switch (client()) {
            case RedisClusterClient cluster ->
                cluster.refreshPartitionsAsync()
                        .thenCompose(_ -> cluster.connectPubSubAsync(StringCodec.UTF8))
                        .thenApply(connected -> connected);
            case RedisClient standalone
            when masters != null -> masters.open(uri -> standalone.connectPubSubAsync(StringCodec.UTF8, uri));
            case RedisClient standalone ->
                standalone
                        .connectPubSubAsync(
                                StringCodec.UTF8,
                                ClientConfiguration.uris(settings).getFirst())
                        .toCompletableFuture();
            case AbstractRedisClient other -> throw new IllegalStateException("unknown client " + other);
        };
    }

    private AbstractRedisClient client() {
        if (closed) {
            throw new ConnectFailure("the link is closed", true);
        }
        if (client == null) {
            resources = resources();
            client = ClientConfiguration.client(settings, resources);
            masters = masters(resources);
        }
        return client;
    }

    private @Nullable MasterConnector masters(ClientResources resources) {
        var sentinels = settings.sentinel();
        return sentinels == null
                ? null
                : new MasterConnector(
                        settings, sentinels, new SentinelClient(settings, sentinels, resources, timer), timer);
    }

    private ClientResources resources() {
        var builder = ClientConfiguration.resources(settings, base, timer);
        for (var mutator : mutators) {
            // micronaut-redis's mutator records a histogram per command; the link has CommandListener for that.
            if (!(mutator instanceof MetricsClientResourceMutator)) {
                mutator.mutate(builder, new DefaultRedisConfiguration());
            }
        }
        return builder.nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        // Commands sent from callbacks share a system call. Others are flushed at once: waiting for
                        // more costs blocking callers a fifth of their throughput.
                        channel.pipeline().addFirst(new FlushConsolidationHandler(MAX_COMMANDS_PER_FLUSH, false));
                        channels.add(channel);
                        channel.closeFuture().addListener(_ -> channels.remove(channel));
                        if (closed) {
                            var _ = channel.close();
                        }
                    }
                })
                .build();
    }

    /** Closes all connections and releases the shared resources. */
    @Override
    public void close() {
        AbstractRedisClient opened;
        ClientResources shared;
        MasterConnector sentinels;
        synchronized (this) {
            closed = true;
            opened = client;
            shared = resources;
            sentinels = masters;
        }
        if (opened != null && shared != null) {
            // A channel that is not open when Lettuce's threads end stays half open forever.
            closeStrayChannels();
            if (sentinels != null) {
                sentinels.close();
            }
            openingEnded
                    .completeOnTimeout(null, CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            // Lettuce's blocking shutdown waits without limit for a stuck connection.
            opened.shutdownAsync(0, 1, TimeUnit.SECONDS)
                    .completeOnTimeout(null, CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                    .handle((_, _) -> null)
                    .join();
            var last = sentinels == null ? shared : sentinels.resources();
            var _ = last.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }
}

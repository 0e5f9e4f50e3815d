package dev.gatehouse.redis;

import dev.gatehouse.redis.RedisSettings.Tls;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections with Lettuce. The client and its threads are made at the first opening, so that a process that never
 * asks Redis, or is still being snapshotted, has neither.
 */
final class LettuceConnector implements Connector {

    /** More commands than this under way on the one connection, and the next is turned away. */
    private static final int QUEUE = 10_000;

    private static final Duration CLOSING = Duration.ofSeconds(2);

    private static final Duration KEEPALIVE = Duration.ofSeconds(13);

    private final RedisSettings settings;
    private final Timer timer;
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private @Nullable AbstractRedisClient client;
    private @Nullable ClientResources resources;
    private volatile CompletableFuture<?> openingEnded = CompletableFuture.completedFuture(null);
    private volatile boolean closed;

    LettuceConnector(RedisSettings settings, Timer timer) {
        this.settings = settings;
        this.timer = timer;
    }

    @Override
    public CompletionStage<Connection> open() {
        var opening = attempt()
                .exceptionallyCompose(
                        thrown -> isLostHandshake(thrown) ? attempt() : CompletableFuture.failedStage(thrown))
                .exceptionallyCompose(this::withOtherCredentials)
                .exceptionallyCompose(thrown -> {
                    closeStrays();
                    return CompletableFuture.failedStage(ConnectFailure.because(thrown));
                });
        var ended = new CompletableFuture<Void>();
        openingEnded = ended;
        opening.whenComplete((_, _) -> ended.complete(null));
        return opening;
    }

    private CompletionStage<Connection> attempt() {
        try {
            var source = settings.source();
            return source == null ? begin() : source.prepare().thenCompose(_ -> begin());
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** One more attempt, if Redis has refused the credentials and there are others by now. */
    private CompletionStage<Connection> withOtherCredentials(Throwable thrown) {
        var source = settings.source();
        if (source == null || !ConnectFailure.because(thrown).isOfCredentials()) {
            return CompletableFuture.failedStage(thrown);
        }
        closeStrays();
        return source.renew().thenCompose(others -> others ? attempt() : CompletableFuture.failedStage(thrown));
    }

    /**
     * Whether the driver looked for its handshake when that was over already, which happens where the machine is busy and
     * Redis near. It has then failed for no reason, and forgotten a connection that is open.
     */
    private boolean isLostHandshake(Throwable thrown) {
        for (var cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalStateException
                    && String.valueOf(cause.getMessage()).contains("HandshakeHandler")) {
                closeStrays();
                return true;
            }
        }
        return false;
    }

    /** Closes what is open while there should be no connection: an opening that failed leaves none behind. */
    private void closeStrays() {
        for (var channel : channels) {
            var _ = channel.close();
        }
    }

    /** Not while it is being closed, for what begins behind the back of that would outlive it. */
    private synchronized CompletionStage<Connection> begin() {
        return switch (client()) {
            case RedisClusterClient cluster ->
                cluster.refreshPartitionsAsync()
                        .thenCompose(_ -> cluster.connectAsync(StringCodec.UTF8))
                        .thenApply(Connection::toCluster);
            case RedisClient standalone ->
                // The driver's own kind of future knows not all that a future should.
                standalone
                        .connectAsync(StringCodec.UTF8, uris().getFirst())
                        .toCompletableFuture()
                        .thenApply(Connection::toStandalone);
            case AbstractRedisClient other -> throw new IllegalStateException("unknown client " + other);
        };
    }

    private AbstractRedisClient client() {
        if (closed) {
            throw new ConnectFailure("the link is closed", true);
        }
        if (client == null) {
            resources = resources();
            client = settings.cluster() ? clusterClient(resources) : standaloneClient(resources);
        }
        return client;
    }

    private ClientResources resources() {
        return ClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .timer(timer)
                .eventBus(new DeafBus())
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .addressResolverGroup(DefaultAddressResolverGroup.INSTANCE)
                .nettyCustomizer(new NettyCustomizer() {
                    @Override
                    public void afterChannelInitialized(Channel channel) {
                        channels.add(channel);
                        channel.closeFuture().addListener(_ -> channels.remove(channel));
                        if (closed) {
                            var _ = channel.close();
                        }
                    }
                })
                .reconnectDelay(
                        () -> Delay.fullJitter(Duration.ofMillis(50), Duration.ofSeconds(1), 50, TimeUnit.MILLISECONDS))
                .build();
    }

    /** It never reconnects by itself: {@link RedisLink} opens the next connection when it is wanted. */
    private AbstractRedisClient standaloneClient(ClientResources shared) {
        var standalone = new LeanClient(shared);
        standalone.setOptions(
                common(ClientOptions.builder()).autoReconnect(false).build());
        return standalone;
    }

    /** Its node connections do reconnect, since the link sees the cluster as one; they replay nothing. */
    private AbstractRedisClient clusterClient(ClientResources shared) {
        var cluster = RedisClusterClient.create(shared, uris());
        var refresh = ClusterTopologyRefreshOptions.builder()
                .enableAllAdaptiveRefreshTriggers()
                .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                .refreshTriggersReconnectAttempts(1)
                .build();
        var options = common(ClusterClientOptions.builder())
                .autoReconnect(true)
                .replayFilter(_ -> true)
                .build();
        cluster.setOptions(ClusterClientOptions.builder(options)
                .topologyRefreshOptions(refresh)
                .validateClusterNodeMembership(false)
                .build());
        return cluster;
    }

    private ClientOptions.Builder common(ClientOptions.Builder options) {
        var keepAlive = KeepAliveOptions.builder()
                .enable()
                .idle(KEEPALIVE)
                .interval(KEEPALIVE)
                .count(3)
                .build();
        options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(QUEUE)
                // Each exchange has a deadline of its own on the same timer.
                .timeoutOptions(TimeoutOptions.create())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(settings.timeouts().connect())
                        .keepAlive(keepAlive)
                        .build());
        var tls = settings.tls();
        return tls == null ? options : options.sslOptions(sslOptions(tls));
    }

    private SslOptions sslOptions(Tls tls) {
        var options = SslOptions.builder()
                .jdkSslProvider()
                .handshakeTimeout(settings.timeouts().tlsHandshake());
        var caFile = tls.caFile();
        return (caFile == null ? options : options.trustManager(caFile.toFile())).build();
    }

    private List<RedisURI> uris() {
        return settings.nodes().stream().map(this::uri).toList();
    }

    private RedisURI uri(RedisSettings.Node node) {
        var uri = RedisURI.builder()
                .withHost(node.host())
                .withPort(node.port())
                .withDatabase(settings.database())
                .withClientName("gatehouse")
                .withTimeout(settings.connectionBudget());
        var source = settings.source();
        var credentials = settings.credentials();
        if (source != null) {
            uri.withAuthentication((ImmediateRedisCredentialsProvider) () -> {
                var now = source.now();
                return RedisCredentials.just(now.user(), now.password());
            });
        } else if (credentials != null) {
            var password = credentials.password().toCharArray();
            if (credentials.user() == null) {
                uri.withPassword(password);
            } else {
                uri.withAuthentication(credentials.user(), password);
            }
        }
        var tls = settings.tls();
        if (tls != null) {
            uri.withSsl(true).withVerifyPeer(tls.verify() ? SslVerifyMode.FULL : SslVerifyMode.NONE);
        }
        return uri.build();
    }

    @Override
    public void close() {
        AbstractRedisClient opened;
        ClientResources shared;
        synchronized (this) {
            closed = true;
            opened = client;
            shared = resources;
        }
        if (opened != null && shared != null) {
            // What the driver's threads have not opened when they end stays half open for ever.
            closeStrays();
            openingEnded
                    .completeOnTimeout(null, CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            // Not the driver's own blocking shutdown, which waits without limit for a connection that is stuck.
            opened.shutdownAsync(0, 1, TimeUnit.SECONDS)
                    .completeOnTimeout(null, CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                    .handle((_, _) -> null)
                    .join();
            var _ = shared.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import dev.gatehouse.redis.config.CredentialsSource;
import dev.gatehouse.redis.config.NameCache;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.redis.config.RedisSettings.Node;
import dev.gatehouse.redis.config.RedisSettings.Tls;
import dev.gatehouse.redis.config.SentinelSettings;
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
import io.lettuce.core.event.Event;
import io.lettuce.core.event.EventBus;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Configures Lettuce's clients. */
final class ClientConfiguration {

    /** The maximum number of commands in flight on the connection; Lettuce rejects more. */
    private static final int QUEUE = 10_000;

    private static final Duration KEEPALIVE = Duration.ofSeconds(13);

    private ClientConfiguration() {}

    /** @param base null for new resources with two threads each for I/O and computation, Lettuce's minimum */
    static ClientResources.Builder resources(
            RedisSettings settings, @Nullable ClientResources base, DeadlineTimer timer) {
        var builder = base != null
                ? base.mutate()
                : ClientResources.builder()
                        .ioThreadPoolSize(2)
                        .computationThreadPoolSize(2)
                        .eventBus(new SilentEventBus())
                        .commandLatencyRecorder(CommandLatencyRecorder.disabled());
        return builder.timer(timer.wheel())
                .addressResolverGroup(names(settings))
                .reconnectDelay(() ->
                        Delay.fullJitter(Duration.ofMillis(50), Duration.ofSeconds(1), 50, TimeUnit.MILLISECONDS));
    }

    /** Lets a failover by DNS be followed at once. The JVM's resolver starts faster, but its cache may be too old. */
    private static AddressResolverGroup<?> names(RedisSettings settings) {
        return NameCache.isLimited()
                ? DefaultAddressResolverGroup.INSTANCE
                : new UncachedResolverGroup(settings.timeouts().connect());
    }

    /** Drops Lettuce's events. The default bus starts a scheduler with unused threads. */
    private static final class SilentEventBus implements EventBus {

        @Override
        public Flux<Event> get() {
            return Flux.never();
        }

        @Override
        public void publish(Event event) {}
    }

    static AbstractRedisClient client(RedisSettings settings, ClientResources resources) {
        return settings.cluster() ? cluster(settings, resources) : standalone(settings, resources);
    }

    /** Creates a client that never reconnects: the link opens the next connection when a command needs it. */
    static RedisClient standalone(RedisSettings settings, ClientResources resources) {
        var client = new AsyncOnlyRedisClient(resources);
        client.setOptions(
                common(settings, ClientOptions.builder()).autoReconnect(false).build());
        return client;
    }

    /** Creates a client whose node connections reconnect without replay, because the link treats the cluster as one. */
    private static AbstractRedisClient cluster(RedisSettings settings, ClientResources resources) {
        var client = RedisClusterClient.create(resources, uris(settings));
        var refresh = ClusterTopologyRefreshOptions.builder()
                .enableAllAdaptiveRefreshTriggers()
                .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                .refreshTriggersReconnectAttempts(1)
                .build();
        var options = common(settings, ClusterClientOptions.builder())
                .autoReconnect(true)
                .replayFilter(_ -> true)
                .build();
        client.setOptions(ClusterClientOptions.builder(options)
                .topologyRefreshOptions(refresh)
                .validateClusterNodeMembership(false)
                .build());
        return client;
    }

    static ClientOptions.Builder common(RedisSettings settings, ClientOptions.Builder options) {
        var keepAlive = KeepAliveOptions.builder()
                .enable()
                .idle(KEEPALIVE)
                .interval(KEEPALIVE)
                .count(3)
                .build();
        options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(QUEUE)
                // Off: each command has a deadline of its own on the same timer.
                .timeoutOptions(TimeoutOptions.create())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(settings.timeouts().connect())
                        .keepAlive(keepAlive)
                        .build());
        var sentinel = settings.sentinel();
        var tls = settings.tls() == null && sentinel != null ? sentinel.tls() : settings.tls();
        return tls == null ? options : options.sslOptions(sslOptions(settings, tls));
    }

    private static SslOptions sslOptions(RedisSettings settings, Tls tls) {
        var options = SslOptions.builder()
                .jdkSslProvider()
                .handshakeTimeout(settings.timeouts().tlsHandshake());
        var caFile = tls.caFile();
        return (caFile == null ? options : options.trustManager(caFile.toFile())).build();
    }

    static List<RedisURI> uris(RedisSettings settings) {
        return settings.nodes().stream().map(node -> uri(settings, node)).toList();
    }

    static RedisURI uri(RedisSettings settings, Node node) {
        var uri = uri(node, settings.credentials(), settings.tls()).withTimeout(settings.connectionBudget());
        return uri.withDatabase(settings.database()).build();
    }

    static RedisURI sentinelUri(RedisSettings settings, SentinelSettings sentinels, Node node) {
        return uri(node, sentinels.credentials(), sentinels.tls())
                .withTimeout(settings.sentinelBudget(sentinels))
                .build();
    }

    private static RedisURI.Builder uri(Node node, @Nullable CredentialsSource credentials, @Nullable Tls tls) {
        var uri = RedisURI.builder().withHost(node.host()).withPort(node.port()).withClientName("gatehouse");
        if (credentials != null) {
            uri.withAuthentication((ImmediateRedisCredentialsProvider) () -> {
                var current = credentials.now();
                return RedisCredentials.just(current.user(), current.password());
            });
        }
        if (tls != null) {
            uri.withSsl(true).withVerifyPeer(tls.verify() ? SslVerifyMode.FULL : SslVerifyMode.NONE);
        }
        return uri;
    }
}
